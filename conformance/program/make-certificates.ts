import { dirname } from 'node:path';
import { runCommandLine } from './run-command-line.ts';

/** Has `stagedoor ca` fill this directory: an authority, a certificate for the server, and one for each of the clients. */
export async function makeCertificates(directory: string, ...clients: readonly string[]): Promise<void> {
  const named = clients.flatMap((name) => ['--client', name]);
  const ran = await runCommandLine(['ca', '--dir', directory, ...named], { directory: dirname(directory) });
  if (ran.code !== 0) throw new Error(ran.stderr);
}
