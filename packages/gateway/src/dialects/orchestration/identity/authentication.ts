import {
  type AccessSnapshot,
  authenticated,
  DEFAULT_TENANT,
  type OwnerType,
  type PermissionRequirement,
  type Principal,
  permission,
  visibilityOf,
} from '@stagedoor/access';
import type { FieldCondition, GrantField } from '@stagedoor/identity';
import { askIdentity } from '../../../answering/identity-failure.ts';
import type { Door } from '../../../door.ts';
import { type Operation, ok, operation } from '../../../operation.ts';
import { flag, listOf, mapOf, nullableText, object, text } from '../../../schema.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { GRANT, GRANTS, writeGrant } from './grant-schema.ts';
import { type RecordsParts, readRecordSearch } from './records-parts.ts';

const NULLABLE_TEXT = nullableText;
const ME = object({
  username: text,
  displayName: NULLABLE_TEXT,
  email: NULLABLE_TEXT,
  authorizedComponents: listOf(text),
  tenants: listOf(object({ tenantId: text, name: text, description: text })),
  groups: listOf(text),
  roles: listOf(text),
  salesPlanType: NULLABLE_TEXT,
  c8Links: mapOf(text),
  canLogout: flag,
});

const COMPONENT_ACCESS = permission('COMPONENT', 'ACCESS', 'visible') as PermissionRequirement;

/** `GET /v2/authentication/me` (facts, section 6.2). 8.10 requires a user name, so a client is named by its id. */
export function authenticationOperations(
  door: Pick<Door, 'snapshot' | 'method'>,
  parts: RecordsParts,
): readonly Operation[] {
  return [getAuthentication(door), searchOwnGrants(parts)];
}

function getAuthentication(door: Pick<Door, 'snapshot' | 'method'>): Operation {
  return operation({
    id: 'getAuthentication',
    method: 'GET',
    path: '/v2/authentication/me',
    summary: 'Who the caller is',
    requirement: authenticated,
    query: object({}),
    responses: { 200: ME },
    handle: ({ principal }) => ok(describe(door.snapshot(), principal, door.method !== 'none')),
  });
}

/** His own grants and those of all that he is a member of: what he may do. Nobody needs a permission to know his own. */
function searchOwnGrants(parts: RecordsParts): Operation {
  return operation({
    id: 'searchOwnAuthorizations',
    method: 'POST',
    path: '/v2/authentication/me/authorizations/search',
    summary: 'The authorizations that the caller has, by himself and by what he is a member of',
    requirement: authenticated,
    query: object({}),
    body: { kind: 'json', schema: searchRequest(GRANTS), optional: true },
    responses: { 200: pageOf(GRANT) },
    handle: async ({ body, principal }) => {
      const owners = ownersOf(principal);
      const [self] = owners;
      const scope = ['searchOwnAuthorizations', self?.ownerType ?? '', ...(self?.ids ?? [])];
      const query = readRecordSearch(parts, GRANTS, body, { kind: 'all' }, scope);
      if (owners.length === 0) return ok(query.emptyPage());
      const search = { ...query.search, anyOf: owners.map(ownedBy) };
      return ok(query.page(await askIdentity(parts.records.searchGrants(search)), writeGrant));
    },
  });
}

type Owners = { readonly ownerType: OwnerType; readonly ids: readonly string[] };

function ownersOf(principal: Principal): readonly Owners[] {
  if (principal.kind === 'anonymous') return [];
  const self: Owners =
    principal.kind === 'user'
      ? { ownerType: 'USER', ids: [principal.username] }
      : { ownerType: 'CLIENT', ids: [principal.clientId] };
  const memberships: readonly Owners[] = [
    { ownerType: 'GROUP', ids: principal.groups },
    { ownerType: 'ROLE', ids: principal.roles },
    { ownerType: 'MAPPING_RULE', ids: principal.mappingRules },
  ];
  return [self, ...memberships.filter(({ ids }) => ids.length > 0)];
}

function ownedBy({ ownerType, ids }: Owners): readonly FieldCondition<GrantField>[] {
  return [
    { field: 'ownerType', comparisons: [{ op: 'eq', value: ownerType }] },
    { field: 'ownerId', comparisons: [{ op: 'in', values: ids }] },
  ];
}

function describe(snapshot: AccessSnapshot, principal: Principal, canLogout: boolean): object {
  const rest = { salesPlanType: null, c8Links: {}, canLogout };
  if (principal.kind === 'anonymous') {
    const tenants = tenantsOf(snapshot, [DEFAULT_TENANT]);
    return {
      username: 'anonymous',
      displayName: null,
      email: null,
      authorizedComponents: ['*'],
      tenants,
      groups: [],
      roles: [],
      ...rest,
    };
  }
  const user = principal.kind === 'user' ? snapshot.user(principal.username) : undefined;
  return {
    username: principal.kind === 'user' ? principal.username : principal.clientId,
    displayName: user?.name ?? null,
    email: user?.email ?? null,
    authorizedComponents: componentsOf(snapshot, principal),
    tenants: tenantsOf(snapshot, principal.tenants),
    groups: principal.groups,
    roles: principal.roles,
    ...rest,
  };
}

function componentsOf(snapshot: AccessSnapshot, principal: Principal): readonly string[] {
  const visible = visibilityOf(
    snapshot,
    { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false },
    principal,
    COMPONENT_ACCESS,
  );
  return visible.kind === 'all' ? ['*'] : visible.kind === 'ids' ? [...visible.ids].sort() : [];
}

function tenantsOf(snapshot: AccessSnapshot, ids: readonly string[]): object[] {
  return [...snapshot.tenants.values()]
    .filter((tenant) => ids.includes(tenant.id))
    .map(({ id, name, description }) => ({ tenantId: id, name, description }));
}
