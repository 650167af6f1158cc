import type { IdentityDatabase } from './tables.ts';

/**
 * Takes the next keys and returns the one before the first. Keys come from a counter and never twice: a database's own may
 * return after a deletion, and an old key in somebody's hand would then name another row.
 */
export async function takeKeys(
  tx: IdentityDatabase,
  counter: 'last_authorization_key' | 'last_audit_log_key',
  count: number,
): Promise<number> {
  const row = await tx
    .updateTable('identity_meta')
    .set((meta) => ({ value: meta('value', '+', count).$castTo<number>() }))
    .where('name', '=', counter)
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(row.value) - count;
}

/** As keys are written: no leading zero, so that a row has one key; longer ones are not exact as numbers, and never given. */
export function isKey(text: string): boolean {
  return /^[1-9][0-9]{0,14}$/.test(text);
}
