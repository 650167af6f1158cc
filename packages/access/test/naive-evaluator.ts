import type {
  Authorization,
  Found,
  KeyedAuthorization,
  Membership,
  PermissionRequirement,
  PermissionType,
  Requirement,
  SnapshotRecords,
  TokenSubject,
  Visibility,
} from '../src/index.ts';
import { readClaim } from './records.ts';

type Owner = readonly [Authorization['ownerType'], string];
type Asked = Pick<Authorization, 'resourceType'> & { readonly permissionType: PermissionType };

/** Says by going through every record what `decide` says by its index: slow, and plain enough to be read for correct. */
export class NaiveEvaluator {
  readonly #records: SnapshotRecords;
  readonly #token: TokenSubject;
  readonly #mappingRules: readonly string[];
  readonly #groups: readonly string[];
  readonly #roles: readonly string[];

  constructor(records: SnapshotRecords, token: TokenSubject) {
    this.#records = records;
    this.#token = token;
    this.#mappingRules = records.mappingRules
      .filter((rule) => [readClaim(token.claims, rule.claimName)].flat().includes(rule.claimValue))
      .map((rule) => rule.mappingRuleId);
    const self = this.#self();
    const ruled = this.#mappingRules.map((id): Owner => ['MAPPING_RULE', id]);
    this.#groups = token.groups ?? this.#in('group', [self, ...ruled]);
    const grouped = this.#groups.map((id): Owner => ['GROUP', id]);
    this.#roles = this.#in('role', [self, ...ruled, ...grouped]);
  }

  /** In the order of facts, section 4.2: rules, then groups, then roles, then tenants. */
  memberships(): object {
    const owners = this.#owners();
    return {
      mappingRules: [...this.#mappingRules].sort(),
      groups: this.#groups,
      roles: this.#roles,
      tenants: this.#in('tenant', owners),
    };
  }

  /** Whether the requirement is met by these items. */
  meets(requirement: Requirement, found: readonly Found[]): boolean {
    switch (requirement.kind) {
      case 'anonymous':
      case 'authenticated':
        return true;
      case 'any-of':
        return requirement.requirements.some((one) => this.meets(one, found));
      case 'all-of':
        return requirement.requirements.every((one) => this.meets(one, found));
      case 'resolved':
        return found.length > 0 && found.every((item) => this.#meetsResolved(requirement.from, item));
      case 'permission':
        if (requirement.of === 'visible') return true;
        if (requirement.of === 'everything') return this.#grants(requirement).some((grant) => grant.resourceId === '*');
        return found.length > 0 && found.every((item) => this.reaches(requirement, item));
    }
  }

  reaches(asked: Asked, item: Found): boolean {
    return this.#grants(asked).some((grant) => this.#matches(grant, item));
  }

  /** Whether there is an item, made up as one likes, that the requirement lets through. */
  meetsSomehow(requirement: Requirement): boolean {
    switch (requirement.kind) {
      case 'anonymous':
      case 'authenticated':
        return true;
      case 'any-of':
        return requirement.requirements.some((one) => this.meetsSomehow(one));
      case 'all-of':
        return requirement.requirements.every((one) => this.meetsSomehow(one));
      case 'resolved':
        return requirement.from.some((one) => this.meetsSomehow(one));
      case 'permission':
        return this.#grants(requirement).some(
          (grant) =>
            grant.resourceId === '*' || (requirement.of !== 'everything' && this.#matches(grant, this.#wishFor(grant))),
        );
    }
  }

  /** Whether a decision may name this grant: it is there, as it says, and it is one of the caller's. */
  has(asked: Asked, key: string): boolean {
    return this.#grants(asked).some((grant) => grant.authorizationKey === key);
  }

  #meetsResolved(from: readonly PermissionRequirement[], item: Found): boolean {
    const needed = from.find(
      (one) =>
        one.resourceType === item.permission?.resourceType && one.permissionType === item.permission.permissionType,
    );
    return needed !== undefined && needed.of !== 'visible' && this.meets(needed, [item]);
  }

  #matches(grant: KeyedAuthorization, item: Found): boolean {
    const { resourceType, resourceId, resourcePropertyName } = grant;
    if (resourceId !== undefined) {
      return resourceId === '*' || resourceId === (item.idOf?.[resourceType] ?? item.resourceId);
    }
    if (resourceType !== 'USER_TASK') return false;
    const { assignee, candidateUsers = [], candidateGroups = [] } = item.properties ?? {};
    const [kind, id] = this.#self();
    if (resourcePropertyName === 'candidateGroups')
      return this.#groups.some((group) => candidateGroups.includes(group));
    if (kind !== 'USER') return false;
    return resourcePropertyName === 'assignee' ? assignee === id : candidateUsers.includes(id);
  }

  /** The item that this grant would like best. */
  #wishFor({ resourceId }: KeyedAuthorization): Found {
    const [, id] = this.#self();
    const properties = { assignee: id, candidateUsers: [id], candidateGroups: [...this.#groups] };
    return { resourceId: resourceId ?? 'anything', properties };
  }

  #grants({ resourceType, permissionType }: Asked): KeyedAuthorization[] {
    const owners = this.#owners();
    return this.#records.authorizations.filter(
      (grant) =>
        owners.some(([type, id]) => grant.ownerType === type && grant.ownerId === id) &&
        grant.resourceType === resourceType &&
        grant.permissionTypes.some((permission) => permission === permissionType),
    );
  }

  #self(): Owner {
    const { subject } = this.#token;
    return subject.kind === 'user' ? ['USER', subject.username] : ['CLIENT', subject.clientId];
  }

  #owners(): Owner[] {
    return [
      this.#self(),
      ...this.#mappingRules.map((id): Owner => ['MAPPING_RULE', id]),
      ...this.#groups.map((id): Owner => ['GROUP', id]),
      ...this.#roles.map((id): Owner => ['ROLE', id]),
    ];
  }

  #in(containerType: Membership['containerType'], members: readonly Owner[]): string[] {
    const ids = this.#records.memberships
      .filter((line) => line.containerType === containerType && members.some((owner) => isMember(line, owner)))
      .map((line) => line.containerId);
    return [...new Set(ids)].sort();
  }
}

/** What a query does with a visibility, item by item. */
export function shows(visibility: Visibility, resourceType: Authorization['resourceType'], item: Found): boolean {
  switch (visibility.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'ids':
      return visibility.ids.includes(item.idOf?.[resourceType] ?? item.resourceId);
    case 'properties': {
      const { assignee, candidateUsers = [], candidateGroups = [] } = item.properties ?? {};
      const byId = Object.entries(visibility.ids).some(([type, ids]) =>
        ids.includes(item.idOf?.[type as Authorization['resourceType']] ?? item.resourceId),
      );
      return (
        byId ||
        (visibility.assignee !== null && assignee === visibility.assignee) ||
        (visibility.candidateUser !== null && candidateUsers.includes(visibility.candidateUser)) ||
        visibility.candidateGroups.some((group) => candidateGroups.includes(group))
      );
    }
  }
}

const OWNER_TYPE = {
  user: 'USER',
  client: 'CLIENT',
  group: 'GROUP',
  role: 'ROLE',
  'mapping-rule': 'MAPPING_RULE',
} as const;

function isMember({ memberType, memberId }: Membership, [type, id]: Owner): boolean {
  return OWNER_TYPE[memberType] === type && memberId === id;
}
