import type { Authorization, OwnerType } from './grant.ts';
import type { PermissionType, ResourceType } from './permissions.ts';
import type { Memberships, Principal, Subject, TokenSubject } from './principal.ts';
import type {
  MappingRule,
  Membership,
  MemberType,
  NamedRecord,
  SnapshotChange,
  SnapshotRecords,
  UserRecord,
} from './records.ts';
import type { GroupId, MappingRuleId, RoleId, TenantId } from './vocabulary.ts';

/** Reads a claim by plain name or JSONPath; `undefined` where there is none. Compiled outside: access has no library. */
export type ReadClaim = (claims: Readonly<Record<string, unknown>>, path: string) => unknown;

/** The ids that a permission reaches: all of them, or exactly these. */
export type Reach = { readonly all: boolean; readonly ids: ReadonlySet<string> };

const NO_REACH: Reach = { all: false, ids: new Set() };

type MutableReach = { all: boolean; ids: Set<string> };

/**
 * Everything a decision reads, immutable: swapped as a whole when a record changes, so that nothing on the way of a
 * request waits for a database and nothing decided from an older state outlives it. What is remembered here dies with it.
 */
export class AccessSnapshot {
  readonly epoch: number;
  readonly administratorHasExisted: boolean;
  readonly tenants: ReadonlyMap<TenantId, NamedRecord<TenantId>>;
  readonly #users: ReadonlyMap<string, UserRecord>;
  readonly #containers = new Map<string, string[]>();
  readonly #reaches = new Map<string, MutableReach>();
  readonly #mappingRules: readonly MappingRule[];
  readonly #readClaim: ReadClaim;
  readonly #principals = { user: new Map<string, Principal>(), client: new Map<string, Principal>() };
  readonly #tokenPrincipals = new WeakMap<TokenSubject, Principal>();

  constructor(records: SnapshotRecords, readClaim: ReadClaim) {
    this.epoch = records.epoch;
    this.administratorHasExisted = records.administratorHasExisted;
    this.tenants = new Map(records.tenants.map((tenant) => [tenant.id, tenant]));
    this.#users = new Map(records.users.map((user) => [user.username, user]));
    this.#mappingRules = records.mappingRules;
    this.#readClaim = readClaim;
    for (const { containerType, containerId, memberType, memberId } of records.memberships) {
      const key = membershipKey(containerType, memberType, memberId);
      const list = this.#containers.get(key);
      if (list) list.push(containerId);
      else this.#containers.set(key, [containerId]);
    }
    for (const authorization of records.authorizations) this.#addGrant(authorization);
  }

  /** The snapshot after these changes, in time proportional to them. This one stays as it is. */
  apply(_changes: readonly SnapshotChange[], _epoch: number): AccessSnapshot {
    throw new Error('not yet');
  }

  user(username: string): UserRecord | undefined {
    return this.#users.get(username);
  }

  *users(): Iterable<UserRecord> {
    yield* this.#users.values();
  }

  /** The principal of a subject that a password or a session named; resolved once in this snapshot's life. */
  principalOf(subject: Subject): Principal {
    const id = subject.kind === 'user' ? subject.username : subject.clientId;
    const known = this.#principals[subject.kind].get(id);
    if (known) return known;
    const principal = withMemberships(subject, this.#memberships(subject, [], null));
    this.#principals[subject.kind].set(id, principal);
    return principal;
  }

  /** The principal of a verified token; remembered for as long as both that token's verdict and this snapshot live. */
  principalOfToken(token: TokenSubject): Principal {
    const known = this.#tokenPrincipals.get(token);
    if (known) return known;
    const rules = this.#mappingRules.filter((rule) => matches(rule, this.#readClaim(token.claims, rule.claimName)));
    const memberships = this.#memberships(
      token.subject,
      rules.map((rule) => rule.mappingRuleId),
      token.groups,
    );
    const principal = withMemberships(token.subject, memberships);
    this.#tokenPrincipals.set(token, principal);
    return principal;
  }

  /** What one owner reaches with one permission. */
  reach(ownerType: OwnerType, ownerId: string, resourceType: ResourceType, permissionType: PermissionType): Reach {
    return this.#reaches.get(reachKey(ownerType, ownerId, resourceType, permissionType)) ?? NO_REACH;
  }

  #addGrant({ ownerType, ownerId, resourceType, resourceId, permissionTypes }: Authorization): void {
    for (const permissionType of permissionTypes) {
      const key = reachKey(ownerType, ownerId, resourceType, permissionType);
      const reach = this.#reaches.get(key) ?? { all: false, ids: new Set<string>() };
      if (resourceId === '*') reach.all = true;
      else if (resourceId !== undefined) reach.ids.add(resourceId);
      this.#reaches.set(key, reach);
    }
  }

  /** In the observable order: mapping rules, then groups, then roles, then tenants (facts, section 4.2). */
  #memberships(
    subject: Subject,
    mappingRules: readonly MappingRuleId[],
    claimed: readonly GroupId[] | null,
  ): Memberships {
    const self =
      subject.kind === 'user' ? (['user', subject.username] as const) : (['client', subject.clientId] as const);
    const ruled = mappingRules.map((id) => ['mapping-rule', id] as const);
    const groups = claimed ?? (this.#containing('group', [self, ...ruled]) as GroupId[]);
    const grouped = groups.map((id) => ['group', id] as const);
    const roles = this.#containing('role', [self, ...ruled, ...grouped]) as RoleId[];
    const roled = roles.map((id) => ['role', id] as const);
    const tenants = this.#containing('tenant', [self, ...ruled, ...grouped, ...roled]) as TenantId[];
    return { mappingRules, groups, roles, tenants };
  }

  #containing(type: Membership['containerType'], members: readonly (readonly [MemberType, string])[]): string[] {
    const found = new Set<string>();
    for (const [memberType, memberId] of members) {
      for (const id of this.#containers.get(membershipKey(type, memberType, memberId)) ?? []) found.add(id);
    }
    return [...found].sort();
  }
}

function withMemberships(subject: Subject, memberships: Memberships): Principal {
  return subject.kind === 'user'
    ? { kind: 'user', username: subject.username, ...memberships }
    : { kind: 'client', clientId: subject.clientId, ...memberships };
}

function matches(rule: MappingRule, value: unknown): boolean {
  return Array.isArray(value) ? value.includes(rule.claimValue) : value === rule.claimValue;
}

// NUL cannot stand in an id (every id is parsed), so no two lists of parts make one key.
function membershipKey(container: string, member: MemberType, id: string): string {
  return `${container}\0${member}\0${id}`;
}

function reachKey(
  ownerType: OwnerType,
  ownerId: string,
  resourceType: ResourceType,
  permissionType: PermissionType,
): string {
  return `${ownerType}\0${ownerId}\0${resourceType}\0${permissionType}`;
}
