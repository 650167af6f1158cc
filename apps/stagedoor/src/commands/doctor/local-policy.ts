import type { Api } from '@stagedoor/client';
import { OperatorError } from '../../operator-error.ts';
import { UseCaseError } from '../../use-cases.ts';
import type { CommandContext } from '../command-context.ts';
import { type Said, Wrong } from './finding.ts';
import type { Patient } from './patient.ts';
import type { Obtained } from './tokens.ts';

/** A harmless request of each API, which is explained and not made. */
const REQUESTS: Readonly<Record<Api, { readonly method: string; readonly path: string }>> = {
  orchestration: { method: 'GET', path: '/v2/topology' },
  zeebe: { method: 'GET', path: '/v1/topology' },
  operate: { method: 'POST', path: '/v1/process-definitions/search' },
  administration: { method: 'GET', path: '/admin-api/clusters' },
};

/** Where the environment says for whom the token of each API is, and what opens it with a token of the embedded issuer. */
const AUDIENCES: Readonly<Record<Api, { readonly variable: string; readonly here: string }>> = {
  orchestration: { variable: 'CAMUNDA_TOKEN_AUDIENCE', here: 'orchestration' },
  zeebe: { variable: 'CAMUNDA_ZEEBE_OAUTH_AUDIENCE', here: 'zeebe-api' },
  operate: { variable: 'CAMUNDA_OPERATE_OAUTH_AUDIENCE', here: 'operate-api' },
  administration: { variable: 'CAMUNDA_CONSOLE_OAUTH_AUDIENCE', here: 'api.cloud.camunda.io' },
};

/**
 * Holds the tokens against the policy of the program that runs on a data directory of this machine, where the APIs are that
 * program's: its control socket says which check failed, which no answer to a stranger does. Tokens that are bound are left
 * out, since a replay shows no certificate.
 */
export async function askLocalPolicy(
  { credentials }: Patient,
  obtained: readonly Obtained[],
  dataDirectory: string,
  context: Pick<CommandContext, 'controlClient'>,
): Promise<Said> {
  try {
    const client = await context.controlClient(dataDirectory);
    const program = await client.describe();
    const says: string[] = [];
    for (const { api, value } of obtained) {
      if (program === undefined || !isSamePlace(program.rest, credentials.addressOf(api))) continue;
      const question = { ...REQUESTS[api], authorization: `Bearer ${value}` };
      const { outcome, code, steps, fix } = await client.callUseCase('explain', question);
      const taken = steps.some(({ step }) => step === 'principal');
      if (outcome === 'refused' && !taken)
        throw new Wrong(
          [`${api}: the program that runs here does not take the token: ${code}`, ...refusalsIn(steps)].join('\n'),
          code === 'TOKEN_AUDIENCE_REFUSED'
            ? otherAudience(api)
            : (fix ?? 'docs/refusals.md says what helps against this code.'),
        );
      says.push(`${api}: the policy of the program that runs here takes the token`);
    }
    return { says };
  } catch (error) {
    // A program of another version, or somebody else's directory: the API itself is asked next.
    if (error instanceof OperatorError || error instanceof UseCaseError) return { says: [] };
    throw error;
  }
}

function otherAudience(api: Api): string {
  const { variable, here } = AUDIENCES[api];
  return `Write an audience that opens this API in ${variable}: ${here} with the embedded issuer, one of \`stagedoor.apis\` with another.`;
}

function refusalsIn(steps: readonly { readonly result: string; readonly says: string }[]): readonly string[] {
  return steps.filter(({ result }) => result === 'refused').map(({ says }) => says);
}

/** Loopback has many names. */
function isSamePlace(one: string, other: string): boolean {
  const [here, there] = [new URL(one), new URL(other)];
  if (here.origin === there.origin) return true;
  const onLoopback = [here, there].every(({ hostname }) => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname));
  return onLoopback && here.protocol === there.protocol && here.port === there.port;
}
