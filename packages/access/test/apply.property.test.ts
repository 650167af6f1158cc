import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  AccessSnapshot,
  decide,
  type SnapshotChange,
  type SnapshotRecords,
  type TokenSubject,
  visibilityOf,
} from '../src/index.ts';
import { ASKED, change, RUNS, RUNS_TIMEOUT, records, token } from './cases.ts';
import { NaiveEvaluator } from './naive-evaluator.ts';
import { readClaim } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const PROPERTIES = { assignee: 'a', candidateUsers: ['b'], candidateGroups: ['a', 'c'] };

describe('a snapshot with changes applied one by one', () => {
  it(
    'says what one made of all records says, and leaves the snapshots before as they were',
    () => {
      fc.assert(
        fc.property(records, token, fc.array(change, { minLength: 1, maxLength: 6 }), (all, subject, changes) => {
          const first = new AccessSnapshot(all, readClaim);
          const before = everythingSaid(first, subject);
          let changed = first;
          let recorded = all;
          for (const [index, one] of changes.entries()) {
            // Something is remembered of every snapshot on the way.
            changed.principalOfToken(subject);
            changed = changed.apply([one], index + 2);
            recorded = { ...changeNaively(recorded, one), epoch: index + 2 };
          }
          const made = new AccessSnapshot(recorded, readClaim);
          const naive = new NaiveEvaluator(recorded, subject);
          const said = everythingSaid(changed, subject);
          expect(said).toEqual(everythingSaid(made, subject));
          expect(said).toEqual(everythingSaid(first.apply(changes, changed.epoch), subject));
          expect(said.principal).toMatchObject(naive.memberships());
          for (const [index, one] of ASKED.entries()) {
            expect(said.decisions[index]).toBe(naive.reaches(one, { resourceId: 'x', properties: PROPERTIES }));
          }
          expect(everythingSaid(first, subject)).toEqual(before);
        }),
        { numRuns: RUNS },
      );
    },
    RUNS_TIMEOUT,
  );
});

function everythingSaid(snapshot: AccessSnapshot, subject: TokenSubject) {
  const principal = snapshot.principalOfToken(subject);
  const found = [{ resourceId: 'x', properties: PROPERTIES }];
  return {
    epoch: snapshot.epoch,
    latch: snapshot.administratorHasExisted,
    tenants: new Map(snapshot.tenants),
    users: new Map([...snapshot.users()].map((user) => [user.username, user])),
    known: snapshot.user('a'),
    principal,
    decisions: ASKED.map((one) => decide(snapshot, POLICY, principal, one, found).allowed),
    visible: ASKED.map((one) => visibilityOf(snapshot, POLICY, principal, one)),
  };
}

/** The records after a change, by going through all of them. */
function changeNaively(records: SnapshotRecords, change: SnapshotChange): SnapshotRecords {
  switch (change.kind) {
    case 'user': {
      const users = records.users.filter((user) => user.username !== change.username);
      return { ...records, users: change.record ? [...users, change.record] : users };
    }
    case 'tenant': {
      const tenants = records.tenants.filter((tenant) => tenant.id !== change.id);
      return { ...records, tenants: change.record ? [...tenants, change.record] : tenants };
    }
    case 'mapping-rule': {
      const mappingRules = records.mappingRules.filter((rule) => rule.mappingRuleId !== change.id);
      return { ...records, mappingRules: change.record ? [...mappingRules, change.record] : mappingRules };
    }
    case 'member': {
      const wanted = JSON.stringify(Object.entries(change.membership).sort());
      const memberships = records.memberships.filter((line) => JSON.stringify(Object.entries(line).sort()) !== wanted);
      return { ...records, memberships: change.present ? [...memberships, change.membership] : memberships };
    }
    case 'grant': {
      const authorizations = records.authorizations.filter((grant) => grant.authorizationKey !== change.key);
      const more = change.grant === null ? [] : [{ authorizationKey: change.key, ...change.grant }];
      return { ...records, authorizations: [...authorizations, ...more] };
    }
    case 'administrator-existed':
      return { ...records, administratorHasExisted: true };
    case 'group':
    case 'role':
      return records;
  }
}
