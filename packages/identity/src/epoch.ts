import type { IdentityDatabase } from './tables.ts';

/**
 * Says in the records themselves that they have changed, and returns the new number. Every change of what a decision reads
 * calls it in its own transaction, so that a second process on the same database can see that its snapshot is old.
 */
export async function advanceEpoch(tx: IdentityDatabase): Promise<number> {
  const row = await tx
    .updateTable('identity_meta')
    .set((row) => ({ value: row('value', '+', 1).$castTo<number>() }))
    .where('name', '=', 'epoch')
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

export async function readEpoch(db: IdentityDatabase): Promise<number> {
  const row = await db
    .selectFrom('identity_meta')
    .select('value')
    .where('name', '=', 'epoch')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}
