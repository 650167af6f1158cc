import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { makeLocalAuthority, type Pem } from './make-local-authority.ts';

export type LocalAuthorityRequest = {
  readonly directory: string;
  readonly name: string;
  /** Beside `localhost` and the two addresses of loopback. */
  readonly hosts: readonly string[];
  readonly clients: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
};

const HOST = /^(?:[\w-]+(?:\.[\w-]+)*|[\da-fA-F:.]+)$/;
const CLIENT = /^[A-Za-z\d][\w.@-]{0,62}$/;
const RESERVED = new Set(['ca', 'server']);

/**
 * Makes a CA and what it signs, and writes all of it, or nothing. Returns the paths. Refuses to overwrite, and names that
 * could lead out of the directory.
 */
export async function writeLocalAuthority(request: LocalAuthorityRequest): Promise<readonly string[]> {
  checkNames(request);
  const { directory } = request;
  const taken = ['ca', 'server', ...request.clients]
    .flatMap((name) => pathsOf(directory, name))
    .filter((path) => existsSync(path));
  if (taken.length > 0)
    throw new OperatorError(
      'CA_EXISTS',
      taken.map((path) => `${path} is there already: choose another --dir`).join('\n'),
    );
  const made = await makeLocalAuthority(request);
  const files = [...made].flatMap(([name, pem]) => filesFor(directory, name, pem));
  return writeAll(directory, files);
}

function checkNames({ name, hosts, clients }: LocalAuthorityRequest): void {
  const wrong = (sentence: string): never => {
    throw new OperatorError('INVALID_INPUT', sentence);
  };
  if (!/^[\p{L}\p{N} ._@-]{1,64}$/u.test(name))
    wrong('--name takes 1 to 64 letters, digits, spaces, dots, hyphens, underscores and @');
  if (!hosts.every((host) => host.length <= 253 && HOST.test(host)))
    wrong('--host takes host names and IP addresses, without scheme and port');
  if (
    !clients.every((client) => CLIENT.test(client) && !client.endsWith('-key') && !RESERVED.has(client.toLowerCase()))
  )
    wrong('--client takes 1 to 63 letters, digits, dots, hyphens, underscores and @, other than ca, server and …-key');
  if (new Set(clients.map((client) => client.toLowerCase())).size !== clients.length)
    wrong('--client takes every name once');
}

function pathsOf(directory: string, name: string): [certificate: string, key: string] {
  return [join(directory, `${name}.pem`), join(directory, `${name}-key.pem`)];
}

type File = { readonly path: string; readonly content: string };

function filesFor(directory: string, name: string, { certificate, privateKey }: Pem): File[] {
  const [at, keyAt] = pathsOf(directory, name);
  return [
    { path: at, content: certificate },
    { path: keyAt, content: privateKey },
  ];
}

function writeAll(directory: string, files: readonly File[]): readonly string[] {
  const written: string[] = [];
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const { path, content } of files) {
      // `wx`: what came to be there since it was looked at is not overwritten either, and no link is followed.
      writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
      written.push(path);
    }
    return written;
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    throw new OperatorError(
      'CA_UNWRITABLE',
      `${directory} cannot be written (${code}): choose another directory with --dir`,
      { cause: error },
    );
  }
}
