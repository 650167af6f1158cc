import type { IncomingMessage } from 'node:http';
import type {
  AccessPolicy,
  AccessSnapshot,
  AuditSink,
  Clock,
  PasswordVerifier,
  Principal,
  Refusal,
  TokenEvidence,
  TokenVerifier,
} from '@stagedoor/access';
import type { Metrics } from './metrics.ts';
import type { Session, Sessions } from './sessions/sessions.ts';

export type AuthenticationMethod = 'none' | 'basic' | 'oidc';

/** What the operator is told about a refusal or a fault; a structured log takes it. Never a header, a body or a query. */
export type DoorLog = {
  refused(entry: {
    code: string;
    step: string;
    status: number;
    method: string;
    path: string;
    reason: string;
    address: string;
  }): void;
  fault(entry: { method: string; path: string; error: unknown }): void;
};

/** Everything that the way of a request needs, fitted in the composition root. */
export type Door = {
  readonly method: AuthenticationMethod;
  readonly policy: AccessPolicy;
  readonly snapshot: () => AccessSnapshot;
  readonly passwords: PasswordVerifier;
  readonly tokens: TokenVerifier;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: DoorLog;
  readonly metrics: Metrics;
  /** Takes what is no change of records: refusals, log-ins, decisions on writes. It changes no verdict. */
  readonly audit: AuditSink;
  /** A search that authorizations narrowed says so in a header. */
  readonly explaining: boolean;
};

/** How a caller got in. A verified token exempts from the checks that browsers need. */
export type Admission = {
  readonly principal: Principal;
  readonly via: 'anonymous' | 'basic' | 'bearer' | 'session';
  readonly session: Session | null;
  /** Of a verified token, for `explain`. */
  readonly evidence?: TokenEvidence;
};

export type Authenticated =
  | { readonly kind: 'admitted'; readonly admission: Admission }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'gone' };

export type RawRequest = IncomingMessage;
