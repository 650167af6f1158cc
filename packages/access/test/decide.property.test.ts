import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  AccessSnapshot,
  anyOf,
  decide,
  type NonEmpty,
  type PermissionRequirement,
  reachesAnything,
  visibilityOf,
} from '../src/index.ts';
import { collection, items, RUNS, RUNS_TIMEOUT, records, requirement, token } from './cases.ts';
import { NaiveEvaluator, shows } from './naive-evaluator.ts';
import { readClaim } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };

describe('the index of the grants', () => {
  it(
    'decides as a walk through all records does, and so does the question whether there is any grant',
    () => {
      fc.assert(
        fc.property(records, token, requirement, items, (all, subject, asked, found) => {
          const naive = new NaiveEvaluator(all, subject);
          const snapshot = new AccessSnapshot(all, readClaim);
          const principal = snapshot.principalOfToken(subject);
          expect(decide(snapshot, POLICY, principal, asked, found).allowed).toBe(naive.meets(asked, found));
          expect(reachesAnything(snapshot, POLICY, principal, asked).allowed).toBe(naive.meetsSomehow(asked));
        }),
        { numRuns: RUNS },
      );
    },
    RUNS_TIMEOUT,
  );

  it(
    'shows of a collection exactly what it lets be read item by item',
    () => {
      fc.assert(
        fc.property(records, token, collection, items, (all, subject, permissions, listed) => {
          const [first, ...others] = permissions as NonEmpty<PermissionRequirement>;
          const guard = others.length === 0 ? first : anyOf(first, ...others);
          const naive = new NaiveEvaluator(all, subject);
          const snapshot = new AccessSnapshot(all, readClaim);
          const principal = snapshot.principalOfToken(subject);
          const visible = visibilityOf(snapshot, POLICY, principal, guard);
          for (const item of listed) {
            const shown = shows(visible, first.resourceType, item);
            expect(shown).toBe(permissions.some((one) => naive.reaches(one, item)));
            expect(decide(snapshot, POLICY, principal, guard, [item]).allowed).toBe(shown);
          }
          // What shows nothing says so, for a query that is not made at all.
          expect(visible.kind === 'none').toBe(!naive.meetsSomehow(guard));
        }),
        { numRuns: RUNS },
      );
    },
    RUNS_TIMEOUT,
  );

  it(
    'names in a refusal exactly the items that are not reached, and else grants that are the caller’s',
    () => {
      fc.assert(
        fc.property(records, token, collection, items, (all, subject, [one], found) => {
          fc.pre(one !== undefined && found.length > 0);
          const naive = new NaiveEvaluator(all, subject);
          const snapshot = new AccessSnapshot(all, readClaim);
          const decision = decide(snapshot, POLICY, snapshot.principalOfToken(subject), one, found);
          const missing = found
            .filter((item) => !naive.reaches(one, item))
            .map((item) => item.idOf?.[one.resourceType] ?? item.resourceId);
          if (!decision.allowed)
            expect(decision).toMatchObject({ missing: [{ resourceIds: [...new Set(missing)].sort() }] });
          else {
            expect(missing).toEqual([]);
            expect(decision.by.length).toBeGreaterThan(0);
            for (const grant of decision.by) expect(naive.has(one, grant.authorizationKey)).toBe(true);
          }
        }),
        { numRuns: RUNS },
      );
    },
    RUNS_TIMEOUT,
  );
});
