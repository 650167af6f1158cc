import type { Grant, OwnerType, ResourceProperty } from './grant.ts';
import type { GrantIndex, Shelf } from './grant-index.ts';
import { numberOf } from './permission-bits.ts';
import type { ResourceType } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { Span } from './sorted-rows.ts';
import { assertNever } from './vocabulary.ts';

type Known = Exclude<Principal, { kind: 'anonymous' }>;
/** What a found item says about people. */
type Properties = {
  readonly assignee?: string | null;
  readonly candidateUsers?: readonly string[];
  readonly candidateGroups?: readonly string[];
};
type Broad = { readonly permissions: number; readonly grant: Grant };
type OwnedShelf = {
  readonly ownerType: OwnerType;
  readonly ownerId: string;
  readonly shelf: Shelf;
  readonly span: Span | null;
};

/** What one principal reaches in one state of the grants: worked out once for each resource type, as it is asked for. */
export class PrincipalReach {
  readonly #grants: GrantIndex;
  readonly #principal: Known;
  readonly #owners: readonly (readonly [OwnerType, string])[];
  readonly #types: (TypeReach | undefined)[] = [];

  constructor(grants: GrantIndex, principal: Known) {
    this.#grants = grants;
    this.#principal = principal;
    this.#owners = ownersOf(principal);
  }

  of(resourceType: ResourceType): TypeReach {
    // A type that is none shares the last place, and reaches nothing.
    const number = numberOf(resourceType) ?? 0x1f;
    const known = this.#types[number];
    if (known !== undefined) return known;
    const reach = new TypeReach(this.#grants, this.#principal, this.#owners, resourceType);
    this.#types[number] = reach;
    return reach;
  }
}

/** What one principal reaches of one resource type. Permissions are bits. */
export class TypeReach {
  readonly #grants: GrantIndex;
  readonly #principal: Known;
  readonly #wildcards: Broad[] = [];
  #wildcardBits = 0;
  readonly #properties: (Broad & { readonly property: ResourceProperty })[] = [];
  readonly #shelves: OwnedShelf[] = [];

  constructor(
    grants: GrantIndex,
    principal: Known,
    owners: readonly (readonly [OwnerType, string])[],
    resourceType: ResourceType,
  ) {
    this.#grants = grants;
    this.#principal = principal;
    for (const [ownerType, ownerId] of owners) {
      const shelf = grants.shelf(ownerType, ownerId, resourceType);
      if (shelf !== undefined) this.#readShelf(ownerType, ownerId, shelf);
    }
  }

  /** The grant on everything, if there is one. */
  wildcard(permission: number): Grant | undefined {
    if ((this.#wildcardBits & permission) === 0) return undefined;
    return this.#wildcards.find(({ permissions }) => (permissions & permission) !== 0)?.grant;
  }

  /** The grant on exactly this id, if there is one. Wildcards do not count. */
  onId(permission: number, resourceId: string): Grant | undefined {
    if (this.#shelves.length === 0) return undefined;
    const id = this.#grants.idNumber(resourceId);
    if (id === undefined) return undefined;
    for (const { ownerType, ownerId, shelf, span } of this.#shelves) {
      const authorizationKey = this.#grants.keyOnId(shelf, span, id, permission);
      if (authorizationKey !== undefined) return { authorizationKey, ownerType, ownerId, resourceId };
    }
    return undefined;
  }

  /** The grant on a property that names the caller or one of his groups, if there is one. */
  onProperties(permission: number, item: Properties): Grant | undefined {
    return this.#properties.find(
      ({ permissions, property }) => (permissions & permission) !== 0 && this.#names(property, item),
    )?.grant;
  }

  /** Any grant that could meet this permission on some item. */
  anything(permission: number): Grant | undefined {
    const broad = this.wildcard(permission) ?? this.#properties.find((one) => this.#couldMatch(one, permission))?.grant;
    if (broad !== undefined) return broad;
    for (const { ownerType, ownerId, shelf } of this.#shelves) {
      let reached: Grant | undefined;
      this.#grants.scan(shelf, (grant) => {
        if ((grant.permissions & permission) === 0 || !isOnId(this.#grants.targetOf(grant))) return true;
        reached = { authorizationKey: this.#grants.keyOf(grant), ownerType, ownerId, ...this.#grants.targetOf(grant) };
        return false;
      });
      if (reached !== undefined) return reached;
    }
    return undefined;
  }

  /** All ids that are granted one by one. */
  ids(permission: number): Set<string> {
    const ids = new Set<string>();
    for (const { shelf } of this.#shelves) {
      this.#grants.scan(shelf, (grant) => {
        const { resourceId } = this.#grants.targetOf(grant);
        if (resourceId !== undefined && resourceId !== '*' && (grant.permissions & permission) !== 0) {
          ids.add(resourceId);
        }
        return true;
      });
    }
    return ids;
  }

  /** The properties that are granted and that could name this caller. */
  properties(permission: number): ReadonlySet<ResourceProperty> {
    return new Set(this.#properties.filter((one) => this.#couldMatch(one, permission)).map(({ property }) => property));
  }

  #readShelf(ownerType: OwnerType, ownerId: string, shelf: Shelf): void {
    this.#grants.scan(shelf, (indexed) => {
      const target = this.#grants.targetOf(indexed);
      if (isOnId(target)) {
        this.#shelves.push({ ownerType, ownerId, shelf, span: this.#grants.spanOf(shelf) });
        return false;
      }
      const grant: Grant = { authorizationKey: this.#grants.keyOf(indexed), ownerType, ownerId, ...target };
      const { permissions } = indexed;
      if (target.resourcePropertyName === undefined) {
        this.#wildcards.push({ permissions, grant });
        this.#wildcardBits |= permissions;
      } else this.#properties.push({ permissions, grant, property: target.resourcePropertyName });
      return true;
    });
  }

  #names(property: ResourceProperty, { assignee, candidateUsers, candidateGroups }: Properties): boolean {
    const caller = this.#principal;
    switch (property) {
      case 'assignee':
        return caller.kind === 'user' && assignee === caller.username;
      case 'candidateUsers':
        return caller.kind === 'user' && candidateUsers !== undefined && candidateUsers.includes(caller.username);
      case 'candidateGroups':
        return candidateGroups !== undefined && caller.groups.some((group) => candidateGroups.includes(group));
      default:
        return assertNever(property);
    }
  }

  #couldMatch({ permissions, property }: Broad & { readonly property: ResourceProperty }, permission: number): boolean {
    if ((permissions & permission) === 0) return false;
    return property === 'candidateGroups' ? this.#principal.groups.length > 0 : this.#principal.kind === 'user';
  }
}

function isOnId(target: { readonly resourceId?: string }): boolean {
  return target.resourceId !== undefined && target.resourceId !== '*';
}

function ownersOf(principal: Known): (readonly [OwnerType, string])[] {
  const self =
    principal.kind === 'user' ? (['USER', principal.username] as const) : (['CLIENT', principal.clientId] as const);
  return [
    self,
    ...principal.roles.map((id) => ['ROLE', id] as const),
    ...principal.groups.map((id) => ['GROUP', id] as const),
    ...principal.mappingRules.map((id) => ['MAPPING_RULE', id] as const),
  ];
}
