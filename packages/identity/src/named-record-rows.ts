import { assertNever, type NamedRecord, type SnapshotChange } from '@stagedoor/access';
import type { Kysely } from 'kysely';
import type { IdOf, NamedKind } from './check-record.ts';
import type { RecordChange } from './record-change.ts';
import type { IdentityDatabase } from './tables.ts';

/** The tables of roles, groups and tenants, and what each calls its id. */
const ROWS = {
  role: { table: 'roles', id: 'role_id' },
  group: { table: 'groups', id: 'group_id' },
  tenant: { table: 'tenants', id: 'tenant_id' },
} as const;

/** The three tables as one: they differ in the name of the id alone, which the queries below take from `ROWS`. */
type Alike = { roles: { role_id: string; name: string; description: string } };

function at(db: IdentityDatabase, kind: NamedKind) {
  const { table, id } = ROWS[kind];
  // One of three literals in the place of another: the columns are the same but for the id, which is taken with it.
  const alike = db as unknown as Kysely<Alike>;
  return { db: alike, table: table as 'roles', id: id as 'role_id' };
}

export async function findNamedRecord<K extends NamedKind>(
  db: IdentityDatabase,
  kind: K,
  soughtId: string,
): Promise<NamedRecord<IdOf[K]> | null> {
  const { db: alike, table, id } = at(db, kind);
  const row = await alike.selectFrom(table).selectAll().where(id, '=', soughtId).executeTakeFirst();
  // The id is the one that was parsed when it was written.
  return row ? { id: row[id] as IdOf[K], name: row.name, description: row.description } : null;
}

/** False where the id is taken; nothing is written then. */
export async function insertNamedRecord<K extends NamedKind>(
  change: RecordChange,
  kind: K,
  record: NamedRecord<IdOf[K]>,
): Promise<boolean> {
  const { db: alike, table, id } = at(change.tx, kind);
  const { name, description } = record;
  const result = await alike
    .insertInto(table)
    // `id` is not always the column that its type names.
    .values({ [id]: record.id, name, description } as Alike['roles'])
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
  change.report(changeOf(kind, record.id, record));
  return true;
}

/** False where there is no such record. */
export async function updateNamedRecord<K extends NamedKind>(
  change: RecordChange,
  kind: K,
  record: NamedRecord<IdOf[K]>,
): Promise<boolean> {
  const { db: alike, table, id } = at(change.tx, kind);
  const { name, description } = record;
  const result = await alike.updateTable(table).set({ name, description }).where(id, '=', record.id).executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  change.report(changeOf(kind, record.id, record));
  return true;
}

/** False where there is no such record. What names it is not touched. */
export async function deleteNamedRecord(change: RecordChange, kind: NamedKind, soughtId: string): Promise<boolean> {
  const { db: alike, table, id } = at(change.tx, kind);
  const result = await alike.deleteFrom(table).where(id, '=', soughtId).executeTakeFirst();
  if (result.numDeletedRows === 0n) return false;
  change.report(changeOf(kind, soughtId, null));
  return true;
}

/** The ids are parsed ones: they were written or have just been found. */
function changeOf(kind: NamedKind, id: string, record: NamedRecord<string> | null): SnapshotChange {
  switch (kind) {
    case 'role':
      return { kind, id: id as IdOf['role'], record: record as NamedRecord<IdOf['role']> | null };
    case 'group':
      return { kind, id: id as IdOf['group'], record: record as NamedRecord<IdOf['group']> | null };
    case 'tenant':
      return { kind, id: id as IdOf['tenant'], record: record as NamedRecord<IdOf['tenant']> | null };
    default:
      return assertNever(kind);
  }
}
