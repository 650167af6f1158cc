import type { Parsed } from '@stagedoor/access';
import { parseJsonObject } from './strict-json.ts';

/** What a token says of itself. Nothing of it is verified. */
export type UnverifiedToken = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
};

/** The same with a payload of any kind. */
export type UnverifiedJws = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
};

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a JWT (RFC 7519 section 7.2): a JWS whose payload is UTF-8 and JSON without repeated members. Size is checked before,
 * the signature and every claim after. `problem` completes "the token …".
 */
export function readCompactToken(token: string): Parsed<UnverifiedToken> {
  const read = readCompactJws(token);
  if (!read.ok) return read;
  const { header, payload } = read.value;
  const claims = readObject(payload, 'payload');
  return claims.ok ? { ok: true, value: { header, claims: claims.value } } : claims;
}

/**
 * Reads a JWS in the compact serialization (RFC 7515 section 7.1): three parts in canonical base64url, so that one token has
 * one spelling. An empty payload or signature is none. `problem` completes "the token …".
 */
export function readCompactJws(token: string): Parsed<UnverifiedJws> {
  const [protectedHeader, payload, signature, ...more] = token.split('.', 6);
  if (protectedHeader === undefined || payload === undefined || signature === undefined || more.length > 0) {
    return {
      ok: false,
      problem: more.length === 2 ? 'is encrypted: five parts (RFC 7516)' : 'does not have three parts',
    };
  }
  if (decodePart(signature) === null) return { ok: false, problem: 'has a signature that is not canonical base64url' };
  const headerBytes = decodePart(protectedHeader);
  if (headerBytes === null) return { ok: false, problem: 'has a header that is not canonical base64url' };
  const header = readObject(headerBytes, 'header');
  if (!header.ok) return header;
  const bytes = decodePart(payload);
  if (bytes === null) return { ok: false, problem: 'has a payload that is not canonical base64url' };
  return { ok: true, value: { header: header.value, payload: bytes } };
}

function readObject(bytes: Uint8Array, name: string): Parsed<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, problem: `has a ${name} that is not UTF-8` };
  }
  const parsed = parseJsonObject(text);
  return parsed.ok ? parsed : { ok: false, problem: `has a ${name} that ${parsed.problem}` };
}

/** Null for anything but the one base64url text of its bytes: no padding, no stray bits at the end (RFC 7515 section 2). */
function decodePart(part: string): Uint8Array | null {
  if (!BASE64URL.test(part)) return null;
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}
