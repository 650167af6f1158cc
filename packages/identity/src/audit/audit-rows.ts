import type { Actor, AuditEntityType, AuditEntry, RefusalCode } from '@stagedoor/access';
import type { Insertable, Selectable } from 'kysely';
import { takeKeys } from '../keys.ts';
import type { IdentityDatabase, IdentityTables } from '../tables.ts';
import {
  type AuditActorType,
  type AuditCategory,
  type AuditOperationType,
  actorTypeOf,
  categoryOf,
  operationTypeOf,
} from './audit-words.ts';

/** What else had part in it: the user who was put into a role. */
type Related = { readonly relatedEntityType: AuditEntityType | null; readonly relatedEntityKey: string | null };

/** A line as it is kept: with the key that it is found by, decimal digits, and what Camunda's words for it are. */
export type StoredAuditEntry = AuditEntry &
  Related & {
    readonly auditLogKey: string;
    readonly actorType: AuditActorType;
    readonly operationType: AuditOperationType;
    readonly category: AuditCategory;
  };

export type AuditRow = Selectable<IdentityTables['audit_log']>;

/** One statement takes this many rows; SQLite takes 32,766 parameters. */
const ROWS_AT_ONCE = 500;

export async function insertAuditEntries(
  tx: IdentityDatabase,
  entries: readonly (AuditEntry & Partial<Related>)[],
): Promise<void> {
  if (entries.length === 0) return;
  const before = await takeKeys(tx, 'last_audit_log_key', entries.length);
  const rows = entries.map((entry, index) => toRow(before + 1 + index, entry));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tx
      .insertInto('audit_log')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute();
  }
}

function toRow(key: number, entry: AuditEntry & Partial<Related>): Insertable<IdentityTables['audit_log']> {
  const { actor } = entry;
  return {
    audit_log_key: key,
    at: entry.at,
    actor_kind: actor.kind,
    actor_type: actorTypeOf(actor),
    actor_id: 'id' in actor ? actor.id : null,
    credential: actor.credential,
    operation: entry.operation,
    operation_type: operationTypeOf(entry.operation),
    entity_type: entry.entityType,
    entity_key: entry.entityKey,
    related_entity_type: entry.relatedEntityType ?? null,
    related_entity_key: entry.relatedEntityKey ?? null,
    category: categoryOf(entry.entityType),
    result: entry.outcome,
    code: entry.code,
    count: entry.count,
  };
}

export function fromAuditRow(row: AuditRow): StoredAuditEntry {
  return {
    auditLogKey: String(row.audit_log_key),
    at: Number(row.at),
    actor: actorOf(row),
    actorType: row.actor_type,
    operation: row.operation,
    operationType: row.operation_type,
    entityType: row.entity_type,
    entityKey: row.entity_key,
    relatedEntityType: row.related_entity_type,
    relatedEntityKey: row.related_entity_key,
    category: row.category,
    outcome: row.result,
    // Written by `toRow` from the same type.
    code: row.code as RefusalCode | null,
    count: Number(row.count),
  };
}

/** The members of a row belong together: `toRow` wrote them from one actor. */
function actorOf({ actor_kind: kind, actor_id: id, credential }: AuditRow): Actor {
  return (id === null ? { kind, credential } : { kind, id, credential }) as Actor;
}
