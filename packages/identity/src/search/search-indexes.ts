import type { IdentityDatabase } from '../tables.ts';

/** For the orders that a list is asked for in; what is sorted otherwise is sorted each time. The id makes each order total. */
const ORDERS = [
  ['users', 'name', 'username'],
  ['users', 'email', 'username'],
  ['groups', 'name', 'group_id'],
  ['roles', 'name', 'role_id'],
  ['tenants', 'name', 'tenant_id'],
  ['mapping_rules', 'name', 'mapping_rule_id'],
  ['mapping_rules', 'claim_name', 'mapping_rule_id'],
  ['authorizations', 'owner_id', 'authorization_key'],
] as const;

export async function indexForSearches(db: IdentityDatabase): Promise<void> {
  for (const [table, ...columns] of ORDERS) {
    await db.schema
      .createIndex(`${table}_${columns[0]}`)
      .on(table)
      .columns([...columns])
      .execute();
  }
}
