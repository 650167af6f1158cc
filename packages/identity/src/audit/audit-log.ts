import type { AuditEntry } from '@stagedoor/access';
import { isKey } from '../keys.ts';
import type { RecordPage, RecordSearch } from '../record-search.ts';
import type { RecordStore } from '../record-store.ts';
import { searchRows } from '../search/search-rows.ts';
import { AUDIT_LOG, type AuditField } from '../search/sources.ts';
import type { IdentityTables } from '../tables.ts';
import { fromAuditRow, insertAuditEntries, type StoredAuditEntry } from './audit-rows.ts';

/**
 * The audit log: appended to, read, and shortened at its old end; the database refuses everything else. A command's own row
 * is written by the command, in its transaction.
 */
export type AuditLog = {
  /** One transaction for all of them: hand over batches. Resolves after COMMIT. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  search(search: RecordSearch<AuditField>): Promise<RecordPage<StoredAuditEntry>>;
  /** By its key in decimal digits; null where there is none. */
  entry(auditLogKey: string): Promise<StoredAuditEntry | null>;
  /**
   * Removes what is older than this point in time, in milliseconds since the epoch, and returns how many rows that were. What
   * may be removed once may be removed from then on, whatever the next `before` is.
   */
  prune(before: number): Promise<number>;
};

export function auditLog(store: RecordStore<IdentityTables>): AuditLog {
  return {
    append: async (entries) => {
      if (entries.length > 0) await store.change((tx) => insertAuditEntries(tx, entries));
    },
    search: (search) => searchEntries(store, search),
    entry: async (key) => (isKey(key) ? ((await readEntries(store, [key]))[0] ?? null) : null),
    prune: (before) => prune(store, before),
  };
}

async function searchEntries(
  { db }: RecordStore<IdentityTables>,
  search: RecordSearch<AuditField>,
): Promise<RecordPage<StoredAuditEntry>> {
  const { items, ...page } = await searchRows(db, AUDIT_LOG, search);
  const keys = items.map((item) => String(item.auditLogKey));
  const byKey = new Map((await readEntries({ db }, keys)).map((entry) => [entry.auditLogKey, entry]));
  // In the order of the search; one that was pruned between the two reads is left out.
  return { ...page, items: keys.map((key) => byKey.get(key)).filter((entry) => entry !== undefined) };
}

async function readEntries(
  { db }: Pick<RecordStore<IdentityTables>, 'db'>,
  keys: readonly string[],
): Promise<readonly StoredAuditEntry[]> {
  if (keys.length === 0) return [];
  const rows = await db.selectFrom('audit_log').selectAll().where('audit_log_key', 'in', keys.map(Number)).execute();
  return rows.map(fromAuditRow);
}

function prune(store: RecordStore<IdentityTables>, before: number): Promise<number> {
  return store.change(async (tx) => {
    await tx
      .updateTable('identity_meta')
      .set({ value: before })
      .where('name', '=', 'audit_log_pruned_before')
      .where('value', '<', before)
      .execute();
    const result = await tx.deleteFrom('audit_log').where('at', '<', before).executeTakeFirst();
    return Number(result.numDeletedRows);
  });
}
