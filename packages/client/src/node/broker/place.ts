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
