import type { OwnerType } from './grant.ts';
import { bitOf } from './permission-bits.ts';
import type { PermissionType, ResourceType } from './permissions.ts';
import type { Memberships, Principal, Subject, TokenSubject } from './principal.ts';
import { PrincipalReach, type TypeReach } from './principal-reach.ts';
import type {
  MappingRule,
  Membership,
  MemberType,
  NamedRecord,
  SnapshotChange,
  SnapshotRecords,
  UserRecord,
} from './records.ts';
import { changed, membershipKey, partsOf, type SnapshotParts } from './snapshot-parts.ts';
import type { GroupId, MappingRuleId, RoleId, TenantId } from './vocabulary.ts';

/** Reads a claim by plain name or JSONPath; `undefined` where there is none. Compiled outside: access has no library. */
export type ReadClaim = (claims: Readonly<Record<string, unknown>>, path: string) => unknown;

type Known = Exclude<Principal, { kind: 'anonymous' }>;

/**
 * Everything a decision reads, immutable: swapped as a whole when a record changes, so that nothing on the way of a
 * request waits for a database and nothing decided from an older state outlives it. What is remembered here dies with it.
 */
export class AccessSnapshot {
  readonly #parts: SnapshotParts;
  readonly #readClaim: ReadClaim;
  readonly #principals = { user: new Map<string, Principal>(), client: new Map<string, Principal>() };
  readonly #tokenPrincipals = new WeakMap<TokenSubject, Principal>();
  readonly #reaches = new WeakMap<Known, PrincipalReach>();

  /** From all records, or from the parts of another snapshot. */
  constructor(records: SnapshotRecords | { readonly parts: SnapshotParts }, readClaim: ReadClaim) {
    this.#parts = 'parts' in records ? records.parts : partsOf(records);
    this.#readClaim = readClaim;
  }

  /** The snapshot after these changes, in order, in time proportional to them. This one stays as it is. */
  apply(changes: readonly SnapshotChange[], epoch: number): AccessSnapshot {
    return new AccessSnapshot({ parts: changed(this.#parts, changes, epoch) }, this.#readClaim);
  }

  get epoch(): number {
    return this.#parts.epoch;
  }

  get administratorHasExisted(): boolean {
    return this.#parts.administratorHasExisted;
  }

  get tenants(): ReadonlyMap<TenantId, NamedRecord<TenantId>> {
    return this.#parts.tenants;
  }

  user(username: string): UserRecord | undefined {
    return this.#parts.users.get(username);
  }

  users(): Iterable<UserRecord> {
    return this.#parts.users.values();
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
    const rules: MappingRuleId[] = [];
    for (const rule of this.#parts.mappingRules.values()) {
      if (matches(rule, this.#readClaim(token.claims, rule.claimName))) rules.push(rule.mappingRuleId);
    }
    const memberships = this.#memberships(token.subject, rules.sort(), token.groups);
    const roles = [...memberships.roles, ...(token.roles ?? [])];
    const principal = withMemberships(token.subject, { ...memberships, roles });
    this.#tokenPrincipals.set(token, principal);
    return principal;
  }

  /** What a principal reaches of one resource type; remembered for as long as both live. */
  reachOf(principal: Known, resourceType: ResourceType): TypeReach {
    let reach = this.#reaches.get(principal);
    if (reach === undefined) {
      reach = new PrincipalReach(this.#parts.grants, principal);
      this.#reaches.set(principal, reach);
    }
    return reach.of(resourceType);
  }

  /** What one owner's grants name, for those who explain: not on the way of a request. */
  reach(
    ownerType: OwnerType,
    ownerId: string,
    resourceType: ResourceType,
    permissionType: PermissionType,
  ): { readonly all: boolean; readonly ids: ReadonlySet<string> } {
    const { grants } = this.#parts;
    const ids = new Set<string>();
    const shelf = grants.shelf(ownerType, ownerId, resourceType);
    if (shelf !== undefined) {
      grants.scan(shelf, (grant) => {
        const { resourceId } = grants.targetOf(grant);
        if ((grant.permissions & bitOf(resourceType, permissionType)) !== 0 && resourceId !== undefined) {
          ids.add(resourceId);
        }
        return true;
      });
    }
    return { all: ids.delete('*'), ids };
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
      for (const id of this.#parts.containers.get(membershipKey(type, memberType, memberId)) ?? []) found.add(id);
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
