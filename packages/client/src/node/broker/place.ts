import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '../../environment/read-environment.ts';

/** Where the broker of a user is found on this host. */
export type BrokerPlace = {
  /** Nobody but the user enters it. */
  readonly directory: string;
  readonly socket: string;
  /** Port and bearer of a broker on loopback. */
  readonly file: string;
};

/** An empty variable counts as none: a place that depends on where a program was started is whoever's made that directory. */
export function brokerPlace(environment: Environment): BrokerPlace {
  const { STAGEDOOR_BROKER_DIR: named, XDG_RUNTIME_DIR: runtime } = environment;
  const directory = resolve(named || (runtime ? join(runtime, 'stagedoor') : join(homeOf(environment), '.stagedoor')));
  return { directory, socket: join(directory, 'broker.sock'), file: join(directory, 'broker.json') };
}

/** In a container there may be neither a variable nor an entry for the user; then a directory of his own has to do. */
function homeOf({ HOME: home }: Environment): string {
  if (home) return home;
  try {
    return userInfo().homedir;
  } catch {
    return join(tmpdir(), `stagedoor-${process.getuid?.() ?? 'user'}`);
  }
}
