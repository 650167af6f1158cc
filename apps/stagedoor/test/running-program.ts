import { onTestFinished } from 'vitest';
import { ControlClient } from '../src/control/control-client.ts';
import { type ControlServer, startControlServer } from '../src/control/control-server.ts';
import type { Description } from '../src/control/description.ts';
import { type DataDirectory, openDataDirectory } from '../src/data-directory.ts';
import { InMemoryUseCases } from './in-memory-use-cases.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export type RunningProgram = {
  readonly directory: DataDirectory;
  readonly useCases: InMemoryUseCases;
  readonly faults: unknown[];
  readonly server: ControlServer;
};

/** A program as the control socket shows it: a real socket in a real data directory, and use cases in memory. */
export async function runningProgram(change: Partial<Description> = {}): Promise<RunningProgram> {
  const directory = openDataDirectory(temporaryDirectory());
  const useCases = new InMemoryUseCases();
  const faults: unknown[] = [];
  const description: Description = {
    rest: 'http://localhost:8080',
    issuer: 'http://localhost:18080',
    management: 'http://localhost:9600',
    authority: null,
    clusterId: '6f1c2f9a-58b3-4b0a-9c1e-0e6f2a1f0d11',
    region: 'local',
    profile: 'c8run',
    method: 'none',
    data: directory.path,
    pid: process.pid,
    ...change,
  };
  const onFault = (error: unknown) => faults.push(error);
  const server = await startControlServer({ directory, useCases, describe: () => description, onFault });
  onTestFinished(() => server.close());
  return { directory, useCases, faults, server };
}

/** A client that is not to open the directory itself. */
export function clientOf(dataDirectory: string): ControlClient {
  const openUseCases = () => Promise.reject(new Error('the client opened the data directory itself'));
  return new ControlClient({ dataDirectory, openUseCases, wait: async () => undefined });
}
