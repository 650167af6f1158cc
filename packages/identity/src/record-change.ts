import type { AuditEntityType, SnapshotChange } from '@stagedoor/access';
import { insertAuditEntries } from './audit/audit-rows.ts';
import { advanceEpoch } from './epoch.ts';
import type { ActingParts } from './identity-parts.ts';
import type { IdentityDatabase } from './tables.ts';

type Note = { readonly operation: string; readonly entity: Entity; readonly related: Entity | null };
type Entity = { readonly type: AuditEntityType; readonly key: string };

/**
 * A change of the records under way. Whoever writes a row that a decision reads reports it here, so that the snapshot learns
 * of it after COMMIT; whoever carries out a command notes it here, so that its row of the audit log is in the same transaction.
 */
export class RecordChange {
  readonly tx: IdentityDatabase;
  readonly reported: SnapshotChange[] = [];
  readonly notes: Note[] = [];

  constructor(tx: IdentityDatabase) {
    this.tx = tx;
  }

  report(change: SnapshotChange): void {
    this.reported.push(change);
  }

  /** `operation` is the id of the row of v2 where there is one, else the name of the use case. Never a credential. */
  note(operation: string, type: AuditEntityType, key: string, related: Entity | null = null): void {
    this.notes.push({ operation, entity: { type, key }, related });
  }
}

/** One transaction; resolves when it is committed and in the snapshot. */
export function changeRecords<R>(parts: ActingParts, work: (change: RecordChange) => Promise<R>): Promise<R> {
  return parts.store.change((tx) => changeWithin(parts, tx, work));
}

/** The same as a part of somebody else's transaction. */
export async function changeWithin<R>(
  parts: ActingParts,
  tx: IdentityDatabase,
  work: (change: RecordChange) => Promise<R>,
): Promise<R> {
  const change = new RecordChange(tx);
  const result = await work(change);
  if (change.reported.length > 0) parts.published.expect(tx, await advanceEpoch(tx), change.reported);
  const at = parts.clock.now();
  const entries = change.notes.map(({ operation, entity, related }) => {
    const done = { at, actor: parts.actor, operation, outcome: 'SUCCESS', code: null, count: 1 } as const;
    const what = { entityType: entity.type, entityKey: entity.key };
    return { ...done, ...what, relatedEntityType: related?.type ?? null, relatedEntityKey: related?.key ?? null };
  });
  await insertAuditEntries(tx, entries);
  return result;
}
