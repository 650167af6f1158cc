import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { UnreadableAnswer } from './use-case-outputs.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const ANSWER_WITHIN_MS = 30_000;

export type Question = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown };
export type Answer = { readonly status: number; readonly body: unknown };

/** Nobody listens on the socket, or there is none: the question was not put. */
export const NOBODY = Symbol('nobody listens');

function isNobody(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error && 'syscall' in error) || error.syscall !== 'connect')
    return false;
  return error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new UnreadableAnswer('the answer is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new UnreadableAnswer('the answer is not JSON', { cause });
  }
}

/** Puts one question to the program behind a control socket. Rejects where the program does not answer within 30 s. */
export async function ask(socketPath: string, question: Question): Promise<Answer | typeof NOBODY> {
  const { method, path, body } = question;
  const asked = request({ socketPath, method, path, agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  asked.setHeader('content-type', 'application/json');
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  let response: IncomingMessage;
  try {
    [response] = await once(asked, 'response');
  } catch (error) {
    if (isNobody(error)) return NOBODY;
    throw error;
  }
  return { status: response.statusCode ?? 0, body: await readJson(response) };
}
