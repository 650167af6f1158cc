import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { IdentityDatabase } from '../tables.ts';

/** The table of the audit log. It is only ever added to, and shortened at its old end: the database refuses the rest. */
export const createAuditLog: Migration = {
  async up(db: IdentityDatabase): Promise<void> {
    await createTable(db);
    await db
      .insertInto('identity_meta')
      .values([
        { name: 'last_audit_log_key', value: 0 },
        { name: 'audit_log_pruned_before', value: 0 },
      ])
      .execute();
    await guard(db);
  },
};

async function createTable(db: IdentityDatabase): Promise<void> {
  await db.schema
    .createTable('audit_log')
    .addColumn('audit_log_key', 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor_kind', 'text', (column) => column.notNull())
    .addColumn('actor_type', 'text', (column) => column.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('credential', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('operation_type', 'text', (column) => column.notNull())
    .addColumn('entity_type', 'text', (column) => column.notNull())
    .addColumn('entity_key', 'text')
    .addColumn('related_entity_type', 'text')
    .addColumn('related_entity_key', 'text')
    .addColumn('category', 'text', (column) => column.notNull())
    .addColumn('result', 'text', (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('count', 'bigint', (column) => column.notNull())
    .execute();
  for (const columns of [['at'], ['actor_id', 'at'], ['entity_type', 'entity_key', 'at']]) {
    const name = `audit_log_${columns[0]}`;
    await db.schema
      .createIndex(name)
      .on('audit_log')
      .columns([...columns, 'audit_log_key'])
      .execute();
  }
}

/** SQLite's triggers; PostgreSQL's are functions and have to be written when it is one of the stores. */
async function guard(db: IdentityDatabase): Promise<void> {
  await sql`create trigger audit_log_no_update before update on audit_log
    begin select raise(abort, 'the audit log is append only'); end`.execute(db);
  // `insert or replace` deletes without asking the trigger below.
  await sql`create trigger audit_log_no_replacement before insert on audit_log
    when exists (select 1 from audit_log where audit_log_key = new.audit_log_key)
    begin select raise(abort, 'the audit log is append only'); end`.execute(db);
  await sql`create trigger audit_log_no_early_delete before delete on audit_log
    when old.at >= (select value from identity_meta where name = 'audit_log_pruned_before')
    begin select raise(abort, 'the audit log is append only'); end`.execute(db);
}
