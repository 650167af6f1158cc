import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { loginMigrations } from './authorizing/login-migrations.ts';
import type { IssuerDatabase, IssuerTables } from './tables.ts';

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

const CHANGES = ['INSERT', 'UPDATE', 'DELETE'] as const;

/** Triggers, so that no command can forget to say that clients have changed. Their syntax is SQLite's. */
const countChanges: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema
      .createTable('issuer_meta')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'bigint', (column) => column.notNull())
      .execute();
    await db.insertInto('issuer_meta').values({ name: 'epoch', value: 1 }).execute();
    await countChangesOf(db, 'issuer_clients');
    await countChangesOf(db, 'issuer_client_secrets');
  },
};

async function countChangesOf(db: IssuerDatabase, table: keyof IssuerTables): Promise<void> {
  for (const change of CHANGES) {
    const name = sql.id(`${table}_${change.toLowerCase()}`);
    await sql`CREATE TRIGGER ${name} AFTER ${sql.raw(change)} ON ${sql.table(table)}
      BEGIN UPDATE issuer_meta SET value = value + 1 WHERE name = 'epoch'; END`.execute(db);
  }
}

const keepKeys: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema
      .createTable('issuer_client_keys')
      .addColumn('client_id', 'text', (column) => column.primaryKey())
      .addColumn('keys', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('issuer_spent_ids')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('ends', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('issuer_spent_ids_whole', ['kind', 'client_id', 'id'])
      .execute();
    await db.schema.createIndex('issuer_spent_ids_ends').on('issuer_spent_ids').column('ends').execute();
    await countChangesOf(db, 'issuer_client_keys');
  },
};

const keepLifetimes: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema.alterTable('issuer_clients').addColumn('token_lifetime_seconds', 'bigint').execute();
  },
};

const keepCertificates: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema
      .createTable('issuer_client_certificates')
      .addColumn('client_id', 'text', (column) => column.primaryKey())
      .addColumn('registration', 'text', (column) => column.notNull())
      .execute();
    await db.schema.alterTable('issuer_clients').addColumn('bind_tokens', 'text').execute();
    await countChangesOf(db, 'issuer_client_certificates');
  },
};

const keepClaims: Migration = {
  async up(db: IssuerDatabase): Promise<void> {
    await db.schema.alterTable('issuer_clients').addColumn('audiences', 'text').execute();
    await db.schema.alterTable('issuer_clients').addColumn('claims', 'text').execute();
  },
};

/** In the order of their names; the same for SQLite and PostgreSQL. One that was released is never changed. */
export const issuerMigrations: Readonly<Record<string, Migration>> = {
  'issuer-0001-tables': createTables,
  'issuer-0002-epoch': countChanges,
  'issuer-0003-keys': keepKeys,
  'issuer-0004-lifetimes': keepLifetimes,
  'issuer-0005-certificates': keepCertificates,
  'issuer-0006-claims': keepClaims,
  ...loginMigrations,
};
