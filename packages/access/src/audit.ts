import type { Actor } from './actor.ts';
import type { RefusalCode } from './refusal.ts';

/**
 * What was done to, in Camunda's words for it (AuditLogEntityTypeEnum of 8.10), and in no others: the official clients refuse
 * them. There is none for what is about no entity; that says RESOURCE, and has no key.
 */
export type AuditEntityType =
  | 'AUTHORIZATION'
  | 'BATCH'
  | 'CLIENT'
  | 'DECISION'
  | 'GROUP'
  | 'INCIDENT'
  | 'JOB'
  | 'MAPPING_RULE'
  | 'PROCESS_INSTANCE'
  | 'RESOURCE'
  | 'ROLE'
  | 'TENANT'
  | 'USER'
  | 'USER_TASK'
  | 'VARIABLE';

/** One line of the audit log. No credential, token or claim value is in any member. */
export type AuditEntry = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  /** The id of the row of a dialect, or the name of a use case: `createUser`, `client.rotate`, `login`. */
  readonly operation: string;
  readonly entityType: AuditEntityType;
  /** The id or key of what was done to; null where the operation names none. */
  readonly entityKey: string | null;
  readonly outcome: 'SUCCESS' | 'FAIL';
  /** Why it failed, where a refusal is why. */
  readonly code: RefusalCode | null;
  /** How many such entries this one stands for: a flood of equal refusals is one line. */
  readonly count: number;
};

/** Takes entries that are no part of a change of records. It never blocks, never throws, and changes no verdict. */
export type AuditSink = { note(entry: AuditEntry): void };
