import type { Migration } from 'kysely/migration';
import type { IssuerDatabase } from './tables.ts';

const createTables: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema
      .createTable('issuer_clients')
      .addColumn('client_id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('created', 'bigint', (column) => column.notNull())
      .addColumn('expires', 'bigint')
      .execute();
    await db.schema
      .createTable('issuer_client_secrets')
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('scheme', 'text', (column) => column.notNull())
      .addColumn('created', 'bigint', (column) => column.notNull())
      .addColumn('ends', 'bigint')
      .addPrimaryKeyConstraint('issuer_client_secrets_whole', ['client_id', 'digest'])
      .execute();
    await db.schema
      .createTable('issuer_retired_clients')
      .addColumn('client_id', 'text', (column) => column.primaryKey())
      .addColumn('retired', 'bigint', (column) => column.notNull())
      .execute();
  },
};

/** In the order of their names; the same for SQLite and PostgreSQL. One that was released is never changed. */
export const issuerMigrations: Readonly<Record<string, Migration>> = {
  'issuer-0001-tables': createTables,
};
