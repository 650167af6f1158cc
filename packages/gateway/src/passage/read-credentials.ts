import type { IncomingMessage } from 'node:http';
import type { RefusalCode } from '@stagedoor/access';

/** The credentials of a request, read once. What is not one of these is a refusal. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  /** RFC 9449 section 7.1; `proofs` is every DPoP header that came. */
  | { readonly kind: 'dpop'; readonly token: string; readonly proofs: readonly string[] }
  | { readonly kind: 'unreadable'; readonly code: RefusalCode; readonly scheme: 'basic' | 'token' | 'other' };

const NONE: Credentials = { kind: 'none' };
const TOKEN_UNREADABLE: Credentials = { kind: 'unreadable', code: 'TOKEN_MALFORMED', scheme: 'token' };
// RFC 6750 section 2.1: b64token.
const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Reads the `Authorization` header. Cookies are the sessions' matter. */
export function readCredentials(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Credentials {
  const header = request.headers.authorization;
  if (header === undefined) return NONE;
  if (repeated(request.rawHeaders)) return { kind: 'unreadable', code: 'AUTHORIZATION_REPEATED', scheme: 'other' };
  const space = header.indexOf(' ');
  const scheme = (space === -1 ? header : header.slice(0, space)).toLowerCase();
  const value = space === -1 ? '' : header.slice(space + 1);
  if (scheme === 'bearer') return B64TOKEN.test(value) ? { kind: 'bearer', token: value } : TOKEN_UNREADABLE;
  if (scheme === 'dpop') {
    return B64TOKEN.test(value)
      ? { kind: 'dpop', token: value, proofs: proofsIn(request.rawHeaders) }
      : TOKEN_UNREADABLE;
  }
  if (scheme === 'basic') return readBasic(value);
  return { kind: 'unreadable', code: 'CREDENTIALS_SCHEME', scheme: 'other' };
}

/** Node keeps the first of several `Authorization` headers and drops the rest; only the raw list tells. */
function repeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count++;
  }
  return count > 1;
}

/** Node joins several headers of an unknown name into one. */
function proofsIn(rawHeaders: readonly string[]): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'dpop');
}

/** RFC 7617: base64 of `user-id:password` in UTF-8; padding may be missing (recorded: accepted). */
function readBasic(value: string): Credentials {
  const unreadable: Credentials = { kind: 'unreadable', code: 'CREDENTIALS_MALFORMED', scheme: 'basic' };
  if (value.length > 4096 || !BASE64.test(value)) return unreadable;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  // A replacement character stands for bytes that are no UTF-8, and NUL ends nobody's name.
  if (colon < 1 || text.includes('\ufffd') || text.includes('\0')) return unreadable;
  return { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}
