import { randomUUID } from 'node:crypto';
import type { RecordStore } from '@stagedoor/identity';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export type ClusterIdTable = { cluster_id: { id: string } };

const createTable: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('cluster_id')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .execute();
  },
};

export const clusterIdMigrations: Readonly<Record<string, Migration>> = { 'program-0001-cluster-id': createTable };

/** The cluster's own id: the configured one, or one that is made at the first start and kept with the data. */
export async function clusterId(store: RecordStore<ClusterIdTable>, configured: string | null): Promise<string> {
  if (configured !== null) return configured;
  const kept = await store.db.selectFrom('cluster_id').select('id').executeTakeFirst();
  if (kept !== undefined) return kept.id;
  const made = randomUUID();
  await store.change(async (tx) => {
    await tx.insertInto('cluster_id').values({ id: made }).execute();
  });
  return made;
}
