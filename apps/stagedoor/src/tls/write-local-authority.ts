import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../make-directory.ts';
import { OperatorError } from '../operator-error.ts';
import { addClients, makeLocalAuthority, type Pem } from './make-local-authority.ts';

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
/** More than any CA has. */
const MAX_BYTES = 65_536;
const RESERVED = new Set(['ca', 'server']);

/**
 * Makes a CA and what it signs, and writes all of it, or nothing. Returns the paths. Refuses to overwrite, and names that
 * could lead out of the directory.
 */
export async function writeLocalAuthority(request: LocalAuthorityRequest): Promise<readonly string[]> {
  checkNames(request);
  const { directory } = request;
  refuseTaken(directory, ['ca', 'server', ...request.clients], 'choose another --dir, or --add clients to a CA');
  return writeAll(directory, await makeLocalAuthority(request));
}

/** The same for more clients of the CA that is in the directory. Nothing else of it is touched. */
export async function writeMoreClients(
  request: Pick<LocalAuthorityRequest, 'directory' | 'clients' | 'now'>,
): Promise<readonly string[]> {
  const { directory, clients, now } = request;
  checkClients(clients);
  if (clients.length === 0) throw new OperatorError('INVALID_INPUT', '--add needs the names of clients: --client NAME');
  refuseTaken(directory, clients, 'choose another name');
  const authority = authorityIn(directory, now);
  try {
    return writeAll(directory, await addClients(authority, { clients, now }));
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    throw new OperatorError('CA_UNUSABLE', `the CA in ${directory} cannot sign: make a new one with --dir`, { cause });
  }
}

function authorityIn(directory: string, now: number): Pem {
  const [at, keyAt] = pathsOf(directory, 'ca');
  const unusable = (problem: string, cause?: unknown) =>
    new OperatorError('CA_UNUSABLE', `${problem}: make a new CA with another --dir`, { cause });
  const pem = { certificate: contentOf(at), privateKey: contentOf(keyAt) };
  const certificate = read(() => new X509Certificate(pem.certificate));
  const key = read(() => createPrivateKey(pem.privateKey));
  if (certificate === null || key === null || !certificate.ca || !certificate.checkPrivateKey(key))
    throw unusable(`${at} and ${keyAt} are no CA and its key`);
  if (now >= certificate.validToDate.getTime()) throw unusable(`the CA in ${at} has expired (${certificate.validTo})`);
  return pem;

  function contentOf(path: string): string {
    try {
      if (statSync(path).size <= MAX_BYTES) return readFileSync(path, 'utf8');
    } catch (error) {
      throw unusable(`${path} cannot be read (${codeOf(error)})`, error);
    }
    throw unusable(`${path} is longer than ${MAX_BYTES} bytes`);
  }
}

function read<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

function refuseTaken(directory: string, names: readonly string[], fix: string): void {
  const taken = names.flatMap((name) => pathsOf(directory, name)).filter((path) => existsSync(path));
  if (taken.length > 0)
    throw new OperatorError('CA_EXISTS', taken.map((path) => `${path} is there already: ${fix}`).join('\n'));
}

function wrong(sentence: string): never {
  throw new OperatorError('INVALID_INPUT', sentence);
}

function checkNames({ name, hosts, clients }: LocalAuthorityRequest): void {
  if (!/^[\p{L}\p{N} ._@-]{1,64}$/u.test(name))
    wrong('--name takes 1 to 64 letters, digits, spaces, dots, hyphens, underscores and @');
  if (!hosts.every((host) => host.length <= 253 && HOST.test(host)))
    wrong('--host takes host names and IP addresses, without scheme and port');
  checkClients(clients);
}

function checkClients(clients: readonly string[]): void {
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

function writeAll(directory: string, made: ReadonlyMap<string, Pem>): readonly string[] {
  const files = [...made].flatMap(([name, pem]) => filesFor(directory, name, pem));
  const written: string[] = [];
  try {
    makeDirectory(directory);
    for (const { path, content } of files) {
      // `wx`: what came to be there since it was looked at is not overwritten either, and no link is followed.
      writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
      written.push(path);
    }
    return written;
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw new OperatorError(
      'CA_UNWRITABLE',
      `${directory} cannot be written (${codeOf(error)}): choose another directory with --dir`,
      { cause: error },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}
