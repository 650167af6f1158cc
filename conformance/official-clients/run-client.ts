import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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
  const child = spawn(process.execPath, [fileURLToPath(SCRIPTS[client]), ...calls], {
    cwd: home,
    env: { HOME: home, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const line = stdout.split('\n').find((one) => one.startsWith('{'));
  if (code !== 0 || line === undefined) throw new Error(`the client ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(line);
}
