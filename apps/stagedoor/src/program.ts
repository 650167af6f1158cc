import { existsSync } from 'node:fs';
import { type GenerateKey, generatePrivateKey } from '@stagedoor/tokens';
import packageJson from '../package.json' with { type: 'json' };
import { type Composed, compose } from './compose.ts';
import type { Configuration } from './configuration/index.ts';
import { type ControlServer, startControlServer } from './control/control-server.ts';
import { type DataDirectory, openDataDirectory, openMemoryDirectory } from './data-directory.ts';
import type { Running } from './front-page.ts';
import { type House, openHouse } from './house.ts';
import { initializeHouse } from './initialize-house.ts';
import { type Listeners, openListeners } from './listeners.ts';
import { openLog } from './log.ts';
import { refuseKnownPasswords } from './refuse-known-passwords.ts';
import { authorityFile } from './tls/authority-file.ts';

/** A program that is open. */
export type Program = Running & {
  readonly data: string;
  readonly setupCode: string | null;
  /** What the start did to the records and its operator should know. */
  readonly said: readonly string[];
  /** Drains for so many milliseconds at most, then closes everything. */
  stop(drainMs: number): Promise<void>;
};

/** Opens everything in the order in which it can fail cheaply: ports, data directory, records, keys. Leaves nothing open when it throws. */
export async function startProgram(configuration: Configuration): Promise<Program> {
  const undo: (() => Promise<void> | void)[] = [];
  try {
    return await open(configuration, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function open(configuration: Configuration, undo: (() => Promise<void> | void)[]): Promise<Program> {
  const log = openLog();
  const listeners = await openListeners(configuration, { now: Date.now, say: (sentence) => log.warn(sentence) });
  undo.push(() => closeListeners(listeners, 0));
  const directory =
    configuration.data.kind === 'memory' ? openMemoryDirectory() : openDataDirectory(configuration.data.path);
  undo.push(() => directory.release());
  const firstKey = beginFirstKey(configuration, directory);
  const house = await openHouse({
    directory,
    idPattern: configuration.idPattern,
    foreign: foreignRecords(configuration),
    onFault: (error) => log.fault(error, 'a change of records was not published'),
  });
  undo.push(() => house.close());
  const said = [
    ...(await initializeHouse(house, configuration)),
    ...(await refuseKnownPasswords(house, configuration)),
  ];
  const origins = {
    rest: listeners.rest.origin,
    issuer: configuration.issuer === null ? null : (configuration.issuer.origin ?? listeners.issuer?.origin ?? null),
    management: listeners.management.origin,
  };
  let accepting = true;
  const composed = await compose({
    configuration,
    house,
    origins,
    restPort: listeners.rest.port,
    firstKey,
    log,
    accepting: () => accepting,
  });
  undo.push(() => composed.close());
  const running: Running = { ...origins, configuration, clusterId: composed.clusterId, version: packageJson.version };
  const control = await startControlServer({
    directory,
    useCases: composed.useCases,
    describe: () => ({
      ...origins,
      authority: ownAuthority(configuration),
      clusterId: running.clusterId,
      region: configuration.cluster.region,
      profile: configuration.profile,
      method: configuration.method,
      data: directory.path,
      pid: process.pid,
    }),
    onFault: (error) => log.fault(error, 'a use case failed'),
  });
  serve(listeners, composed);
  return {
    ...running,
    data: directory.path,
    setupCode: composed.setupCode,
    said,
    stop: async (drainMs) => {
      accepting = false;
      await closeListeners(listeners, drainMs);
      await close(control, composed, house);
      directory.release();
    },
  };
}

/** At a first start the key is made while the records are: it takes longer than anything else. Nothing of it is kept yet. */
function beginFirstKey({ issuer, data }: Configuration, directory: DataDirectory): GenerateKey {
  const isFirst = issuer !== null && (data.kind === 'memory' || !existsSync(directory.keys));
  if (!isFirst) return generatePrivateKey;
  const begun = generatePrivateKey(issuer.algorithm);
  // Whoever asks for it hears of a failure; nobody may, where the start fails before.
  begun.catch(() => undefined);
  return () => begun;
}

/** One for all listeners: they share a certificate more often than not. */
function ownAuthority({ server, issuer }: Configuration): string | null {
  const tls = server.tls ?? issuer?.listen.tls ?? null;
  return tls === null ? null : authorityFile(tls);
}

function serve({ rest, issuer, management }: Listeners, composed: Composed): void {
  rest.serve(composed.rest);
  if (composed.issuer !== null) issuer?.serve(composed.issuer);
  management.serve(composed.management);
}

async function closeListeners({ rest, issuer, management }: Listeners, drainMs: number): Promise<void> {
  const all = [rest, management, ...(issuer === null ? [] : [issuer])];
  const late = setTimeout(() => {
    for (const listener of all) listener.destroy();
  }, drainMs);
  await Promise.all(all.map((listener) => listener.drain()));
  clearTimeout(late);
}

async function close(control: ControlServer, composed: Composed, house: House): Promise<void> {
  await control.close();
  await composed.close();
  await house.close();
}

/** Beside a foreign issuer its users need no record here to be granted something; its groups neither, where it says them. */
function foreignRecords({ method, providers }: Configuration): { users: boolean; groups: boolean } {
  const foreign = providers.filter((provider) => provider.kind === 'foreign');
  return { users: method === 'oidc', groups: foreign.some((provider) => provider.groupsClaim !== null) };
}
