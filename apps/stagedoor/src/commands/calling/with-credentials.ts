import { type Api, CredentialError } from '@stagedoor/client';
import { type Credentials, credentialsFromEnvironment } from '@stagedoor/client/node';
import { OperatorError } from '../../operator-error.ts';
import { toPlainText } from '../../plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { networkCodeOf } from './network-code.ts';

/** Milliseconds that a command waits for a token; a person or a script stands by. */
export const PATIENCE = 10_000;

/** Nobody needs to be told of anything that takes less, in milliseconds. */
const NOTICED_AFTER = 2_000;

/** Lends the credentials of the environment for as long as something is done with them. Near misses are told. */
export async function withCredentials<T>(
  { environment, err }: Pick<CommandContext, 'environment' | 'err'>,
  use: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  const tell = (sentence: string) => err(`stagedoor: ${toPlainText(sentence)}\n`);
  return translated(async () => {
    const credentials = credentialsFromEnvironment(environment, { complain: ({ message }) => tell(message) });
    for (const warning of credentials.warnings) tell(warning);
    try {
      return await use(credentials);
    } finally {
      await credentials.close();
    }
  });
}

/** Tells somebody at a terminal that there is no answer yet. */
export async function whileWatched<T>(
  { err, watched }: Pick<CommandContext, 'err' | 'watched'>,
  work: () => Promise<T>,
): Promise<T> {
  if (!watched) return work();
  const timer = setTimeout(() => err('stagedoor: there is no answer yet\n'), NOTICED_AFTER);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** What goes wrong with credentials is the operator's to mend. The messages hold no secret. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CredentialError) throw new OperatorError(error.code, inWords(error), { cause: error });
    throw error;
  }
}

/** Where the network failed, with its code: that alone tells a port that is closed from a certificate that is not trusted. */
function inWords(error: CredentialError): string {
  const code = networkCodeOf(error);
  const isAway = error.code === 'TOKEN_UNAVAILABLE' || error.code === 'LOGIN_UNAVAILABLE';
  return isAway && code !== 'unknown'
    ? `${error.message} (${code}); "stagedoor doctor" looks for the reason`
    : error.message;
}

/** What a call to that API carries. */
export async function headersFor(credentials: Credentials, api: Api): Promise<Readonly<Record<string, string>>> {
  return (await credentials.authorizerFor(api).authorize({ patience: PATIENCE })).headers;
}
