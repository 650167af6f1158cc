import { chmodSync, lstatSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { DataDirectory } from '../data-directory.ts';
import { OperatorError } from '../operator-error.ts';
import { UseCaseError, type UseCases } from '../use-cases.ts';
import type { Description } from './description.ts';
import { runUseCase } from './run-use-case.ts';
import { verifySocketPath } from './socket-path.ts';
import { isUseCaseName } from './use-case-inputs.ts';

// As in the gateway's listener: an import would also load what the module has for WebSockets.
const { createServer } = process.getBuiltinModule('node:http');

const MAX_BODY_BYTES = 64 * 1024;

type Reply = { readonly status: number; readonly body: unknown };

export type ControlOptions = {
  readonly directory: DataDirectory;
  readonly useCases: UseCases;
  readonly describe: () => Description;
  /** Told of a use case that failed without meaning to: the caller only hears that it failed. */
  readonly onFault: (error: unknown) => void;
};

export type ControlServer = { close(): Promise<void> };

function refusal(status: number, code: string, message: string): Reply {
  return { status, body: { code, message } };
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early must not hang up before the caller was answered.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UseCaseError('INVALID_INPUT', 'the body has to be JSON', { cause });
  }
}

async function answerUseCase(request: IncomingMessage, name: string, options: ControlOptions): Promise<Reply> {
  if (!isUseCaseName(name))
    return refusal(404, 'UNKNOWN_USE_CASE', 'there is no such use case: the program may be of another version');
  const body = await readBody(request);
  if (body === undefined) return refusal(413, 'INPUT_TOO_LARGE', `the body is larger than ${MAX_BODY_BYTES} bytes`);
  try {
    return { status: 200, body: await runUseCase(options.useCases, name, parseJson(body)) };
  } catch (error) {
    if (error instanceof UseCaseError) return refusal(422, error.code, error.message);
    options.onFault(error);
    return refusal(500, 'FAULT', 'the program failed to do that: its log says why');
  }
}

async function answer(request: IncomingMessage, options: ControlOptions): Promise<Reply> {
  const useCase = /^\/use-cases\/([a-z.-]+)$/.exec(request.url ?? '')?.[1];
  if (useCase !== undefined && request.method === 'POST') return answerUseCase(request, useCase, options);
  if (request.url === '/describe' && request.method === 'GET') return { status: 200, body: options.describe() };
  return refusal(404, 'UNKNOWN_PATH', 'there is POST /use-cases/NAME and GET /describe');
}

async function serve(request: IncomingMessage, response: ServerResponse, options: ControlOptions): Promise<void> {
  // One question for each connection: what is left of a body that was too large goes with it.
  response.setHeader('connection', 'close');
  try {
    const { status, body } = await answer(request, options);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  } catch (error) {
    response.destroy();
    // A caller who hung up in the middle of his question is no fault of ours.
    if (request.complete) options.onFault(error);
  }
}

/** A socket left by a process that is gone, since the lock of the directory is ours; anything else is not ours to remove. */
function removeStaleSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new OperatorError('CONTROL_SOCKET_BLOCKED', `${path} is in the way of the control socket: move it away`);
  }
  rmSync(path);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const fix =
        'check that the data directory is on a disk that can hold a socket, or choose another one with --data';
      reject(
        new OperatorError('CONTROL_SOCKET_UNAVAILABLE', `cannot listen on ${path} (${cause.code}): ${fix}`, { cause }),
      );
    });
    server.listen(path, resolve);
  });
}

/**
 * Serves the use cases over HTTP on the control socket of a data directory: `POST /use-cases/NAME` and `GET /describe`.
 * Who may connect is decided by the file system alone: the directory was verified to be its owner's only, before this binds.
 * To be called only while the lock of the directory is held: a socket found there is a dead process's and is removed.
 */
export async function startControlServer(options: ControlOptions): Promise<ControlServer> {
  const path = options.directory.controlSocket;
  verifySocketPath(path);
  removeStaleSocket(path);
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 4096 },
    (request, response) => {
      void serve(request, response, options);
    },
  );
  server.maxConnections = 64;
  await listen(server, path);
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        // Removes the socket, waits for the answers under way, and hangs up on those who ask nothing.
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
