import type { RecordedCase, RecordedToken } from './recorded-case.ts';
import { signatureOf } from './sign-again.ts';
import type { Jwk, TokenKey, TokenKeys } from './token-keys.ts';

/** `iss` of the recorded realm. */
const RECORDED_ISSUER = 'http://127.0.0.1:18081/auth/realms/camunda-platform';
const REALM = '/auth/realms/camunda-platform';

export type TokenSource = {
  readonly origin: string;
  /** Secrets of the registered clients, by their ids. */
  readonly secrets: ReadonlyMap<string, string>;
  /** `k1` and `ec1` sign what a client says of itself. */
  readonly keys: TokenKeys;
};

/**
 * What stands for the tokens that a recorded request carried: where the recorded issuer had issued one, a token that ours
 * issues to the same client; for everything else the recorded header and claims, signed by a key of ours.
 */
export class StandInTokens {
  readonly #source: TokenSource;
  /** By the `jti` that was recorded: a token that comes twice is the same one twice. */
  readonly #issued = new Map<string, Promise<string>>();

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** Puts a token wherever `<jwt#n>` stands; one that is signed here was made so many seconds later than the recorded one. */
  async into({ name, sent }: RecordedCase, later: number): Promise<(text: string) => string> {
    const tokens = await Promise.all(sent.map((token) => this.#standIn(name, token, later)));
    return (text) => text.replace(/<jwt#(\d+)>/g, (whole, index: string) => tokens[Number(index)] ?? whole);
  }

  async #standIn(name: string, token: RecordedToken, later: number): Promise<string> {
    const { iss, typ, azp, jti } = token.claims;
    if (iss !== RECORDED_ISSUER || typ !== 'Bearer') return this.#sign(name, token, later);
    const known = this.#issued.get(String(jti)) ?? this.#issue(String(azp));
    this.#issued.set(String(jti), known);
    return name.includes('tampered') ? tampered(await known) : known;
  }

  async #issue(clientId: string): Promise<string> {
    const secret = this.#source.secrets.get(clientId);
    if (secret === undefined) throw new Error(`no client ${clientId} is registered to get a token for`);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    });
    const endpoint = `${this.#source.origin}${REALM}/protocol/openid-connect/token`;
    const answer = await fetch(endpoint, { method: 'POST', body });
    if (!answer.ok) throw new Error(`the token for ${clientId} was answered with ${answer.status}`);
    const { access_token: issued } = (await answer.json()) as { access_token: string };
    return issued;
  }

  #sign(name: string, { header, claims }: RecordedToken, later: number): string {
    const { keys, origin } = this.#source;
    const alg = String(header.alg);
    const here = Object.fromEntries(
      Object.entries(claims).map(([claim, value]) => [claim, claimHere(claim, value, origin, later)]),
    );
    // A proof has its key in it.
    const ownHeader = header.typ === 'dpop+jwt' ? { ...header, jwk: publicOf(keys.ec1) } : header;
    const input = [ownHeader, here].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const own = alg === 'ES256' ? keys.ec1 : keys.k1;
    const key = name.includes('another key') ? keys.k2 : own;
    return `${input}.${Buffer.from(signatureOf(input, key, alg)).toString('base64url')}`;
  }
}

/** Audiences of the recorded issuer become our own, and the times later ones. */
function claimHere(claim: string, value: unknown, origin: string, later: number): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => claimHere(claim, one, origin, later));
  if (claim === 'aud' && value === RECORDED_ISSUER) return `${origin}${REALM}`;
  if (claim === 'htu' && typeof value === 'string') return value.replace(RECORDED_ISSUER, `${origin}${REALM}`);
  return typeof value === 'number' && ['exp', 'iat', 'nbf'].includes(claim) ? value + later : value;
}

function publicOf({ publicKey }: TokenKey): Jwk {
  return { ...publicKey.export({ format: 'jwk' }) };
}

/** With another beginning of its signature. */
function tampered(token: string): string {
  const dot = token.lastIndexOf('.');
  return `${token.slice(0, dot + 1)}${token[dot + 1] === 'A' ? 'B' : 'A'}${token.slice(dot + 2)}`;
}
