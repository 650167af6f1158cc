import { audienceFor, issuerAddressIn } from '@stagedoor/client';
import type { ConnectionMaterial } from '@stagedoor/client/node';
import { memberOf, textMember } from '../calling/call-api.ts';
import { type Note, type Said, Wrong } from './finding.ts';
import type { Patient } from './patient.ts';
import type { Obtained } from './tokens.ts';

/** What every verifier forgives. */
const LEEWAY_SECONDS = 60;
/** Some claims are long; what matters stands at the beginning. */
const LONGEST_CLAIM = 200;

/**
 * What the tokens say, held against what was asked for and what any API demands. Their signatures are not checked: that is for
 * the API, which is asked next.
 *
 * @returns with those that are bound to nothing, which can be shown by anybody
 */
export function lookAtClaims(
  patient: Patient,
  obtained: readonly Obtained[],
  material: ConnectionMaterial,
): Said & { readonly unbound: readonly Obtained[] } {
  if (obtained.length === 0) return { says: ['there is no token'], skipped: true, unbound: [] };
  const unbound: Obtained[] = [];
  const says: string[] = [];
  const notes: Note[] = [];
  for (const one of obtained) {
    const { api, value } = one;
    const token = decode(value);
    if (token?.claims.cnf === undefined) unbound.push(one);
    if (token === undefined) {
      notes.push({ says: `${api}: the token is opaque; the API has to ask its issuer about it`, fix: null });
      continue;
    }
    says.push(`${api}: ${inWords(token.claims)}`);
    refuseUnfit(token, material);
    notes.push(...notesOn(patient, one, token.claims));
  }
  return { says, notes, unbound };
}

type Claims = Readonly<Record<string, unknown>>;
type Decoded = { readonly header: unknown; readonly claims: Claims };

function decode(token: string): Decoded | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
    return typeof claims === 'object' && claims !== null ? { header, claims: { ...claims } } : undefined;
  } catch {
    return undefined;
  }
}

const SHOWN = ['iss', 'sub', 'client_id', 'azp', 'aud', 'scope'] as const;

function inWords(claims: Claims): string {
  const shown = SHOWN.flatMap((name) => {
    const value = claims[name];
    return value === undefined ? [] : [`${name} ${JSON.stringify(value).slice(0, LONGEST_CLAIM)}`];
  });
  const { exp } = claims;
  const end = typeof exp === 'number' ? [`exp in ${Math.round(exp - now())} s`] : [];
  return [...shown, ...end].join(', ');
}

/** By this machine's clock, in seconds since the epoch. */
function now(): number {
  return Date.now() / 1_000;
}

/** What no API takes. */
function refuseUnfit({ header, claims }: Decoded, material: ConnectionMaterial): void {
  const another = 'Ask the issuer for an access token, and send it as it is.';
  if (textMember(claims, 'typ') === 'ID' || claims.at_hash !== undefined)
    throw new Wrong('the token is an ID token: it says who logged in, and opens no API', another);
  if (textMember(header, 'alg')?.toLowerCase() === 'none') throw new Wrong('the token is not signed', another);
  const { exp } = claims;
  if (typeof exp === 'number' && exp + LEEWAY_SECONDS < now())
    throw new Wrong(
      `the token expired ${Math.round(now() - exp)} s ago by this machine’s clock`,
      'Get another token where it was supplied; where it was just issued, set the clock of this machine.',
    );
  refuseBoundElsewhere(memberOf(claims, 'cnf'), material);
}

function refuseBoundElsewhere(confirmation: unknown, { certificate }: ConnectionMaterial): void {
  if (textMember(confirmation, 'jkt') !== undefined)
    throw new Wrong(
      'the token is bound to a DPoP key: each call needs a proof, and these clients make none',
      'Have the client registered without DPoP, or bind its tokens to a certificate.',
    );
  const bound = textMember(confirmation, 'x5t#S256');
  if (bound === undefined || bound === certificate?.thumbprint) return;
  throw new Wrong(
    certificate === undefined
      ? 'the token is bound to a client certificate, and none is shown'
      : 'the token is bound to another client certificate than the one that is shown',
    'Name the certificate that the token was issued for in CAMUNDA_MTLS_CERT_PATH and CAMUNDA_MTLS_KEY_PATH.',
  );
}

/** What an API may well refuse, depending on what it was told. */
function notesOn({ values, credentials }: Patient, { api }: Obtained, claims: Claims): readonly Note[] {
  const notes: Note[] = [];
  if (credentials.method === 'oauth') {
    const address = issuerAddressIn(values);
    const wanted = audienceFor(api, values, address.kind === 'endpoint' ? address.endpoint : address.document);
    if (wanted !== undefined && !audiencesOf(claims).includes(wanted))
      notes.push({
        says: `${api}: audience ${JSON.stringify(wanted)} was asked for and is not in the token`,
        fix: 'Issuers may choose the audience by themselves: Keycloak by an audience mapper of the client, Entra by the scope. Where the API refuses the token, set it there.',
      });
    if (address.kind === 'metadata' && address.issuer !== undefined && textMember(claims, 'iss') !== address.issuer)
      notes.push({
        says: `${api}: iss is not CAMUNDA_ISSUER_URL, letter by letter`,
        fix: 'See that the API trusts the issuer by the name in the token.',
      });
  }
  const early = [claims.nbf, claims.iat].find((time) => typeof time === 'number' && time - LEEWAY_SECONDS > now());
  if (early !== undefined)
    notes.push({
      says: `${api}: the token begins in the future by this machine’s clock`,
      fix: 'Set the clock of this machine, or that of the issuer.',
    });
  return notes;
}

function audiencesOf({ aud }: Claims): readonly unknown[] {
  return Array.isArray(aud) ? aud : [aud];
}
