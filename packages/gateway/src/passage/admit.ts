import {
  type Decision,
  decide,
  type Found,
  type Missing,
  type Principal,
  type Refusal,
  type Requirement,
  reachesAnything,
  refuse,
  type Visibility,
  visibilityOf,
} from '@stagedoor/access';
import type { Admission, Door } from '../door.ts';
import type { Operation } from '../operation.ts';
import type { Presented } from './authenticate.ts';
import { isForeignOrigin, isSafe } from './origin-guard.ts';

/**
 * What browsers make necessary. Only a verified token is exempt: cookies, passwords that were typed once, and the right to
 * call an open API go along with a request whoever made it. Such an unsafe request may not come from a page of another origin,
 * and one of a session carries that session's CSRF token. (docs/decisions/0007-passwords-in-browsers.md)
 */
export function refuseBrowserTricks(door: Door, request: Presented, admission: Admission | null): Refusal | null {
  if (isSafe(request.method)) return null;
  if (admission?.via === 'bearer') return null;
  if (isForeignOrigin(request.headers)) return refuse('ORIGIN_REFUSED');
  const session = admission?.session ?? null;
  if (session === null || !door.sessions.wantsCsrf(session)) return null;
  const header = request.headers['x-csrf-token'];
  const token = typeof header === 'string' ? header : undefined;
  return door.sessions.csrfHolds(session, token, request.headers.cookie) ? null : refuse('CSRF_MISSING');
}

/** Whether the items that the operation looks up are part of the question. A row without a handler looks nothing up. */
export function asksAboutFound({ served, requirement }: Pick<Operation, 'served' | 'requirement'>): boolean {
  return served && dependsOnFound(requirement);
}

function dependsOnFound(requirement: Requirement): boolean {
  switch (requirement.kind) {
    case 'permission':
      return requirement.of === 'found';
    case 'resolved':
      return true;
    case 'any-of':
    case 'all-of':
      return requirement.requirements.some(dependsOnFound);
    default:
      return false;
  }
}

/** The decision on a row, for requests and for `explain`. */
export function decideRow(
  door: Pick<Door, 'snapshot' | 'policy'>,
  principal: Principal,
  { served, requirement }: Pick<Operation, 'served' | 'requirement'>,
  found: readonly Found[],
): Decision {
  const [snapshot, policy] = [door.snapshot(), door.policy];
  return served
    ? decide(snapshot, policy, principal, requirement, found)
    : reachesAnything(snapshot, policy, principal, requirement);
}

/** A decision as a refusal or nothing. `forbidden` are the dialect's words for what is missing. */
export function refusalOf(decision: Decision, forbidden: (missing: readonly Missing[]) => string): Refusal | null {
  if (decision.allowed) return null;
  if (decision.because === 'not-authenticated') return refuse('CREDENTIALS_MISSING');
  const missing = decision.missing.map((one) => `${one.resourceType}:${one.permissionType}`).join(', ');
  return refuse('PERMISSION_MISSING', { detail: forbidden(decision.missing), operator: `missing ${missing}` });
}

const EVERYTHING: Visibility = { kind: 'all' };
const NOTHING: Visibility = { kind: 'none' };

/** What a row shows of its collection: only a `visible` permission narrows it. Nothing is seen where nobody is known. */
export function visibilityFor(
  door: Pick<Door, 'snapshot' | 'policy'>,
  { requirement }: Pick<Operation, 'requirement'>,
  principal: Principal | null,
): Visibility {
  if (!narrows(requirement)) return requirement.kind === 'permission' ? EVERYTHING : NOTHING;
  return principal === null ? NOTHING : visibilityOf(door.snapshot(), door.policy, principal, requirement);
}

/** Whether a row lets every known caller through and shows him what he may see. */
export function narrows(requirement: Requirement): boolean {
  switch (requirement.kind) {
    case 'permission':
      return requirement.of === 'visible';
    case 'any-of':
    case 'all-of':
      return requirement.requirements.some(narrows);
    default:
      return false;
  }
}
