import { hash } from 'node:crypto';
import type { PresentedToken } from '@stagedoor/access';
import { isJsonObject } from './strict-json.ts';

/** What a caller must prove besides having the token. */
export type TokenBinding =
  | { readonly kind: 'none' }
  /** RFC 8705 section 3.1: the certificate of the connection, by its SHA-256 thumbprint. */
  | { readonly kind: 'certificate'; readonly thumbprint: string }
  /** RFC 9449 section 6.1: the key of the proof, by its RFC 7638 thumbprint. */
  | { readonly kind: 'dpop'; readonly thumbprint: string }
  /** Bound in a way that is not known here, or in several. */
  | { readonly kind: 'unprovable' };

const NONE: TokenBinding = { kind: 'none' };
const UNPROVABLE: TokenBinding = { kind: 'unprovable' };
/** Keycloak says beside `jkt` what else it binds to the key (recorded); it asks for no other proof. */
const MEANINGLESS_BESIDE_JKT = 'kc-jkt-type';

/** Reads `cnf` (RFC 7800). Anything in it that is not understood must not be ignored: it would turn a bound token into a bearer token. */
export function readBinding(claims: Readonly<Record<string, unknown>>): TokenBinding {
  if (!Object.hasOwn(claims, 'cnf')) return NONE;
  const { cnf } = claims;
  if (!isJsonObject(cnf)) return UNPROVABLE;
  const { 'x5t#S256': x5t, jkt, ...more } = cnf;
  const others = Object.keys(more);
  if (typeof x5t === 'string' && jkt === undefined && others.length === 0)
    return { kind: 'certificate', thumbprint: x5t };
  if (typeof jkt === 'string' && x5t === undefined && others.every((name) => name === MEANINGLESS_BESIDE_JKT))
    return { kind: 'dpop', thumbprint: jkt };
  return UNPROVABLE;
}

/**
 * Whether the token is presented in the way that it is bound. Thumbprints are public, so they are compared in no constant time.
 * Not checked here: the proof beside a DPoP-bound token, which takes its time (`DpopProofs`).
 */
export function fitsBinding(binding: TokenBinding, { certificate, dpop }: PresentedToken): boolean {
  switch (binding.kind) {
    case 'none':
      // RFC 9449 section 7.1: the scheme says that there is a key to prove.
      return dpop === undefined;
    case 'certificate':
      return (
        dpop === undefined &&
        certificate !== undefined &&
        hash('sha256', certificate, 'base64url') === binding.thumbprint
      );
    case 'dpop':
      return dpop !== undefined;
    case 'unprovable':
      return false;
  }
}
