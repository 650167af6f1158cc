import fc from 'fast-check';
import {
  type Authorization,
  allOf,
  anyOf,
  authenticated,
  type Found,
  type GrantTarget,
  type GroupId,
  type MappingRule,
  type MappingRuleId,
  type Membership,
  OWNER_TYPES,
  type PermissionRequirement,
  permission,
  RESOURCE_PROPERTIES,
  type Requirement,
  resolved,
  type SnapshotChange,
  type SnapshotRecords,
  type TenantId,
  type TokenSubject,
} from '../src/index.ts';
import { client, mappingRuleId, NO_RECORDS, user, username } from './records.ts';

/** A hundred thousand in CI, enough to be useful elsewhere. */
export const RUNS = process.env.CI ? 100_000 : 2_000;
/** Milliseconds; for a machine that many share. */
export const RUNS_TIMEOUT = 300_000;

// Few ids, the same ones for every kind, so that records meet and kinds could be confused.
const id = fc.constantFrom('a', 'b', 'c');
const resourceId = fc.constantFrom('x', 'y', 'a');
const KINDS = [
  ['USER', 'READ', 'UPDATE'],
  ['PROCESS_DEFINITION', 'READ_USER_TASK', 'UPDATE_USER_TASK'],
  ['USER_TASK', 'READ', 'UPDATE'],
] as const;
const kind = fc.constantFrom(...KINDS);

export const ASKED: readonly PermissionRequirement[] = [
  permission('USER', 'READ', 'found'),
  permission('USER', 'UPDATE', 'found'),
  permission('PROCESS_DEFINITION', 'READ_USER_TASK', 'found'),
  permission('PROCESS_DEFINITION', 'UPDATE_USER_TASK', 'found'),
  permission('USER_TASK', 'READ', 'found'),
  permission('USER_TASK', 'UPDATE', 'found'),
];

const membership: fc.Arbitrary<Membership> = fc.record({
  containerType: fc.constantFrom('group' as const, 'group' as const, 'role' as const, 'tenant' as const),
  containerId: id,
  memberType: fc.constantFrom('user', 'user', 'client', 'group', 'role', 'mapping-rule'),
  memberId: id,
});

const target = fc.constantFrom<GrantTarget>(
  { resourceId: '*' },
  { resourceId: 'x' },
  { resourceId: 'y' },
  { resourceId: 'a' },
  ...RESOURCE_PROPERTIES.map((resourcePropertyName) => ({ resourcePropertyName })),
);

const authorization: fc.Arbitrary<Authorization> = fc
  .tuple(fc.constantFrom(...OWNER_TYPES, 'USER' as const), id, kind, fc.integer({ min: 0, max: 3 }), target)
  .map(([ownerType, ownerId, [resourceType, one, other], which, on]) => {
    const permissionTypes = [...(which & 1 ? [one] : []), ...(which & 2 ? [other] : [])];
    return { ownerType, ownerId, resourceType, permissionTypes, ...on };
  });

const mappingRule: fc.Arbitrary<MappingRule> = fc
  .tuple(id, fc.constantFrom('team', 'site'), id)
  .map(([rule, claimName, claimValue]) => ({ mappingRuleId: mappingRuleId(rule), claimName, claimValue }));

export const records: fc.Arbitrary<SnapshotRecords> = fc
  .tuple(
    fc.uniqueArray(mappingRule, { maxLength: 2, selector: (rule) => rule.mappingRuleId }),
    fc.array(membership, { maxLength: 8 }),
    fc.array(authorization, { maxLength: 8 }),
  )
  .map(([mappingRules, memberships, authorizations]) => ({
    ...NO_RECORDS,
    mappingRules,
    memberships,
    authorizations: authorizations.map((one, index) => ({ authorizationKey: String(index + 1), ...one })),
  }));

