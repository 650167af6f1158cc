import { assertNever } from '@stagedoor/access';
import { type KnownParameter, nameOfParameter } from './known-parameters.ts';

/** Everything that a request at the token endpoint can be told, before it has the words of one of the two forms. */
export type TokenProblem =
  | { readonly kind: 'media-type' }
  /** `detail` is ours and repeats nothing of the request. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** `name` is null where it is none of the protocol's, and nobody is told it. */
  | { readonly kind: 'parameter-repeated'; readonly name: KnownParameter | null }
  | { readonly kind: 'grant-type-missing' }
  | { readonly kind: 'grant-type-unsupported' }
  | { readonly kind: 'several-authentications' }
  /**
   * `basic`: it was tried with the Authorization header, which wants a challenge (RFC 6749 section 5.2). `why` is the operator's
   * and no caller's: it completes "the client …" and repeats nothing of the request.
   */
  | { readonly kind: 'client-refused'; readonly basic: boolean; readonly why: string }
  | { readonly kind: 'attempts-limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'audience-refused'; readonly audience: string }
  | { readonly kind: 'scope-refused'; readonly scope: string }
  /** `detail` is ours and repeats nothing of the request. */
  | { readonly kind: 'resource-refused'; readonly detail: string }
  | { readonly kind: 'targets-disagree' }
  /** RFC 9449 section 5. `detail` is ours and repeats nothing of the proof. */
  | { readonly kind: 'proof-refused'; readonly detail: string }
  | { readonly kind: 'proofs-unavailable' }
  /** The client's tokens are bound to a certificate, and the connection has none. */
  | { readonly kind: 'certificate-missing' }
  /** RFC 6749 section 5.2: it is not good, or not any more, or not for this client, or not with what came beside it. */
  | { readonly kind: 'grant-refused'; readonly shown: 'code' | 'refresh-token' }
  /** At the endpoints about a token. */
  | { readonly kind: 'token-missing' }
  /** Somebody would revoke what was not issued to him. */
  | { readonly kind: 'token-of-another' }
  | { readonly kind: 'method-not-allowed'; readonly allow: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'fault' };

type TokenProblemAnswer = {
  readonly status: number;
  readonly body: { readonly error: string; readonly error_description?: string };
  readonly headers?: Readonly<Record<string, string>>;
};

/** One form's words for each problem. */
export type TokenProblemWords = (problem: TokenProblem) => TokenProblemAnswer;

const BASIC_CHALLENGE = { 'www-authenticate': 'Basic realm="Stagedoor", charset="UTF-8"' };

/**
 * Keycloak's words (reference/keycloak.md), with the codes of RFC 6749 section 5.2 where Keycloak's own differ: one code for
 * an unknown client and a wrong secret, and `invalid_request` for what makes Keycloak fail.
 */
export const keycloakWords: TokenProblemWords = (problem) => {
  switch (problem.kind) {
    case 'media-type':
    case 'grant-type-missing':
      return answer(400, 'invalid_request', 'Missing form parameter: grant_type');
    case 'parameter-repeated':
      return answer(400, 'invalid_request', 'duplicated parameter');
    case 'grant-type-unsupported':
      return answer(400, 'unsupported_grant_type', 'Unsupported grant_type');
    case 'client-refused': {
      const refused = answer(401, 'invalid_client', 'Invalid client or Invalid client credentials');
      return problem.basic ? { ...refused, headers: BASIC_CHALLENGE } : refused;
    }
    case 'grant-refused':
      return answer(400, 'invalid_grant', problem.shown === 'code' ? 'Code not valid' : 'Invalid refresh token');
    case 'audience-refused':
      return answer(400, 'invalid_target', `Invalid audience: ${problem.audience}`);
    case 'scope-refused':
      return answer(400, 'invalid_scope', `Invalid scopes: ${problem.scope}`);
    case 'certificate-missing':
      return answer(400, 'invalid_request', 'Client Certification missing for MTLS HoK Token Binding');
    case 'token-missing':
      return answer(400, 'invalid_request', 'Token not provided.');
    case 'token-of-another':
      return answer(400, 'invalid_request', 'Unmatching clients');
    case 'method-not-allowed':
      return { status: 405, body: { error: 'HTTP 405 Method Not Allowed' }, headers: { allow: problem.allow } };
    case 'too-large':
      return { status: 413, body: { error: 'HTTP 413 Request Entity Too Large' } };
    case 'fault':
      return answer(500, 'unknown_error', 'For more on this error consult the server log.');
    default:
      return inBothForms(problem);
  }
};

/** The words of Camunda SaaS, whose issuer is Auth0's kind (facts, section 9.1; contract, "Clients, scopes, audiences"). */
export const saasWords: TokenProblemWords = (problem) => {
  switch (problem.kind) {
    case 'media-type':
      return answer(
        400,
        'invalid_request',
        'the media type has to be application/x-www-form-urlencoded or application/json',
      );
    case 'grant-type-missing':
      return answer(400, 'invalid_request', 'missing parameter: grant_type');
    case 'parameter-repeated':
      return answer(400, 'invalid_request', `${nameOfParameter(problem.name)} is given more than once`);
    case 'grant-type-unsupported':
      return answer(
        403,
        'unsupported_grant_type',
        'the grant type has to be client_credentials, authorization_code or refresh_token',
      );
    case 'client-refused': {
      const refused = answer(401, 'access_denied', 'Unauthorized');
      return problem.basic ? { ...refused, headers: BASIC_CHALLENGE } : refused;
    }
    case 'grant-refused': {
      const shown = problem.shown === 'code' ? 'code' : 'refresh token';
      return answer(400, 'invalid_grant', `the ${shown} is not good, or not any more, or not for this request`);
    }
    case 'audience-refused':
      return answer(403, 'access_denied', `Service not enabled within domain: ${problem.audience}`);
    case 'scope-refused':
      return answer(400, 'invalid_scope', `unknown scope in: ${problem.scope}`);
    case 'certificate-missing':
      return answer(400, 'invalid_request', 'the tokens of this client are bound to its certificate: connect with it');
    case 'token-missing':
      return answer(400, 'invalid_request', 'missing parameter: token');
    case 'token-of-another':
      return answer(400, 'invalid_request', 'the token was issued to another client');
    case 'method-not-allowed':
      return {
        ...answer(405, 'invalid_request', 'this method is not allowed here'),
        headers: { allow: problem.allow },
      };
    case 'too-large':
      return answer(413, 'invalid_request', 'the body is larger than 128 kB');
    case 'fault':
      return answer(500, 'server_error', 'the log of the server says more');
    default:
      return inBothForms(problem);
  }
};

type SameInBothForms = Extract<
  TokenProblem,
  {
    kind:
      | 'malformed'
      | 'several-authentications'
      | 'attempts-limited'
      | 'resource-refused'
      | 'targets-disagree'
      | 'proof-refused'
      | 'proofs-unavailable';
  }
>;

function inBothForms(problem: SameInBothForms): TokenProblemAnswer {
  switch (problem.kind) {
    case 'malformed':
      return answer(400, 'invalid_request', problem.detail);
    case 'several-authentications':
      return answer(400, 'invalid_request', 'the client may authenticate in one way only, once');
    case 'attempts-limited': {
      const limited = answer(429, 'too_many_requests', 'too many failed attempts: wait before the next one');
      return { ...limited, headers: { 'retry-after': String(problem.retryAfterSeconds) } };
    }
    case 'resource-refused':
      return answer(400, 'invalid_target', problem.detail);
    case 'targets-disagree':
      return answer(400, 'invalid_target', 'audience, resource and scope name different services');
    case 'proof-refused':
      return answer(400, 'invalid_dpop_proof', problem.detail);
    case 'proofs-unavailable': {
      const unavailable = answer(503, 'temporarily_unavailable', 'DPoP proofs cannot be remembered now');
      return { ...unavailable, headers: { 'retry-after': '1' } };
    }
    default:
      return assertNever(problem);
  }
}

function answer(status: number, error: string, description: string): TokenProblemAnswer {
  return { status, body: { error, error_description: describable(description) } };
}

/** RFC 6749 section 5.2 leaves out quotes, backslashes, and all that is not printable ASCII. Bounded, as it may repeat the request. */
function describable(text: string): string {
  return text.slice(0, 4_100).replace(/[^\u0020-\u0021\u0023-\u005b\u005d-\u007e]/g, '?');
}
