import { type Actor, type AuditEntry, REFUSALS, type Refusal } from '@stagedoor/access';
import type { Door } from '../door.ts';
import type { Operation } from '../operation.ts';
import type { Params } from '../passage/routes.ts';
import { auditedRowOf } from './audited-row.ts';

export type AuditDoor = Pick<Door, 'audit' | 'metrics'>;

type Told = {
  readonly door: AuditDoor & Pick<Door, 'clock'>;
  readonly operation: Operation;
  readonly actor: () => Actor;
  readonly params: Params;
};

/** Being turned away: 401, 403 and 429 are the audit log's matter; a malformed request and an issuer that is down are not. */
export function noteRefusal(told: Told, { code }: Refusal): void {
  const { status } = REFUSALS[code];
  if (status === 401 || status === 403 || status === 429) note(told, 'FAIL', code);
}

/** How a write ended. A read says nothing. */
export function noteEnd(told: Told, outcome: AuditEntry['outcome']): void {
  const row = auditedRowOf(told.operation);
  if (row.told === 'completed' || (row.told === 'failed' && outcome === 'FAIL')) note(told, outcome, null);
}

function note(
  { door, operation, actor, params }: Told,
  outcome: AuditEntry['outcome'],
  code: AuditEntry['code'],
): void {
  const { entityType, keyParam } = auditedRowOf(operation);
  noteSafely(door, {
    at: door.clock.now(),
    actor: actor(),
    operation: operation.id,
    entityType,
    entityKey: keyParam === null ? null : keyOf(params[keyParam]),
    outcome,
    code,
    count: 1,
  });
}

/** No id and no key is longer; whoever sends more names nothing that is here. */
function keyOf(value: string | undefined): string | null {
  return value === undefined || value.length > 256 ? null : value;
}

/** Not even a sink that breaks its word and throws may change what a caller is answered. */
export function noteSafely({ audit, metrics }: AuditDoor, entry: AuditEntry): void {
  try {
    audit.note(entry);
  } catch {
    metrics.auditFailures += 1;
  }
}
