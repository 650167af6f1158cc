import type { IncomingMessage } from 'node:http';
import { PROOF_ALGORITHMS, REFUSALS, type RefusalCode, type TokenVerifier } from '@stagedoor/access';
import type { IssuerForm } from '../issuer-forms.ts';
import type { PresentedCertificate } from '../presented-certificate.ts';
import type { RefusedRequest } from '../refused-request.ts';
import type { BrowserAnswer } from './browser-request.ts';
import { wantsIdToken } from './login.ts';
import type { People } from './people.ts';

export type Telling = {
  /** Without a slash at its end. */
  readonly origin: string;
  /** Takes the tokens of both forms, for whatever API they are. */
  readonly presentedTokens: TokenVerifier;
  readonly people: People;
  readonly certificateOf?: (request: IncomingMessage) => PresentedCertificate | null;
  readonly addressOf: (request: IncomingMessage) => string;
  /** Told of every request that was refused. */
  readonly onRefused?: (refused: RefusedRequest) => void;
};

type Shown = { readonly token: string; readonly scheme: 'Bearer' | 'DPoP' };

const TOKEN = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*)$/i;
const OTHER_FORM = 'TOKEN_ISSUER_UNKNOWN';
const WITHOUT_SCOPE = 'the token is not one of a person who logged in with the scope openid';
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/**
 * Who a person is (OpenID Connect Core section 5.3), for an application that has an access token of his with the scope `openid`.
 * The token is verified as the API does it, with all that it is bound to, but for its audience: it is the issuer itself that
 * answers. It is taken from the Authorization header alone, and at the endpoint of the form that issued it.
 */
export async function answerUserinfo(
  request: IncomingMessage,
  form: IssuerForm,
  telling: Telling,
): Promise<BrowserAnswer> {
  const shown = shownIn(request);
  const note = (answer: BrowserAnswer, code: RefusalCode, reason: string = REFUSALS[code].description) => {
    const { method = '' } = request;
    const { status } = answer;
    telling.onRefused?.({ method, path: form.userinfoPath, address: telling.addressOf(request), code, status, reason });
    return answer;
  };
  if (typeof shown === 'string') return note(refused(shown, 'Bearer'), shown);
  const verdict = await telling.presentedTokens.verify(presented(shown, request, form, telling));
  if (verdict.kind === 'unavailable') {
    const { code = 'ISSUER_UNAVAILABLE', operator, retryAfterSeconds } = verdict;
    const answer = refused(code, shown.scheme);
    const headers = { ...answer.headers, 'retry-after': String(retryAfterSeconds) };
    return note({ ...answer, headers }, code, operator);
  }
  if (verdict.kind === 'refused') return note(refused(verdict.code, shown.scheme), verdict.code, verdict.operator);
  const { subject, claims } = verdict.subject;
  if (claims.iss !== form.issuer) return note(refused(OTHER_FORM, shown.scheme), OTHER_FORM);
  const { scope } = claims;
  const hasScope = typeof scope === 'string' && wantsIdToken({ audience: undefined, scope, resources: [] });
  if (subject.kind !== 'user' || !hasScope)
    return note(withoutScope(shown.scheme), 'PERMISSION_MISSING', WITHOUT_SCOPE);
  const user = telling.people.user(subject.username);
  return user === undefined ? note(refused('TOKEN_REVOKED', shown.scheme), 'TOKEN_REVOKED') : told(user);
}

function told({ username, name, email }: NonNullable<ReturnType<People['user']>>): BrowserAnswer {
  const claims = {
    sub: username,
    username,
    preferred_username: username,
    // A claim without a value is left out (section 5.3.2).
    ...(name === '' ? {} : { name }),
    ...(email === '' ? {} : { email }),
  };
  return { status: 200, headers: { ...NO_STORE, 'content-type': 'application/json' }, body: JSON.stringify(claims) };
}

function shownIn({ headersDistinct, url = '' }: IncomingMessage): Shown | RefusalCode {
  const [header, another] = headersDistinct.authorization ?? [];
  if (another !== undefined) return 'AUTHORIZATION_REPEATED';
  if (header === undefined) return /[?&]access_token=/.test(url) ? 'CREDENTIALS_IN_QUERY' : 'CREDENTIALS_MISSING';
  const [, scheme, token] = TOKEN.exec(header) ?? [];
  if (scheme === undefined || token === undefined)
    return /^(?:bearer|dpop)(?: |$)/i.test(header) ? 'TOKEN_MALFORMED' : 'CREDENTIALS_SCHEME';
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer' };
}

/** `api` is not looked at. The address that a proof is for is a constant, whatever the Host. */
function presented({ token, scheme }: Shown, request: IncomingMessage, form: IssuerForm, telling: Telling) {
  const { method = '', url = '', headersDistinct } = request;
  const certificate = telling.certificateOf?.(request) ?? null;
  const target = `${telling.origin}${form.userinfoPath}`;
  return {
    token,
    api: 'orchestration',
    method,
    url,
    ...(certificate === null ? {} : { certificate: certificate.der }),
    ...(scheme === 'Bearer' ? {} : { dpop: { proofs: headersDistinct.dpop ?? [], target } }),
  } as const;
}

/** RFC 6750 section 3: all there is to say stands in the challenge, in words of our own. */
function refused(code: RefusalCode, scheme: Shown['scheme']): BrowserAnswer {
  const row = REFUSALS[code];
  const error = 'error' in row ? [`error="${row.error}"`, `error_description="${row.description}"`] : [];
  return challenged(row.status, scheme, error);
}

/** Also of a client's token: it names no person, whatever its scopes. */
function withoutScope(scheme: Shown['scheme']): BrowserAnswer {
  return challenged(403, scheme, [
    'error="insufficient_scope"',
    `error_description="${WITHOUT_SCOPE}"`,
    'scope="openid"',
  ]);
}

function challenged(status: number, scheme: Shown['scheme'], error: readonly string[]): BrowserAnswer {
  const algorithms = scheme === 'DPoP' ? [`algs="${PROOF_ALGORITHMS.join(' ')}"`] : [];
  const challenge = `${scheme} ${['realm="Stagedoor"', ...algorithms, ...error].join(', ')}`;
  return { status, headers: status === 503 ? NO_STORE : { ...NO_STORE, 'www-authenticate': challenge }, body: '' };
}
