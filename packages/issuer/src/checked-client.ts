import { type ClientId, type Clock, isScope, parseId, type Randomness, type Scope } from '@stagedoor/access';
import { type ClientLogin, checkedLogin } from './authorizing/client-login.ts';
import { type ClientClaims, readClientClaims } from './client-claims.ts';
import { type ClientField, ClientRecordError } from './client-record-error.ts';
import { checkOwnAudiences } from './own-audiences.ts';
import { inTableOrder, type RegisteredClient } from './registered-client.ts';
import { TOKEN_BINDINGS, type TokenBinding } from './token-bindings.ts';

export type NewClient = {
  /** Default: made from the name, with random characters behind it. */
  readonly id?: string;
  readonly name: string;
  /** Scope names; at least one. */
  readonly scopes: readonly string[];
  /** Of services elsewhere, beyond what the scopes allow. Default: none. */
  readonly audiences?: readonly string[];
  /** JSON of claims that its tokens have; default: none. */
  readonly claims?: string;
  /** Milliseconds since the epoch; default: never. */
  readonly expires?: number | null;
  /** Up to a day; default: what the issuer gives everybody. */
  readonly tokenLifetimeSeconds?: number | null;
  /** One of TOKEN_BINDINGS; default: `certificate` for one that authenticates with it, and `none` for any other. */
  readonly bindTokens?: string;
  /** Where people who log in with it are sent back to; default: no person does. */
  readonly login?: ClientLogin;
};

type CheckingParts = { readonly clock: Clock; readonly randomness: Randomness; readonly idPattern?: RegExp };

/** A client as it is to be recorded, all that was asked of it checked. Throws `ClientRecordError` INVALID_ARGUMENT. */
export function checkedClient(
  parts: CheckingParts,
  input: NewClient,
  authentication: RegisteredClient['authentication'],
): RegisteredClient {
  const created = parts.clock.now();
  const name = checkedName(input.name);
  return {
    clientId: checkedId(parts, input.id, name),
    name,
    scopes: checkedScopes(input.scopes),
    ...checkedContents(input),
    created,
    ...checkedTimes(input, created),
    authentication,
    bindTokens: checkedBinding(input.bindTokens, authentication),
    login: input.login === undefined ? null : checkedLogin(input.login),
  };
}

function checkedName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 256) throw invalid('the name has to have 1 to 256 characters', 'name');
  if (/\p{Cc}/u.test(name)) throw invalid('the name has control characters', 'name');
  return name;
}

function checkedId({ randomness, idPattern }: CheckingParts, id: string | undefined, name: string): ClientId {
  const clientId = parseId('clientId', id ?? generatedId(name, randomness), id === undefined ? undefined : idPattern);
  if (!clientId.ok) throw invalid(clientId.problem, 'id');
  return clientId.value;
}

function checkedScopes(names: readonly string[]): readonly Scope[] {
  if (!names.every(isScope))
    throw invalid(
      'one of the scopes is unknown: scopes are operate, zeebe, tasklist, orchestration, administration',
      'scopes',
    );
  const scopes = inTableOrder(names.filter(isScope));
  if (scopes.length === 0) throw invalid('the scopes are empty: the client needs at least one', 'scopes');
  return scopes;
}

function checkedContents(input: NewClient): { audiences: readonly string[]; claims: ClientClaims } {
  if (input.audiences?.length === 0) throw invalid('the audiences are empty: name one, or leave them out', 'audiences');
  const audiences = checkOwnAudiences(input.audiences ?? []);
  if (!audiences.ok) throw invalid(`the audiences ${audiences.problem}`, 'audiences');
  const claims = readClientClaims(input.claims ?? '{}');
  if (!claims.ok) throw invalid(`the claims ${claims.problem}`, 'claims');
  return { audiences: audiences.value, claims: claims.value };
}

function checkedTimes(input: NewClient, created: number): Pick<RegisteredClient, 'expires' | 'tokenLifetimeSeconds'> {
  const expires = input.expires ?? null;
  if (expires !== null && !(Number.isSafeInteger(expires) && expires > created))
    throw invalid('the client would have expired already', 'expires');
  const tokenLifetimeSeconds = input.tokenLifetimeSeconds ?? null;
  if (tokenLifetimeSeconds !== null && !isLifetime(tokenLifetimeSeconds))
    throw invalid('the lifetime of tokens is not between 1 second and a day, in whole seconds', 'tokenLifetimeSeconds');
  return { expires, tokenLifetimeSeconds };
}

/** Who authenticates with a certificate has it wherever its tokens are shown, unless it is said that it has not. */
function checkedBinding(asked: string | undefined, { kind }: RegisteredClient['authentication']): TokenBinding {
  if (asked === undefined) return kind === 'certificate' || kind === 'certificate-subject' ? 'certificate' : 'none';
  const binding = TOKEN_BINDINGS.find((known) => known === asked);
  if (binding === undefined) throw invalid(`tokens are bound to one of ${TOKEN_BINDINGS.join(', ')}`, 'bindTokens');
  return binding;
}

/** A day is how long a key that signed outlives its last token. */
function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400;
}

/** Something of the name to be recognized by, and 50 random bits so that it is nobody else's. */
function generatedId(name: string, randomness: Randomness): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const random = Array.from(randomness.bytes(10), (byte) => alphabet.charAt(byte % 32)).join('');
  return `${readable || 'client'}-${random}`;
}

export function invalid(message: string, field: ClientField | null = null): ClientRecordError {
  return new ClientRecordError('INVALID_ARGUMENT', message, field);
}
