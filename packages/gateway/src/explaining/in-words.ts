import type { Decision, Grant, Missing, Principal, Requirement, Visibility } from '@stagedoor/access';
import { permissionsOf } from '../auditing/audited-row.ts';
import type { Admission } from '../door.ts';
import type { Credentials } from '../passage/read-credentials.ts';

const MOST_NAMED = 20;

export function credentialsInWords(credentials: Credentials, hasCookie: boolean): string {
  switch (credentials.kind) {
    case 'none':
      return hasCookie ? 'no Authorization header, and a Cookie header' : 'no Authorization header and no cookie';
    case 'basic':
      return 'a user name and a password (Basic)';
    case 'bearer':
      return `a token of ${credentials.token.length} characters (Bearer)`;
    case 'dpop':
      return `a token of ${credentials.token.length} characters (DPoP)`;
    case 'unreadable':
      return 'an Authorization header that cannot be taken for one of credentials';
  }
}

/** How a caller got in. `atOnce`: the answer was there without anything being computed anew. */
export function admissionInWords({ via, evidence }: Admission, atOnce: boolean): string {
  switch (via) {
    case 'anonymous':
      return 'nobody has to show who he is here';
    case 'session':
      return 'the session of the cookie is alive';
    case 'basic':
      return atOnce
        ? 'the password is remembered: the same name and password verified before'
        : 'the password was hashed, and is the stored one';
    case 'bearer': {
      if (evidence === undefined) return 'the token verified';
      const key = evidence.keyId === null ? 'a key without an id' : `the key ${JSON.stringify(evidence.keyId)}`;
      return `the token verified by the policy of issuer ${evidence.policy}, with ${key}`;
    }
  }
}

export function principalInWords(principal: Principal, evidence: Admission['evidence']): string {
  if (principal.kind === 'anonymous') return 'nobody in particular';
  const who = principal.kind === 'user' ? `the user ${principal.username}` : `the client ${principal.clientId}`;
  return evidence === undefined ? who : `${who}, whom the claim ${JSON.stringify(evidence.subjectClaim)} names`;
}

/** In the order in which they are worked out: each may come from those before it. */
export function membershipsInWords(
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  evidence: Admission['evidence'],
): string {
  const { groupsClaim: claim = null, rolesClaim = null } = evidence ?? {};
  const from = claim === null ? 'by the records' : `by the claim ${JSON.stringify(claim)}`;
  return [
    `mapping rules: ${listed(principal.mappingRules)}`,
    `groups (${from}): ${listed(principal.groups)}`,
    `roles${rolesClaim === null ? '' : ` (also by the claim ${JSON.stringify(rolesClaim)})`}: ${listed(principal.roles)}`,
    `tenants: ${listed(principal.tenants)}`,
  ].join('; ');
}

export function decisionInWords(decision: Decision, requirement: Requirement): string {
  if (!decision.allowed)
    return decision.because === 'not-authenticated'
      ? 'the operation is for callers who show who they are'
      : `missing: ${decision.missing.map(missingInWords).join('; ') || 'every permission that it could take'}`;
  switch (decision.because) {
    case 'anonymous-allowed':
      return 'the operation is for everybody';
    case 'authenticated':
      return 'the operation asks for no permission';
    case 'checks-off':
      return 'authorizations are switched off (camunda.security.authorizations.enabled)';
    case 'unprotected':
      return 'the API is unprotected';
    case 'granted':
      return decision.by.length === 0
        ? 'whoever is known may ask, and sees what is granted to him'
        : `granted by ${decision.by.slice(0, MOST_NAMED).map(grantInWords).join('; ')}, for ${askedInWords(requirement)}`;
  }
}

function askedInWords(requirement: Requirement): string {
  return permissionsOf(requirement)
    .map(({ resourceType, permissionType }) => `${permissionType} on ${resourceType}`)
    .join(' or ');
}

function grantInWords(grant: Grant): string {
  const target = grant.resourcePropertyName ?? grant.resourceId;
  return `grant ${grant.authorizationKey} of ${grant.ownerType} ${grant.ownerId} on ${target}`;
}

function missingInWords({ resourceType, permissionType, resourceIds }: Missing): string {
  return `${permissionType} on ${resourceType}${resourceIds.length === 0 ? ' (all of them)' : ` ${listed(resourceIds)}`}`;
}

export function visibilityInWords(visibility: Visibility): string {
  switch (visibility.kind) {
    case 'all':
      return 'everything is shown';
    case 'none':
      return 'nothing is shown: no grant reaches anything';
    case 'ids':
      return `only these are shown: ${listed(visibility.ids)}`;
    case 'properties':
      return 'only what grants on ids and on properties reach is shown';
  }
}

export function listed(ids: readonly string[]): string {
  if (ids.length === 0) return 'none';
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return ids.slice(0, MOST_NAMED).join(', ') + more;
}
