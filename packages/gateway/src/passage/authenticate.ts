import {
  anonymousPrincipal,
  assertNever,
  type Caller,
  type PasswordVerdict,
  type RefusalCode,
  refuse,
  type TokenVerdict,
} from '@stagedoor/access';
import type { Dialect } from '../dialect.ts';
import type { Admission, Authenticated, Door, RawRequest } from '../door.ts';
import { clientAddress, clientCertificate } from '../listening/behind-proxies.ts';
import { ownTarget } from './own-target.ts';
import { type Credentials, readCredentials } from './read-credentials.ts';

/** As much of a request as says who is calling. `explain` presents one that nobody sent, with its own caller. */
export type Presented = Pick<RawRequest, 'method' | 'url' | 'headers' | 'rawHeaders'> &
  ({ readonly socket: RawRequest['socket'] } | { readonly caller: Caller });

const ANONYMOUS: Authenticated = {
  kind: 'admitted',
  admission: { principal: anonymousPrincipal, via: 'anonymous', session: null },
};
const GONE: Authenticated = { kind: 'gone' };

/**
 * Who is calling. One `Authorization` header at most; one that verifies decides and cookies beside it are ignored; one that
 * does not verify is a refusal whatever cookie stands beside it (contract, "Requests"). Answers at once for what it knows.
 */
export function authenticate(door: Door, dialect: Dialect, request: Presented): Authenticated | Promise<Authenticated> {
  const credentials = readCredentials(request);
  if (credentials.kind === 'unreadable' && credentials.code === 'AUTHORIZATION_REPEATED')
    return refused(credentials.code);
  const method = dialect.credentials === 'bearer' ? 'oidc' : door.method;
  // In `none` the header is ignored, as recorded; a live session still says who is there.
  if (method === 'none') return ofSession(door, request) ?? ANONYMOUS;
  switch (credentials.kind) {
    case 'none':
      return withoutHeader(door, dialect, request);
    case 'unreadable':
      return refused(
        credentials.scheme === 'other' || (credentials.scheme === 'basic') !== (method === 'basic')
          ? 'CREDENTIALS_SCHEME'
          : credentials.code,
      );
    case 'basic':
      return method === 'basic' ? byPassword(door, request, credentials) : refused('CREDENTIALS_SCHEME');
    case 'bearer':
    case 'dpop':
      return method === 'oidc' ? byToken(door, dialect, request, credentials) : refused('CREDENTIALS_SCHEME');
    default:
      return assertNever(credentials);
  }
}

/** At a row for everybody nobody has to show who he is; two headers are refused there as everywhere. */
export function refuseRepeatedHeader(request: Presented): Authenticated | null {
  const credentials = readCredentials(request);
  const repeated = credentials.kind === 'unreadable' && credentials.code === 'AUTHORIZATION_REPEATED';
  return repeated ? refused(credentials.code) : null;
}

function refused(code: RefusalCode, operator?: string): Authenticated {
  return { kind: 'refused', refusal: refuse(code, operator === undefined ? {} : { operator }) };
}

function admitted(admission: Admission): Authenticated {
  return { kind: 'admitted', admission };
}

function withoutHeader(door: Door, dialect: Dialect, request: Presented): Authenticated {
  if (dialect.credentials !== 'bearer') {
    const session = ofSession(door, request);
    if (session) return session;
    if (door.sessions.carried(request.headers.cookie)) return refused('SESSION_ENDED');
  }
  return refused(/[?&]access_token=/.test(request.url ?? '') ? 'CREDENTIALS_IN_QUERY' : 'CREDENTIALS_MISSING');
}

function ofSession(door: Door, request: Presented): Authenticated | null {
  const session = door.sessions.read(request.headers.cookie);
  if (session === null) return null;
  const principal =
    session.login === null
      ? door.snapshot().principalOf({ kind: 'user', username: session.username })
      : door.snapshot().principalOfToken(session.login.subject);
  return admitted({ principal, via: 'session', session });
}

function byPassword(
  door: Door,
  request: Presented,
  credentials: Extract<Credentials, { kind: 'basic' }>,
): Authenticated | Promise<Authenticated> {
  const verdict = door.passwords.verify(credentials.username, credentials.password, callerOf(request));
  return verdict instanceof Promise ? verdict.then((later) => ofPassword(door, later)) : ofPassword(door, verdict);
}

function ofPassword(door: Door, verdict: PasswordVerdict): Authenticated {
  switch (verdict.kind) {
    case 'verified': {
      const principal = door.snapshot().principalOf({ kind: 'user', username: verdict.user.username });
      return admitted({ principal, via: 'basic', session: null });
    }
    case 'refused':
      return refused('PASSWORD_REFUSED');
    case 'limited':
      return { kind: 'refused', refusal: refuse('ATTEMPTS_LIMITED', { retryAfterSeconds: verdict.retryAfterSeconds }) };
    case 'gone':
      return GONE;
    default:
      return assertNever(verdict);
  }
}

function byToken(
  door: Door,
  dialect: Dialect,
  request: Presented,
  credentials: Extract<Credentials, { kind: 'bearer' | 'dpop' }>,
): Authenticated | Promise<Authenticated> {
  const certificate = 'socket' in request ? clientCertificate(request) : null;
  const { token } = credentials;
  const bearer = { token, api: dialect.api, method: request.method ?? '', url: request.url ?? '' };
  const presented = certificate === null ? bearer : { ...bearer, certificate: certificate.der };
  const verdict = door.tokens.verify(
    credentials.kind === 'bearer'
      ? presented
      : { ...presented, dpop: { proofs: credentials.proofs, target: targetOf(request) } },
  );
  return verdict instanceof Promise ? verdict.then((later) => ofToken(door, later)) : ofToken(door, verdict);
}

/** A request that nobody sent came under no address: the proof beside it is not used up by explaining it. */
function targetOf(request: Presented): string | null {
  return 'socket' in request ? ownTarget(request) : null;
}

function ofToken(door: Door, verdict: TokenVerdict): Authenticated {
  switch (verdict.kind) {
    case 'verified':
      return admitted({
        principal: door.snapshot().principalOfToken(verdict.subject),
        via: 'bearer',
        session: null,
        ...(verdict.evidence === undefined ? {} : { evidence: verdict.evidence }),
      });
    case 'refused':
      return refused(verdict.code, verdict.operator);
    case 'unavailable':
      return {
        kind: 'refused',
        refusal: refuse(verdict.code ?? 'ISSUER_UNAVAILABLE', {
          operator: verdict.operator,
          retryAfterSeconds: verdict.retryAfterSeconds,
        }),
      };
    default:
      return assertNever(verdict);
  }
}

/** The caller as the connection knows him. Most are known already, and nothing of it is asked. */
class SocketCaller implements Caller {
  readonly #request: Pick<RawRequest, 'socket'>;

  constructor(request: Pick<RawRequest, 'socket'>) {
    this.#request = request;
  }

  get address(): string {
    return clientAddress(this.#request);
  }

  onGone(listener: () => void): () => void {
    const { socket } = this.#request;
    // One that closed before anybody asked will not close again.
    if (socket.destroyed) queueMicrotask(listener);
    socket.once('close', listener);
    return () => socket.removeListener('close', listener);
  }
}

export function callerOf(request: Presented): Caller {
  return 'caller' in request ? request.caller : new SocketCaller(request);
}
