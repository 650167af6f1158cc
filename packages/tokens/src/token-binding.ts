import { hash } from 'node:crypto';
import { isJsonObject } from './strict-json.ts';

/** What a caller must prove besides having the token. */
export type TokenBinding =
  | { readonly kind: 'none' }
  /** RFC 8705 section 3.1: the certificate of the connection, by its SHA-256 thumbprint. */
  | { readonly kind: 'certificate'; readonly thumbprint: string }
  /** Bound to something that no request can prove here: DPoP (RFC 9449), or a method that is not known. */
  | { readonly kind: 'unprovable' };

const NONE: TokenBinding = { kind: 'none' };
const UNPROVABLE: TokenBinding = { kind: 'unprovable' };

/** Reads `cnf` (RFC 7800). Anything in it that is not understood must not be ignored: it would turn a bound token into a bearer token. */
export function readBinding(claims: Readonly<Record<string, unknown>>): TokenBinding {
  if (!Object.hasOwn(claims, 'cnf')) return NONE;
  const { cnf } = claims;
  if (!isJsonObject(cnf)) return UNPROVABLE;
  const { 'x5t#S256': thumbprint, ...more } = cnf;
  if (typeof thumbprint !== 'string' || Object.keys(more).length > 0) return UNPROVABLE;
  return { kind: 'certificate', thumbprint };
}

/** `certificate` is DER. Thumbprints are public, so this comparison needs no constant time. */
export function provesBinding(binding: TokenBinding, certificate: Uint8Array | undefined): boolean {
  if (binding.kind === 'none') return true;
  if (binding.kind === 'unprovable' || certificate === undefined) return false;
  return hash('sha256', certificate, 'base64url') === binding.thumbprint;
}
