import {
  type Authorization,
  assertNever,
  type GroupId,
  type MappingRuleId,
  type OwnerType,
  type RoleId,
  type Username,
} from '@stagedoor/access';
import type { SelectQueryBuilder } from 'kysely';
import type { ForeignRecords } from './identity-parts.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

/** The ids that the records know, by kind of owner. Clients are nobody's to look up, and have none. */
export type RecordedIds = { readonly [O in Exclude<OwnerType, 'CLIENT'>]: Set<string> };

export async function readRecordedIds(db: IdentityDatabase): Promise<RecordedIds> {
  const users = await db.selectFrom('users').select('username as id').execute();
  const groups = await db.selectFrom('groups').select('group_id as id').execute();
  const roles = await db.selectFrom('roles').select('role_id as id').execute();
  const rules = await db.selectFrom('mapping_rules').select('mapping_rule_id as id').execute();
  return { USER: idsOf(users), GROUP: idsOf(groups), ROLE: idsOf(roles), MAPPING_RULE: idsOf(rules) };
}

/** True where an owner may be named: it is recorded, or its kind is kept elsewhere (facts, section 5.1). */
export function isKnown(recorded: RecordedIds, foreign: ForeignRecords, type: OwnerType, id: string): boolean {
  switch (type) {
    case 'CLIENT':
      return true;
    case 'USER':
      return foreign.users || recorded.USER.has(id);
    case 'GROUP':
      return foreign.groups || recorded.GROUP.has(id);
    case 'ROLE':
    case 'MAPPING_RULE':
      return recorded[type].has(id);
    default:
      return assertNever(type);
  }
}

export type OwnerName = { readonly type: OwnerType; readonly id: string };

/** The record of this package that a grant is on; undefined for `*`, a property, and what is anybody's and not looked up. */
export function recordOfResource({ resourceType, resourceId }: Authorization): OwnerName | undefined {
  if (resourceId === undefined || resourceId === '*') return undefined;
  switch (resourceType) {
    case 'USER':
    case 'ROLE':
    case 'GROUP':
    case 'MAPPING_RULE':
      return { type: resourceType, id: resourceId };
    default:
      return undefined;
  }
}

/** The same, asked of the database for one id. The casts are of search terms: they are compared, never stored. */
export async function isRecorded(
  db: IdentityDatabase,
  foreign: ForeignRecords,
  { type, id }: OwnerName,
): Promise<boolean> {
  switch (type) {
    case 'CLIENT':
      return true;
    case 'USER':
      return foreign.users || isThere(db.selectFrom('users').where('username', '=', id as Username));
    case 'GROUP':
      return foreign.groups || isThere(db.selectFrom('groups').where('group_id', '=', id as GroupId));
    case 'ROLE':
      return isThere(db.selectFrom('roles').where('role_id', '=', id as RoleId));
    case 'MAPPING_RULE':
      return isThere(db.selectFrom('mapping_rules').where('mapping_rule_id', '=', id as MappingRuleId));
    default:
      return assertNever(type);
  }
}

async function isThere<T extends keyof IdentityTables>(
  rows: SelectQueryBuilder<IdentityTables, T, object>,
): Promise<boolean> {
  const row = await rows.select((expression) => expression.lit(1).as('one')).executeTakeFirst();
  return row !== undefined;
}

function idsOf(rows: readonly { readonly id: string }[]): Set<string> {
  return new Set(rows.map((row) => row.id));
}
