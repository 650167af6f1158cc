import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createAuditLog } from './audit/create-audit-log.ts';
import { insertDefaultRecords, insertTaskWorkerGrants } from './default-records.ts';
import { indexForSearches } from './search/search-indexes.ts';
import type { IdentityDatabase } from './tables.ts';

const createTables: Migration = {
  async up(db: IdentityDatabase): Promise<void> {
    await createPrincipals(db);
    await createContainers(db);
    await createGrants(db);
    await createState(db);
  },
};

async function createPrincipals(db: IdentityDatabase): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('username', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('credential_version', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('principal_names')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('retired', 'integer', (column) => column.notNull())
    .execute();
}

async function createContainers(db: IdentityDatabase): Promise<void> {
  for (const [table, id] of [
    ['groups', 'group_id'],
    ['roles', 'role_id'],
    ['tenants', 'tenant_id'],
  ] as const) {
    await db.schema
      .createTable(table)
      .addColumn(id, 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .execute();
  }
  await db.schema
    .createTable('mapping_rules')
    .addColumn('mapping_rule_id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('claim_name', 'text', (column) => column.notNull())
    .addColumn('claim_value', 'text', (column) => column.notNull())
    .execute();
  const whole = ['container_type', 'container_id', 'member_type', 'member_id'] as const;
  await db.schema
    .createTable('memberships')
    .addColumn('container_type', 'text', (column) => column.notNull())
    .addColumn('container_id', 'text', (column) => column.notNull())
    .addColumn('member_type', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('memberships_whole', [...whole])
    .execute();
  await db.schema.createIndex('memberships_member').on('memberships').columns(['member_type', 'member_id']).execute();
}

async function createGrants(db: IdentityDatabase): Promise<void> {
  await db.schema
    .createTable('authorizations')
    .addColumn('authorization_key', 'integer', (column) => column.primaryKey())
    .addColumn('owner_type', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('resource_type', 'text', (column) => column.notNull())
    .addColumn('resource_id', 'text', (column) => column.notNull())
    .addColumn('permission_types', 'text', (column) => column.notNull())
    .addUniqueConstraint('authorizations_owner_resource', ['owner_type', 'owner_id', 'resource_type', 'resource_id'])
    .execute();
}

async function createState(db: IdentityDatabase): Promise<void> {
  await db.schema
    .createTable('ended_sessions')
    .addColumn('session_id', 'text', (column) => column.primaryKey())
    .addColumn('ends_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('latches')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .execute();
  await db.schema
    .createTable('identity_meta')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute();
  await db
    .insertInto('identity_meta')
    .values([
      { name: 'epoch', value: 1 },
      { name: 'last_authorization_key', value: 0 },
    ])
    .execute();
}

const grantsByProperty: Migration = {
  async up(db: IdentityDatabase): Promise<void> {
    // SQLite takes no NOT NULL off a column, so the table is written anew; this is the same for both databases.
    await db.schema
      .createTable('authorizations_anew')
      .addColumn('authorization_key', 'integer', (column) => column.primaryKey())
      .addColumn('owner_type', 'text', (column) => column.notNull())
      .addColumn('owner_id', 'text', (column) => column.notNull())
      .addColumn('resource_type', 'text', (column) => column.notNull())
      .addColumn('resource_id', 'text')
      .addColumn('resource_property_name', 'text')
      .addColumn('permission_types', 'text', (column) => column.notNull())
      .addCheckConstraint('authorizations_one_target', sql`(resource_id is null) <> (resource_property_name is null)`)
      .execute();
    await sql`insert into authorizations_anew
      (authorization_key, owner_type, owner_id, resource_type, resource_id, permission_types)
      select authorization_key, owner_type, owner_id, resource_type, resource_id, permission_types
      from authorizations`.execute(db);
    await db.schema.dropTable('authorizations').execute();
    await db.schema.alterTable('authorizations_anew').renameTo('authorizations').execute();
    await indexGrants(db);
    await insertTaskWorkerGrants(db);
  },
};

async function indexGrants(db: IdentityDatabase): Promise<void> {
  for (const target of ['resource_id', 'resource_property_name'] as const) {
    // NULLs differ from each other, so each index knows only the grants that have its column.
    await db.schema
      .createIndex(`authorizations_owner_${target}`)
      .unique()
      .on('authorizations')
      .columns(['owner_type', 'owner_id', 'resource_type', target])
      .execute();
  }
  await db.schema
    .createIndex('authorizations_resource')
    .on('authorizations')
    .columns(['resource_type', 'resource_id'])
    .execute();
}

/**
 * In the order of their names; the same for SQLite and PostgreSQL, but for the guards of the audit log. One that was released
 * is never changed. When the matrix of permissions grows, what is new for the default roles is a migration of its own.
 */
export const identityMigrations: Readonly<Record<string, Migration>> = {
  'identity-0001-tables': createTables,
  'identity-0002-default-records': { up: (db: IdentityDatabase) => insertDefaultRecords(db) },
  'identity-0003-grants-by-property': grantsByProperty,
  'identity-0004-audit-log': createAuditLog,
  'identity-0005-search-indexes': { up: indexForSearches },
};
