import { fileURLToPath } from 'node:url';
import { printedJson, runToEnd } from '../program/run-to-end.ts';

const SCRIPTS = {
  'orchestration-cluster-client': new URL('./orchestration-cluster-client.ts', import.meta.url),
  'sdk-client': new URL('./sdk-client.ts', import.meta.url),
} as const;

export type OfficialClient = keyof typeof SCRIPTS;

/**
 * Runs an official client in a process of its own, whose whole environment is these variables (and a home, for the token
 * cache of the SDK). What each call was answered; `{ error }` where it failed.
 */
export async function runClient(
  client: OfficialClient,
  { home, variables }: { readonly home: string; readonly variables: Readonly<Record<string, string>> },
  calls: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const script = fileURLToPath(SCRIPTS[client]);
  return printedJson(
    await runToEnd(process.execPath, [script, ...calls], { cwd: home, env: { HOME: home, ...variables } }),
  );
}
