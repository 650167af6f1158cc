import { chooseTarget } from '../choose-target.ts';
import type { ClientRegistry } from '../client-registry.ts';
import type { NamedTargets } from '../named-targets.ts';
import type { RegisteredClient } from '../registered-client.ts';
import type { ReadParameters } from '../token-request.ts';
import { isRegisteredRedirect } from './redirect-uris.ts';

/** A request of RFC 6749 section 4.1.1 that may be granted once its user has logged in. */
export type AuthorizationRequest = {
  readonly client: RegisteredClient;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly codeChallenge: string;
  readonly named: NamedTargets;
};

/** Codes of RFC 6749 section 4.1.2.1, RFC 8707 section 2 and OpenID Connect Core section 3.1.2.6. */
type AuthorizationError =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'login_required'
  | 'request_not_supported'
  | 'request_uri_not_supported';

export type ReadRequest =
  | { readonly kind: 'good'; readonly request: AuthorizationRequest }
  /** Told to the person: where nobody vouches for the address, nobody is sent there (RFC 6749 section 4.1.2.1). */
  | { readonly kind: 'untrusted'; readonly problem: string }
  /** Told to the client, at an address of its own. `description` is ours and repeats nothing of the request. */
  | {
      readonly kind: 'refused';
      readonly redirectUri: string;
      readonly state: string | undefined;
      readonly error: AuthorizationError;
      readonly description: string;
    };

const MAX_VALUE_LENGTH = 2_000;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const UNSUPPORTED = [
  ['request', 'request_not_supported'],
  ['request_uri', 'request_uri_not_supported'],
] as const;

/** Reads what a client asks for in a person's browser. */
export function readAuthorizationRequest(
  { parameters, resources }: ReadParameters,
  registry: ClientRegistry,
): ReadRequest {
  if ([...parameters.values(), ...resources].some((value) => value.length > MAX_VALUE_LENGTH))
    return untrusted('a parameter of the request is too long');
  const client = registry.find(parameters.get('client_id') ?? '')?.client;
  if (client === undefined || client.login === null || !registry.isRegistered(client.clientId))
    return untrusted('the application is not registered here, or not for the login of people');
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri === undefined || !isRegisteredRedirect(client.login.redirectUris, redirectUri))
    return untrusted('the application asks to be answered at an address that is not registered for it');

  const state = parameters.get('state');
  const named = { audience: parameters.get('audience'), scope: parameters.get('scope'), resources };
  const refusal = refusalOf(parameters, client, named);
  if (refusal !== null) return { kind: 'refused', redirectUri, state, ...refusal };
  const codeChallenge = parameters.get('code_challenge') ?? '';
  return {
    kind: 'good',
    request: { client, redirectUri, state, nonce: parameters.get('nonce'), codeChallenge, named },
  };
}

type Refusal = { readonly error: AuthorizationError; readonly description: string };

function refusalOf(
  parameters: ReadParameters['parameters'],
  client: RegisteredClient,
  named: NamedTargets,
): Refusal | null {
  const unsupported = UNSUPPORTED.find(([name]) => parameters.has(name));
  if (unsupported !== undefined) return { error: unsupported[1], description: 'the request has to be in parameters' };
  const responseType = parameters.get('response_type');
  if (responseType === undefined) return invalid('response_type is missing');
  if (responseType !== 'code') return { error: 'unsupported_response_type', description: 'the response type is code' };
  if ((parameters.get('response_mode') ?? 'query') !== 'query') return invalid('the response mode is query');
  const prompts = parameters.get('prompt')?.split(' ') ?? [];
  if (prompts.includes('none'))
    return prompts.length > 1
      ? invalid('prompt none stands alone')
      : { error: 'login_required', description: 'nobody stays logged in here' };
  return targetRefusal(client, named) ?? challengeRefusal(parameters);
}

/** RFC 9700 section 2.1.1: of everybody. RFC 7636 section 4.3: what is not named is plain, which hides nothing. */
function challengeRefusal(parameters: ReadParameters['parameters']): Refusal | null {
  const isHidden = parameters.get('code_challenge_method') === 'S256';
  if (isHidden && CHALLENGE.test(parameters.get('code_challenge') ?? '')) return null;
  return invalid('a code_challenge of the method S256 is required (RFC 7636)');
}

function targetRefusal(client: RegisteredClient, named: NamedTargets): Refusal | null {
  const target = chooseTarget(client, named);
  if (target.ok) return null;
  return target.problem.kind === 'scope-refused'
    ? { error: 'invalid_scope', description: 'one of the scopes is unknown' }
    : { error: 'invalid_target', description: 'the application gets no tokens for what it asks for' };
}

function invalid(description: string): Refusal {
  return { error: 'invalid_request', description };
}

function untrusted(problem: string): ReadRequest {
  return { kind: 'untrusted', problem };
}
