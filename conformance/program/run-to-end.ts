import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end, without holding up whatever the test serves meanwhile. `input` is all that it can read. */
export function runToEnd(
  program: string,
  args: readonly string[],
  { input = '', ...options }: SpawnOptionsWithoutStdio & { readonly input?: string } = {},
): Promise<Ran> {
  const child = spawn(program, args, options);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // It may end without having read anything.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The line of JSON that a client printed, which had to succeed. */
export function printedJson({ code, stdout, stderr }: Ran): Readonly<Record<string, unknown>> {
  const line = stdout.split('\n').find((one) => one.startsWith('{'));
  if (code !== 0 || line === undefined) throw new Error(`the client ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(line);
}
