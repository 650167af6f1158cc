import { execFileSync, spawn } from 'node:child_process';

/** Whether a program is on this machine. */
function present(name: string, flag: string): boolean {
  try {
    execFileSync(name, [flag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const CURL_PRESENT = present('curl', '--version');
export const OPENSSL_PRESENT = present('openssl', 'version');

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program of the machine to its end, with nothing to read. */
export function runTool(name: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export type Answer = {
  /** Of curl: 0 where there was an answer, 35 and more where TLS failed. */
  readonly code: number | null;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
  readonly stderr: string;
};

/** One request with the real curl, which reads no configuration of its user. */
export async function curl(...args: readonly string[]): Promise<Answer> {
  const ran = await runTool('curl', [
    '--disable',
    '--silent',
    '--show-error',
    '--include',
    '--max-time',
    '20',
    ...args,
  ]);
  const end = ran.stdout.indexOf('\r\n\r\n');
  const head = end === -1 ? ran.stdout : ran.stdout.slice(0, end);
  const status = Number(/^HTTP\/[\d.]+ (\d{3})/.exec(head)?.[1] ?? 0);
  return { code: ran.code, status, head, body: end === -1 ? '' : ran.stdout.slice(end + 4), stderr: ran.stderr };
}
