import type { Membership, MemberType } from '@stagedoor/access';
import { type SqlBool, sql } from 'kysely';
import { fromRow, type StoredAuthorization } from './authorization-rows.ts';
import { findGrant } from './grant-commands.ts';
import { findMappingRule, type MappingRuleRecord } from './mapping-rule-commands.ts';
import {
  asGroup,
  asRole,
  asTenant,
  type GroupRecord,
  type RoleRecord,
  type TenantRecord,
} from './named-record-commands.ts';
import { findNamedRecord } from './named-record-rows.ts';
import type { RecordPage, RecordSearch } from './record-search.ts';
import type { Condition } from './search/conditions.ts';
import { type FoundRow, searchRows } from './search/search-rows.ts';
import {
  GRANTS,
  GROUPS,
  type GrantField,
  type GroupField,
  MAPPING_RULES,
  type MappingRuleField,
  MEMBERS,
  type MemberField,
  ROLES,
  type RoleField,
  type SearchSource,
  TENANTS,
  type TenantField,
  USERS,
  type UserField,
} from './search/sources.ts';
import type { IdentityDatabase } from './tables.ts';
import { asListed, type ListedUser } from './user-commands.ts';
import { findUser } from './user-rows.ts';

type Container = { readonly container: Membership['containerType']; readonly containerId: string };

/** Reads of the committed records. A single one is null where there is none; who may see what is the caller's to say. */
export type RecordReads = {
  user(username: string): Promise<ListedUser | null>;
  role(roleId: string): Promise<RoleRecord | null>;
  group(groupId: string): Promise<GroupRecord | null>;
  tenant(tenantId: string): Promise<TenantRecord | null>;
  mappingRule(mappingRuleId: string): Promise<MappingRuleRecord | null>;
  grant(authorizationKey: string): Promise<StoredAuthorization | null>;
  /** By username. */
  listUsers(): Promise<readonly ListedUser[]>;
  /** In the order of their keys. */
  listGrants(): Promise<readonly StoredAuthorization[]>;
  searchUsers(search: RecordSearch<UserField>): Promise<RecordPage<ListedUser>>;
  searchRoles(search: RecordSearch<RoleField>): Promise<RecordPage<RoleRecord>>;
  searchGroups(search: RecordSearch<GroupField>): Promise<RecordPage<GroupRecord>>;
  searchTenants(search: RecordSearch<TenantField>): Promise<RecordPage<TenantRecord>>;
  searchMappingRules(search: RecordSearch<MappingRuleField>): Promise<RecordPage<MappingRuleRecord>>;
  searchGrants(search: RecordSearch<GrantField>): Promise<RecordPage<StoredAuthorization>>;
  /** The ids of a container's members of one type; none where there is no such container. */
  searchMembers(
    of: Container & { readonly memberType: MemberType },
    search: RecordSearch<MemberField>,
  ): Promise<RecordPage<{ readonly memberId: string }>>;
  /** The same for those that are records of their own: the mapping rules in a container. */
  searchMemberMappingRules(
    of: Container,
    search: RecordSearch<MappingRuleField>,
  ): Promise<RecordPage<MappingRuleRecord>>;
  /** The roles in a tenant, but the roles that a group is in. */
  searchMemberRoles(
    of: { readonly container: 'group' | 'tenant'; readonly containerId: string },
    search: RecordSearch<RoleField>,
  ): Promise<RecordPage<RoleRecord>>;
};

export function recordReads(db: IdentityDatabase): RecordReads {
  return { ...singleReads(db), ...lists(db), ...searches(db), ...memberSearches(db) };
}

type Single = Pick<RecordReads, 'user' | 'role' | 'group' | 'tenant' | 'mappingRule' | 'grant'>;

function singleReads(db: IdentityDatabase): Single {
  return {
    user: async (username) => orNull(await findUser(db, username), asListed),
    role: async (id) => orNull(await findNamedRecord(db, 'role', id), asRole),
    group: async (id) => orNull(await findNamedRecord(db, 'group', id), asGroup),
    tenant: async (id) => orNull(await findNamedRecord(db, 'tenant', id), asTenant),
    mappingRule: (id) => findMappingRule(db, id),
    grant: (key) => findGrant(db, key),
  };
}

