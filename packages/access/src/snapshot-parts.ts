import type { KeyedAuthorization } from './grant.ts';
import { GrantIndex } from './grant-index.ts';
import { TOKEN_ROLE_GRANTS } from './operate-levels.ts';
import { PersistentMap } from './persistent-map.ts';
import type {
  MappingRule,
  Membership,
  MemberType,
  NamedRecord,
  SnapshotChange,
  SnapshotRecords,
  UserRecord,
} from './records.ts';
import { assertNever, type MappingRuleId, type TenantId } from './vocabulary.ts';

/** What a snapshot is made of; each part is immutable, and shared with the next one where nothing of it changed. */
export type SnapshotParts = {
  readonly epoch: number;
  readonly administratorHasExisted: boolean;
  readonly users: PersistentMap<UserRecord>;
  readonly tenants: ReadonlyMap<TenantId, NamedRecord<TenantId>>;
  readonly mappingRules: ReadonlyMap<MappingRuleId, MappingRule>;
  /** The groups, roles or tenants that somebody is in, by kind of container and member. */
  readonly containers: PersistentMap<readonly string[]>;
  readonly grants: GrantIndex;
};

/** Throws a RangeError where there is more than the index of the grants can hold. */
export function partsOf(records: SnapshotRecords): SnapshotParts {
  const containers = new Map<string, string[]>();
  for (const { containerType, containerId, memberType, memberId } of records.memberships) {
    const key = membershipKey(containerType, memberType, memberId);
    const list = containers.get(key);
    if (list) list.push(containerId);
    else containers.set(key, [containerId]);
  }
  return {
    epoch: records.epoch,
    administratorHasExisted: records.administratorHasExisted,
    users: PersistentMap.of(
      records.users.map((user) => [user.username, user]),
      records.users.length,
    ),
    tenants: new Map(records.tenants.map((tenant) => [tenant.id, tenant])),
    mappingRules: new Map(records.mappingRules.map((rule) => [rule.mappingRuleId, rule])),
    containers: PersistentMap.of(containers, containers.size),
    grants: GrantIndex.of(allGrants(records), records.authorizations.length + TOKEN_ROLE_GRANTS.length),
  };
}

/** Those of the records, and those that no record has. */
function* allGrants({ authorizations }: SnapshotRecords): Iterable<KeyedAuthorization> {
  yield* TOKEN_ROLE_GRANTS;
  yield* authorizations;
}

/** The parts after these changes, in order. */
export function changed(parts: SnapshotParts, changes: readonly SnapshotChange[], epoch: number): SnapshotParts {
  const users = new Map<string, UserRecord | undefined>();
  const containers = new Map<string, readonly string[] | undefined>();
  let { administratorHasExisted, tenants, mappingRules, grants } = parts;
  for (const change of changes) {
    switch (change.kind) {
      case 'user':
        users.set(change.username, change.record ?? undefined);
        break;
      // Nothing that is decided reads a group's or a role's own record: its members and grants are what counts.
      case 'group':
      case 'role':
        break;
      case 'tenant':
        tenants = replaced(tenants, change.id, change.record);
        break;
      case 'mapping-rule':
        mappingRules = replaced(mappingRules, change.id, change.record);
        break;
      case 'member':
        changeMember(parts.containers, containers, change.membership, change.present);
        break;
      case 'grant':
        grants = grants.with(change.key, change.grant);
        break;
      case 'administrator-existed':
        administratorHasExisted = true;
        break;
      default:
        return assertNever(change);
    }
  }
  return {
    epoch,
    administratorHasExisted,
    users: parts.users.with(users),
    tenants,
    mappingRules,
    containers: parts.containers.with(containers),
    grants,
  };
}

function changeMember(
  before: PersistentMap<readonly string[]>,
  after: Map<string, readonly string[] | undefined>,
  { containerType, containerId, memberType, memberId }: Membership,
  present: boolean,
): void {
  const key = membershipKey(containerType, memberType, memberId);
  const known = (after.has(key) ? after.get(key) : before.get(key)) ?? [];
  const others = known.filter((id) => id !== containerId);
  const now = present ? [...others, containerId] : others;
  after.set(key, now.length === 0 ? undefined : now);
}

/** A copy of the whole map: tenants and mapping rules are few, and every token is held against every rule anyway. */
function replaced<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | null): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === null) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

// NUL cannot stand in an id (every id is parsed), so no two lists of parts make one key.
export function membershipKey(container: string, member: MemberType, id: string): string {
  return `${container}\0${member}\0${id}`;
}
