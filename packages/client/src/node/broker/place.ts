import { lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../environment/read-environment.ts';

/** Where the broker of a user is found on this host. */
export type BrokerPlace = {
  /** Nobody but the user enters it. */
  readonly directory: string;
  readonly socket: string;
  /** Port and bearer of a broker on loopback. */
  readonly file: string;
};

export function brokerPlace(environment: Environment): BrokerPlace {
  const runtime = environment.XDG_RUNTIME_DIR;
  const home = environment.HOME ?? homedir();
  const directory =
    environment.STAGEDOOR_BROKER_DIR ?? (runtime ? join(runtime, 'stagedoor') : join(home, '.stagedoor'));
  return { directory, socket: join(directory, 'broker.sock'), file: join(directory, 'broker.json') };
}

/**
 * Why a directory cannot be trusted with secrets, in words; undefined where it can. Whoever can write there can put up a broker
 * of his own and be told everybody's secrets. Systems without users in this sense (Windows) are taken at their word.
 */
export function distrusted(directory: string): string | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  const found = lstatSync(directory);
  if (!found.isDirectory()) return `${directory} is no directory`;
  if (found.uid !== own) return `${directory} belongs to another user`;
  return (found.mode & 0o077) === 0 ? undefined : `${directory} is open to other users: run chmod 700 on it`;
}
