import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { IssuerDatabase } from '../tables.ts';

/** What clients may do for people. A change counts as one of the client (`issuer_meta`). */
const keepClientLogins: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema
      .createTable('issuer_client_logins')
      .addColumn('client_id', 'text', (column) => column.primaryKey())
      .addColumn('login', 'text', (column) => column.notNull())
      .addColumn('is_public', 'integer', (column) => column.notNull())
      .execute();
    for (const change of ['INSERT', 'UPDATE', 'DELETE'])
      await sql`CREATE TRIGGER ${sql.id(`issuer_client_logins_${change.toLowerCase()}`)} AFTER ${sql.raw(change)} ON issuer_client_logins
        BEGIN UPDATE issuer_meta SET value = value + 1 WHERE name = 'epoch'; END`.execute(db);
  },
};

const keepLogins: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema
      .createTable('issuer_logins')
      .addColumn('sid', 'text', (column) => column.primaryKey())
      .addColumn('login', 'text', (column) => column.notNull())
      .addColumn('handle', 'text', (column) => column.notNull())
      .addColumn('refresh_digest', 'text', (column) => column.notNull())
      .addColumn('ends', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('issuer_logins_ends').on('issuer_logins').column('ends').execute();
  },
};

export const loginMigrations: Readonly<Record<string, Migration>> = {
  'issuer-0007-redirect-uris': keepClientLogins,
  'issuer-0008-refresh-tokens': keepLogins,
};
