import {
  ANONYMOUS_ACTOR,
  type AuditSink,
  assertNever,
  type Caller,
  type Clock,
  type Randomness,
} from '@stagedoor/access';
import type { AuthorizationCodes } from './authorization-codes.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { LOGIN_MILLIS } from './logins.ts';
import type { People } from './people.ts';

/** What a login works with. */
export type LoggingIn = {
  readonly people: People;
  readonly codes: AuthorizationCodes;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly audit: AuditSink;
};

export type LoginAttempt = {
  readonly username: string;
  readonly password: string;
  readonly caller: Caller;
  /** The issuer identifier of the form that he logs in at. */
  readonly issuer: string;
};

export type LoginVerdict =
  | { readonly kind: 'in'; readonly code: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  /** He hung up. */
  | { readonly kind: 'gone' };

/** Verifies the person and makes a code for the application that he came from. Nobody is asked for consent: its operator registered it. */
export async function logInPerson(
  attempt: LoginAttempt,
  { client, redirectUri, codeChallenge, nonce, named }: AuthorizationRequest,
  { people, codes, clock, randomness, audit }: LoggingIn,
): Promise<LoginVerdict> {
  const { username, password, caller, issuer } = attempt;
  const verdict = await people.passwords.verify(username, password, caller);
  const at = clock.now();
  const noted = { at, operation: 'login', entityType: 'USER', count: 1 } as const;
  switch (verdict.kind) {
    case 'verified': {
      const { user } = verdict;
      const login = {
        sid: Buffer.from(randomness.bytes(16)).toString('base64url'),
        clientId: client.clientId,
        username: user.username,
        credentialVersion: user.credentialVersion,
        issuer,
        named,
        authenticatedAt: Math.floor(at / 1000),
        boundTo: null,
        endsAt: at + LOGIN_MILLIS,
      };
      const actor = { kind: 'user', id: user.username, credential: 'basic' } as const;
      audit.note({ ...noted, actor, entityKey: user.username, outcome: 'SUCCESS', code: null });
      return { kind: 'in', code: codes.issue({ login, redirectUri, codeChallenge, nonce }) };
    }
    case 'refused':
      // The name that was typed may be a password.
      audit.note({ ...noted, actor: ANONYMOUS_ACTOR, entityKey: null, outcome: 'FAIL', code: 'PASSWORD_REFUSED' });
      return verdict;
    case 'limited':
    case 'gone':
      return verdict;
    default:
      return assertNever(verdict);
  }
}
