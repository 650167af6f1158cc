import {
  type Decision,
  decide,
  type Found,
  type Missing,
  type Refusal,
  type Requirement,
  refuse,
} from '@stagedoor/access';
import type { Admission, Door, RawRequest } from '../door.ts';
import { isForeignOrigin, isSafe } from './origin-guard.ts';

/**
 * What browsers make necessary. Only a verified token is exempt: cookies, passwords that were typed once, and the right to
 * call an open API go along with a request whoever made it. Such an unsafe request may not come from a page of another origin,
 * and one of a session carries that session's CSRF token. (docs/decisions/0007-passwords-in-browsers.md)
 */
export function refuseBrowserTricks(door: Door, request: RawRequest, admission: Admission | null): Refusal | null {
  if (isSafe(request.method)) return null;
  if (admission?.via === 'bearer') return null;
  if (isForeignOrigin(request.headers)) return refuse('ORIGIN_REFUSED');
  const session = admission?.session ?? null;
  if (session === null || !door.sessions.wantsCsrf(session)) return null;
  const header = request.headers['x-csrf-token'];
  const token = typeof header === 'string' ? header : undefined;
  return door.sessions.csrfHolds(session, token, request.headers.cookie) ? null : refuse('CSRF_MISSING');
}

/** Whether the items that the operation looks up are part of the question. */
export function asksAboutFound(requirement: Requirement): boolean {
  switch (requirement.kind) {
    case 'permission':
      return requirement.of === 'found';
    case 'any-of':
    case 'all-of':
      return requirement.requirements.some(asksAboutFound);
    case 'resolved':
      return true;
    default:
      return false;
  }
}

/** The decision on an operation, as a refusal or nothing. `forbidden` are the dialect's words for what is missing. */
export function refuseByDecision(
  door: Door,
  admission: Admission,
  requirement: Requirement,
  found: readonly Found[],
  forbidden: (missing: readonly Missing[]) => string,
): Refusal | null {
  const decision: Decision = decide(door.snapshot(), door.policy, admission.principal, requirement, found);
  if (decision.allowed) return null;
  if (decision.because === 'not-authenticated') return refuse('CREDENTIALS_MISSING');
  const missing = decision.missing.map((one) => `${one.resourceType}:${one.permissionType}`).join(', ');
  return refuse('PERMISSION_MISSING', { detail: forbidden(decision.missing), operator: `missing ${missing}` });
}
