import { type Api, systemClock } from '@stagedoor/client';
import type { Credentials } from '@stagedoor/client/node';
import { OperatorError } from '../../operator-error.ts';
import type { CommandContext } from '../command-context.ts';
import { headersFor, PATIENCE, whileWatched, withCredentials } from './with-credentials.ts';

type Printed = {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Whole seconds from now; null where nobody said. */
  readonly expiresIn: number | null;
  readonly scope: string | null;
};

/** `stagedoor token`: the one command that prints a secret, because it is asked for nothing else. */
export async function printToken(
  { api, json }: { readonly api: Api; readonly json: boolean },
  context: CommandContext,
): Promise<void> {
  const token = await withCredentials(context, (credentials) => whileWatched(context, () => tokenOf(credentials, api)));
  context.out(json ? `${JSON.stringify(token)}\n` : `${token.accessToken}\n`);
}

async function tokenOf(credentials: Credentials, api: Api): Promise<Printed> {
  const renewed = await credentials.tokenFor(api);
  if (renewed !== undefined) {
    const { value, expires, scope } = await renewed.get({ patience: PATIENCE });
    const left = Math.floor((expires - systemClock.monotonic()) / 1_000);
    return { accessToken: value, tokenType: 'Bearer', expiresIn: left, scope: scope ?? null };
  }
  if (credentials.method !== 'token')
    throw new OperatorError(
      'CREDENTIALS_UNUSABLE',
      `this environment means the method ${credentials.method}, which has no token: "stagedoor env" shows what was understood`,
    );
  const { authorization = '' } = await headersFor(credentials, api);
  return { accessToken: authorization.replace(/^Bearer /, ''), tokenType: 'Bearer', expiresIn: null, scope: null };
}
