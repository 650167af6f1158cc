import { execFileSync } from 'node:child_process';
import { runToEnd } from '../program/run-to-end.ts';

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
  const ran = await runToEnd('curl', [
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
