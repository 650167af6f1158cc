import {
  APIS,
  addressOf,
  audienceFor,
  chooseMethod,
  type EnvironmentReading,
  issuerAddressIn,
  MEANINGS,
  readEnvironment,
  shownValue,
  UnusableCredentialsError,
} from '@stagedoor/client';
import { credentialsFromEnvironment } from '@stagedoor/client/node';
import { toPlainText } from '../../plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { Ended, exitCodeFor } from '../exit-codes.ts';
import { aligned, terminalTable } from '../terminal-table.ts';

type Report = {
  readonly method: string;
  readonly variables: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly value: string;
    readonly alsoIn: readonly string[];
  }[];
  /** Where tokens come from; null for other methods, or where it cannot be told. */
  readonly issuer: string | null;
  readonly apis: readonly { readonly api: string; readonly address: string; readonly audience: string | null }[];
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
};

/** `stagedoor env`: what was understood, also where it cannot be used. No file is opened and nobody is called. */
export async function showEnvironment({ json }: { readonly json: boolean }, context: CommandContext): Promise<void> {
  const report = await reportOf(context.environment);
  if (json) context.out(`${JSON.stringify(report)}\n`);
  else {
    context.out(`${inWords(report)}\n`);
    for (const sentence of [...report.problems, ...report.warnings])
      context.err(`stagedoor: ${toPlainText(sentence)}\n`);
  }
  if (report.problems.length > 0) throw new Ended(exitCodeFor('CREDENTIALS_UNUSABLE'));
}

async function reportOf(environment: CommandContext['environment']): Promise<Report> {
  const reading = readEnvironment(environment);
  const { values } = reading;
  const { method } = chooseMethod(reading);
  const problems = await problemsOf(environment);
  const warnings = reading.slips.map(({ name, meant }) => `${name} is not known; did you mean ${meant}?`);
  const issuer = method === 'oauth' && problems.length === 0 ? issuerIn(values) : undefined;
  return {
    method,
    variables: MEANINGS.flatMap((meaning) => {
      const found = values[meaning];
      if (found === undefined) return [];
      return [
        {
          name: found.name,
          meaning: inLetters(meaning),
          value: withoutUserInfo(shownValue(meaning, found)),
          alsoIn: found.alsoIn,
        },
      ];
    }),
    issuer: issuer?.shown ?? null,
    apis: APIS.map((api) => ({
      api,
      address: withoutUserInfo(addressOf(api, values)),
      audience: issuer === undefined ? null : (audienceFor(api, values, issuer.url) ?? null),
    })),
    warnings,
    problems: problems.filter((problem) => !warnings.includes(problem)),
  };
}

async function problemsOf(environment: CommandContext['environment']): Promise<readonly string[]> {
  try {
    await credentialsFromEnvironment(environment, { broker: false }).close();
    return [];
  } catch (error) {
    if (error instanceof UnusableCredentialsError) return error.message.split('\n');
    throw error;
  }
}

function issuerIn(values: EnvironmentReading['values']): { readonly shown: string; readonly url: URL } {
  const address = issuerAddressIn(values);
  const url = address.kind === 'endpoint' ? address.endpoint : address.document;
  return { url, shown: withoutUserInfo(url.href) };
}

/** `clientSecretFile` as people say it. */
function inLetters(meaning: string): string {
  return meaning.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** An address may have a password in it, whatever it is the address of. */
function withoutUserInfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1[secret]@');
}

function inWords({ method, variables, issuer, apis }: Report): string {
  const head = aligned([['method', method], ...(issuer === null ? [] : [['issuer', issuer]])]);
  const read = variables.map(({ name, meaning, value, alsoIn }) => [name, meaning, value, alsoIn.join(', ') || '-']);
  const said =
    read.length === 0 ? 'No variable says anything.' : terminalTable(['VARIABLE', 'MEANS', 'VALUE', 'ALSO IN'], read);
  const where = apis.map(({ api, address, audience }) => [api, address, audience ?? '-']);
  return [head, said, terminalTable(['API', 'ADDRESS', 'AUDIENCE'], where)].join('\n\n');
}