function orNull<T, R>(found: T | null, as: (found: T) => R): R | null {
  return found === null ? null : as(found);
}

function lists(db: IdentityDatabase): Pick<RecordReads, 'listUsers' | 'listGrants'> {
  return {
    listUsers: () => db.selectFrom('users').select(['username', 'name', 'email']).orderBy('username').execute(),
    listGrants: async () => {
      const rows = await db.selectFrom('authorizations').selectAll().orderBy('authorization_key').execute();
      return rows.map(fromRow);
    },
  };
}

type Searches = Pick<
  RecordReads,
  'searchUsers' | 'searchRoles' | 'searchGroups' | 'searchTenants' | 'searchMappingRules' | 'searchGrants'
>;

function searches(db: IdentityDatabase): Searches {
  return {
    searchUsers: (search) => searchTexts(db, USERS, search),
    searchRoles: (search) => searchTexts(db, ROLES, search),
    searchGroups: (search) => searchTexts(db, GROUPS, search),
    searchTenants: (search) => searchTexts(db, TENANTS, search),
    searchMappingRules: (search) => searchTexts(db, MAPPING_RULES, search),
    searchGrants: (search) => searchGrants(db, search),
  };
}

type MemberSearches = Pick<RecordReads, 'searchMembers' | 'searchMemberMappingRules' | 'searchMemberRoles'>;

function memberSearches(db: IdentityDatabase): MemberSearches {
  return {
    searchMembers: ({ container, containerId, memberType }, search) => {
      const scope = sql<SqlBool>`container_type = ${container} and container_id = ${containerId}`;
      return searchTexts(db, MEMBERS, search, [scope, sql<SqlBool>`member_type = ${memberType}`]);
    },
    searchMemberMappingRules: ({ container, containerId }, search) => {
      const members = sql`select member_id from memberships where container_type = ${container}
        and container_id = ${containerId} and member_type = 'mapping-rule'`;
      return searchTexts(db, MAPPING_RULES, search, [sql<SqlBool>`mapping_rule_id in (${members})`]);
    },
    searchMemberRoles: ({ container, containerId }, search) => {
      const roles =
        container === 'tenant'
          ? sql`select member_id from memberships where container_type = 'tenant'
              and container_id = ${containerId} and member_type = 'role'`
          : sql`select container_id from memberships where container_type = 'role'
              and member_id = ${containerId} and member_type = 'group'`;
      return searchTexts(db, ROLES, search, [sql<SqlBool>`role_id in (${roles})`]);
    },
  };
}

/** A source of nothing but texts, none of which is ever null: its rows are the records. */
async function searchTexts<F extends string>(
  db: IdentityDatabase,
  source: SearchSource<F>,
  search: RecordSearch<F>,
  scope: readonly Condition[] = [],
): Promise<RecordPage<{ readonly [K in F]: string }>> {
  const { items, ...page } = await searchRows(db, source, search, scope);
  return { ...page, items: items.map((row) => ({ ...row }) as FoundRow<F> & { readonly [K in F]: string }) };
}

/** The permissions are no field to search by, so they are read afterwards. */
async function searchGrants(
  db: IdentityDatabase,
  search: RecordSearch<GrantField>,
): Promise<RecordPage<StoredAuthorization>> {
  const { items, ...page } = await searchRows(db, GRANTS, search);
  const keys = items.map((item) => Number(item.authorizationKey));
  const rows = keys.length === 0 ? [] : await grantRows(db, keys);
  const byKey = new Map(rows.map((row) => [row.authorization_key, fromRow(row)]));
  // In the order of the search; one that was removed between the two reads is left out.
  return { ...page, items: keys.map((key) => byKey.get(key)).filter((grant) => grant !== undefined) };
}

function grantRows(db: IdentityDatabase, keys: readonly number[]) {
  return db.selectFrom('authorizations').selectAll().where('authorization_key', 'in', keys).execute();
}