export const token: fc.Arbitrary<TokenSubject> = fc.record({
  subject: fc.oneof(id.map(user), id.map(user), id.map(client)),
  groups: fc.option(
    fc.uniqueArray(
      id.map((text) => text as GroupId),
      { maxLength: 2 },
    ),
  ),
  claims: fc.record({ team: fc.oneof(id, fc.array(id, { maxLength: 2 })), site: id }, { requiredKeys: [] }),
});

const asked = fc.constantFrom(...ASKED);
const few = fc.array(id, { maxLength: 2 });

const item: fc.Arbitrary<Found> = fc
  .tuple(resourceId, resourceId, fc.constantFrom('a', 'b', null), few, few, asked, fc.integer({ min: 0, max: 7 }))
  .map(([own, process, assignee, candidateUsers, candidateGroups, { resourceType, permissionType }, which]) => ({
    resourceId: own,
    ...(which & 1 ? { idOf: { PROCESS_DEFINITION: process } } : {}),
    ...(which & 2 ? { properties: { assignee, candidateUsers, candidateGroups } } : {}),
    ...(which & 4 ? { permission: { resourceType, permissionType } } : {}),
  }));

export const items = fc.array(item, { maxLength: 3 });

const leaf: fc.Arbitrary<PermissionRequirement> = fc
  .tuple(asked, fc.constantFrom('found' as const, 'found' as const, 'everything' as const, 'visible' as const))
  .map(([one, of]) => ({ ...one, of }));

/** One permission, or several of them put together in every way there is. */
export const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  leaf,
  fc.tuple(leaf, leaf).map(([one, other]) => anyOf(one, other)),
  fc.tuple(leaf, leaf).map(([one, other]) => allOf(one, other)),
  fc.tuple(leaf, leaf).map(([one, other]) => resolved('the item', one, other)),
  fc.tuple(leaf, leaf, leaf).map(([one, other, third]) => anyOf(allOf(one, other), third)),
  fc.tuple(leaf, leaf, leaf).map(([one, other, third]) => allOf(anyOf(one, other), resolved('the item', third))),
  fc.constant(authenticated),
);

/** One permission or any of several: what may guard a collection. */
export const collection: fc.Arbitrary<readonly PermissionRequirement[]> = fc.uniqueArray(asked, {
  minLength: 1,
  maxLength: 3,
});

// Keys that are numbers, one that is too large to be exact, and some that only look like numbers.
const key = fc.constantFrom('1', '2', '3', '4', '9', '9007199254740993', '01', 'odd');

export const change: fc.Arbitrary<SnapshotChange> = fc.oneof(
  { arbitrary: grantChange(), weight: 5 },
  { arbitrary: memberChange(), weight: 3 },
  mappingRule.map((record) => ruleChange(record.mappingRuleId, record)),
  id.map((text) => ruleChange(mappingRuleId(text), null)),
  fc.tuple(id, fc.option(id)).map(([text, version]) => userChange(text, version)),
  fc.tuple(id, fc.boolean()).map(([text, there]) => tenantChange(text, there)),
  fc.constant({ kind: 'administrator-existed' } as const),
);

function grantChange(): fc.Arbitrary<SnapshotChange> {
  return fc.tuple(key, fc.option(authorization)).map(([text, grant]) => ({ kind: 'grant', key: text, grant }));
}

function memberChange(): fc.Arbitrary<SnapshotChange> {
  return fc.tuple(membership, fc.boolean()).map(([line, present]) => ({ kind: 'member', membership: line, present }));
}

function ruleChange(rule: MappingRuleId, record: MappingRule | null): SnapshotChange {
  return { kind: 'mapping-rule', id: rule, record };
}

function userChange(text: string, credentialVersion: string | null): SnapshotChange {
  const record = { username: username(text), name: text, email: '', passwordHash: '' };
  return {
    kind: 'user',
    username: username(text),
    record: credentialVersion === null ? null : { ...record, credentialVersion },
  };
}

function tenantChange(text: string, there: boolean): SnapshotChange {
  const tenant = text as TenantId;
  return { kind: 'tenant', id: tenant, record: there ? { id: tenant, name: text, description: '' } : null };
}
