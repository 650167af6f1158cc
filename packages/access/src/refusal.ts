/** Which step of a request's way refused it. */
export type Step =
  | 'host'
  | 'path'
  | 'route'
  | 'credentials'
  | 'origin'
  | 'csrf'
  | 'authentication'
  | 'decision'
  | 'tenant';

type Row = {
  readonly status: 400 | 401 | 403 | 421 | 429 | 503;
  readonly step: Step;
  /** RFC 6750 section 3.1 and RFC 9449 section 12.2, where a challenge names one. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof';
  /** What the caller is told. It never tells what would have been accepted. */
  readonly description: string;
};

/** A token that does not verify: RFC 6750 section 3.1. */
function invalidToken(description: string) {
  return { status: 401, step: 'authentication', error: 'invalid_token', description } as const;
}

/** Every refusal there is: one table, read by the documents and the tests. Codes are stable. */
export const REFUSALS = {
  HOST_REFUSED: {
    status: 421,
    step: 'host',
    description: 'this server does not answer for the host name of the request',
  },
  PATH_AMBIGUOUS: { status: 400, step: 'path', description: 'the path has an encoding that can be read in two ways' },
  AUTHORIZATION_REPEATED: {
    status: 400,
    step: 'credentials',
    error: 'invalid_request',
    description: 'the request has more than one Authorization header',
  },
  CREDENTIALS_IN_QUERY: {
    status: 400,
    step: 'credentials',
    error: 'invalid_request',
    description: 'access_token in the query is not accepted: send it in the Authorization header',
  },
  CREDENTIALS_MISSING: { status: 401, step: 'credentials', description: 'no credentials were sent' },
  CREDENTIALS_MALFORMED: { status: 401, step: 'credentials', description: 'the Authorization header cannot be read' },
  CREDENTIALS_SCHEME: {
    status: 401,
    step: 'credentials',
    description: 'this API does not take that kind of credentials',
  },
  PASSWORD_REFUSED: { status: 401, step: 'authentication', description: 'the user name or the password is wrong' },
  ATTEMPTS_LIMITED: { status: 429, step: 'authentication', description: 'too many attempts: wait before the next one' },
  LOGIN_NOT_BEGUN: {
    status: 400,
    step: 'authentication',
    description: 'this browser did not begin to log in here, or began too long ago: begin again',
  },
  LOGIN_REFUSED: {
    status: 401,
    step: 'authentication',
    description: 'the identity provider did not vouch for a log-in',
  },
  LOGOUT_TOKEN_REFUSED: { status: 400, step: 'authentication', description: 'the logout token cannot be believed' },
  SESSION_ENDED: { status: 401, step: 'authentication', description: 'the session has ended: log in again' },
  TOKEN_MALFORMED: invalidToken('the token cannot be read'),
  TOKEN_TOO_LARGE: invalidToken('the token is too large'),
  TOKEN_TYPE_REFUSED: invalidToken('the token is not an access token'),
  TOKEN_ALGORITHM_REFUSED: invalidToken('the token is signed with an algorithm that is not accepted'),
  TOKEN_HEADER_REFUSED: invalidToken('the token has a critical header that is not understood'),
  TOKEN_ISSUER_UNKNOWN: invalidToken('the token comes from an issuer that is not trusted here'),
  TOKEN_KEY_UNKNOWN: invalidToken('the token is signed with a key that its issuer does not publish'),
  TOKEN_SIGNATURE_INVALID: invalidToken('the signature of the token is wrong'),
  TOKEN_EXPIRED: invalidToken('the token has expired'),
  TOKEN_NOT_YET_VALID: invalidToken('the token is not valid yet'),
  TOKEN_LIFETIME_MISSING: invalidToken('the token does not say when it expires'),
  TOKEN_AUDIENCE_REFUSED: invalidToken('the token is not meant for this API'),
  TOKEN_PIN_REFUSED: invalidToken('the token belongs to another organization or application'),
  TOKEN_SUBJECT_MISSING: invalidToken('the token names neither a user nor a client'),
  TOKEN_BINDING_REFUSED: invalidToken('the token is bound to a key that the request does not prove'),
  PROOF_REFUSED: {
    status: 401,
    step: 'authentication',
    error: 'invalid_dpop_proof',
    description: 'the DPoP proof is missing, or it does not prove this request',
  },
  PROOF_REPLAYED: {
    status: 401,
    step: 'authentication',
    error: 'invalid_dpop_proof',
    description: 'the DPoP proof was used before: every request needs one of its own',
  },
  PROOFS_UNAVAILABLE: {
    status: 503,
    step: 'authentication',
    description: 'DPoP proofs cannot be remembered now',
  },
  TOKEN_REVOKED: invalidToken('the token was revoked'),
  ISSUER_UNAVAILABLE: {
    status: 503,
    step: 'authentication',
    description: 'the token cannot be checked now: its issuer cannot be reached',
  },
  ORIGIN_REFUSED: { status: 403, step: 'origin', description: 'a web page of another origin may not do this' },
  CSRF_MISSING: { status: 403, step: 'csrf', description: 'the CSRF token of the session is missing or wrong' },
  PERMISSION_MISSING: {
    status: 403,
    step: 'decision',
    error: 'insufficient_scope',
    description: 'the caller has no authorization for this',
  },
  TENANT_NOT_ASSIGNED: {
    status: 403,
    step: 'tenant',
    error: 'insufficient_scope',
    description: 'the caller is not assigned to the tenant that was named',
  },
  SETUP_CLOSED: { status: 403, step: 'decision', description: 'the first administrator has been set up' },
  SETUP_REMOTE: {
    status: 403,
    step: 'decision',
    description: 'the first administrator is set up from this machine, or with the code that was printed at the start',
  },
} as const satisfies Record<string, Row>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal has two faces: what the caller may know, and what the operator may. No secret, token or claim value is in either. */
export type Refusal = {
  readonly code: RefusalCode;
  /** The public face: `REFUSALS[code].description` unless the case has Camunda's own words. */
  readonly detail: string;
  /** The operator's face. */
  readonly operator: string;
  readonly retryAfterSeconds?: number;
};

export function refuse(
  code: RefusalCode,
  more: { detail?: string; operator?: string; retryAfterSeconds?: number } = {},
): Refusal {
  const detail = more.detail ?? REFUSALS[code].description;
  const refusal = { code, detail, operator: more.operator ?? detail };
  return more.retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds: more.retryAfterSeconds };
}
