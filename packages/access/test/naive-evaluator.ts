import type { Authorization, Membership, SnapshotRecords, TokenSubject } from '../src/index.ts';
import { readClaim } from './records.ts';

type Owner = readonly [Authorization['ownerType'], string];
type Asked = Pick<Authorization, 'resourceType'> & { readonly permissionType: string };

/** Says by going through every record what `decide` says by its index: slow, and plain enough to be read for correct. */
export class NaiveEvaluator {
  readonly #records: SnapshotRecords;
  readonly #token: TokenSubject;

  constructor(records: SnapshotRecords, token: TokenSubject) {
    this.#records = records;
    this.#token = token;
  }

  reachesAll(asked: Asked): boolean {
    return this.#grants(asked).some((grant) => grant.resourceId === '*');
  }

  reaches(asked: Asked, id: string): boolean {
    return this.#grants(asked).some((grant) => grant.resourceId === '*' || grant.resourceId === id);
  }

  idsOf(asked: Asked): Set<string> {
    return new Set(this.#grants(asked).map((grant) => grant.resourceId));
  }

  #grants({ resourceType, permissionType }: Asked): Authorization[] {
    const owners = this.#owners();
    return this.#records.authorizations.filter(
      (grant) =>
        owners.some(([type, id]) => grant.ownerType === type && grant.ownerId === id) &&
        grant.resourceType === resourceType &&
        grant.permissionTypes.some((permission) => permission === permissionType),
    );
  }

  #owners(): Owner[] {
    const { subject, claims, groups: claimed } = this.#token;
    const self: Owner = subject.kind === 'user' ? ['USER', subject.username] : ['CLIENT', subject.clientId];
    const rules = this.#records.mappingRules
      .filter((rule) => [readClaim(claims, rule.claimName)].flat().includes(rule.claimValue))
      .map((rule): Owner => ['MAPPING_RULE', rule.mappingRuleId]);
    const groups = claimed ? claimed.map((id): Owner => ['GROUP', id]) : this.#in('group', [self, ...rules]);
    return [self, ...rules, ...groups, ...this.#in('role', [self, ...rules, ...groups])];
  }

  #in(containerType: 'group' | 'role', members: readonly Owner[]): Owner[] {
    const type = containerType === 'group' ? 'GROUP' : 'ROLE';
    return this.#records.memberships
      .filter(
        (membership) =>
          membership.containerType === containerType && members.some((owner) => isMember(membership, owner)),
      )
      .map((membership): Owner => [type, membership.containerId]);
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
