import { readFile, stat } from 'node:fs/promises';
import { discoverJwksUri, type NamedIssuer } from './discover-jwks-uri.ts';
import { type Fetch, FetchFailure, fetchDocument } from './fetch-document.ts';
import { readKeySet } from './key-set.ts';
import type { LoadKeySet } from './remote-key-set.ts';
import { parseJsonObject } from './strict-json.ts';

const MAX_FILE_BYTES = 524_288;

export function fromAddress(fetch: Fetch, address: string): LoadKeySet {
  return async (signal) => readKeySet(await fetchDocument(fetch, address, signal));
}

/** By discovery, which is asked again after every failure: the issuer may have moved its keys. */
export function fromIssuer(fetch: Fetch, issuer: NamedIssuer): LoadKeySet {
  let address: string | undefined;
  return async (signal) => {
    try {
      address ??= await discoverJwksUri(fetch, issuer, signal);
      return await fromAddress(fetch, address)(signal);
    } catch (cause) {
      address = undefined;
      throw cause;
    }
  };
}

/** A JWK set in a file, for issuers that cannot be reached from here; read again as often as others are fetched. */
export function fromFile(path: string): LoadKeySet {
  return async (signal) => {
    const parsed = parseJsonObject(await readText(path, signal));
    if (!parsed.ok) throw new FetchFailure(path, `the file ${parsed.problem}`);
    return readKeySet(parsed.value);
  };
}

async function readText(path: string, signal: AbortSignal): Promise<string> {
  let size: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new FetchFailure(path, 'is not a file');
    size = found.size;
    if (size <= MAX_FILE_BYTES) return await readFile(path, { encoding: 'utf8', signal });
  } catch (cause) {
    throw cause instanceof FetchFailure ? cause : new FetchFailure(path, 'cannot be read', { cause });
  }
  throw new FetchFailure(path, `the file is larger than ${MAX_FILE_BYTES} bytes`);
}
