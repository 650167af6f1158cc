import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  AccessSnapshot,
  type Authorization,
  decide,
  type GroupId,
  hasPermission,
  OWNER_TYPES,
  type PermissionRequirement,
  type PermissionType,
  RESOURCE_PERMISSIONS,
  type ResourceType,
  type SnapshotRecords,
  type TokenSubject,
  visibilityOf,
} from '../src/index.ts';
import { NaiveEvaluator } from './naive-evaluator.ts';
import { client, mappingRuleId, NO_RECORDS, readClaim, user } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false };
// Few ids, the same ones for every kind, so that records meet and kinds could be confused.
const id = fc.constantFrom('a', 'b', 'c');
const resourceTypes = ['USER', 'MESSAGE', 'DECISION_DEFINITION'] as const satisfies readonly ResourceType[];
const resourceType = fc.constantFrom(...resourceTypes);
const permissionsOf = (type: ResourceType): readonly PermissionType[] => RESOURCE_PERMISSIONS[type];

const membership = fc.record({
  containerType: fc.constantFrom('group' as const, 'role' as const, 'tenant' as const),
  containerId: id,
  memberType: fc.constantFrom(
    'user' as const,
    'client' as const,
    'group' as const,
    'role' as const,
    'mapping-rule' as const,
  ),
  memberId: id,
});

const authorization: fc.Arbitrary<Authorization> = resourceType.chain((type) =>
  fc.record({
    ownerType: fc.constantFrom(...OWNER_TYPES),
    ownerId: id,
    resourceType: fc.constant(type),
    resourceId: fc.constantFrom('*', 'x', 'y', 'z'),
    permissionTypes: fc.subarray([...permissionsOf(type)]),
  }),
);

const records: fc.Arbitrary<SnapshotRecords> = fc
  .record({
    rules: fc.array(fc.record({ rule: id, claim: fc.constantFrom('team', 'site'), value: id }), { maxLength: 3 }),
    memberships: fc.array(membership, { maxLength: 12 }),
    authorizations: fc.array(authorization, { maxLength: 12 }),
  })
  .map(({ rules, memberships, authorizations }) => ({
    ...NO_RECORDS,
    mappingRules: rules.map(({ rule, claim, value }) => {
      return { mappingRuleId: mappingRuleId(rule), claimName: claim, claimValue: value };
    }),
    memberships,
    authorizations,
  }));

const token: fc.Arbitrary<TokenSubject> = fc.record({
  subject: fc.oneof(id.map(user), id.map(client)),
  groups: fc.option(fc.uniqueArray(id.map((text) => text as GroupId))),
  claims: fc.record({ team: fc.oneof(id, fc.array(id)), site: id }, { requiredKeys: [] }),
});

const asked = resourceType.chain((type) =>
  fc.record({ resourceType: fc.constant(type), permissionType: fc.constantFrom(...permissionsOf(type)) }),
);

function requirement(
  type: ResourceType,
  permissionType: PermissionType,
  of: PermissionRequirement['of'],
): PermissionRequirement {
  if (!hasPermission(type, permissionType)) throw new TypeError('the generator mixed up permissions');
  return { kind: 'permission', resourceType: type, permissionType, of } as PermissionRequirement;
}

describe('the index of the grants', () => {
  it('decides every item as a walk through all records does', () => {
    fc.assert(
      fc.property(
        records,
        token,
        asked,
        fc.array(fc.constantFrom('x', 'y', 'z', 'a')),
        (all, subject, question, ids) => {
          const naive = new NaiveEvaluator(all, subject);
          const snapshot = new AccessSnapshot(all, readClaim);
          const principal = snapshot.principalOfToken(subject);
          const found = ids.map((resourceId) => ({ resourceId }));
          const one = requirement(question.resourceType, question.permissionType, 'found');
          const expected = ids.length > 0 && ids.every((each) => naive.reaches(question, each));
          expect(decide(snapshot, POLICY, principal, one, found).allowed).toBe(expected);
          const whole = requirement(question.resourceType, question.permissionType, 'everything');
          expect(decide(snapshot, POLICY, principal, whole, found).allowed).toBe(naive.reachesAll(question));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('shows of a collection exactly what it lets be read item by item', () => {
    fc.assert(
      fc.property(records, token, asked, (all, subject, question) => {
        const naive = new NaiveEvaluator(all, subject);
        const snapshot = new AccessSnapshot(all, readClaim);
        const principal = snapshot.principalOfToken(subject);
        const visible = visibilityOf(
          snapshot,
          POLICY,
          principal,
          requirement(question.resourceType, question.permissionType, 'visible'),
        );
        expect(visible.kind === 'all').toBe(naive.reachesAll(question));
        if (visible.kind === 'all') return;
        expect(new Set(visible.kind === 'ids' ? visible.ids : [])).toEqual(naive.idsOf(question));
      }),
      { numRuns: 2000 },
    );
  });

  it('names in a refusal exactly the items that are not reached', () => {
    fc.assert(
      fc.property(
        records,
        token,
        asked,
        fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }),
        (all, subject, question, ids) => {
          const naive = new NaiveEvaluator(all, subject);
          const snapshot = new AccessSnapshot(all, readClaim);
          const one = requirement(question.resourceType, question.permissionType, 'found');
          const found = ids.map((resourceId) => ({ resourceId }));
          const decision = decide(snapshot, POLICY, snapshot.principalOfToken(subject), one, found);
          const missing = ids.filter((each) => !naive.reaches(question, each)).sort();
          if (decision.allowed) expect(missing).toEqual([]);
          else expect(decision).toMatchObject({ missing: [{ resourceIds: missing }] });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
