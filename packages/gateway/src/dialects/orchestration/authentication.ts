import {
  type AccessSnapshot,
  authenticated,
  DEFAULT_TENANT,
  type PermissionRequirement,
  type Principal,
  permission,
  visibilityOf,
} from '@stagedoor/access';
import type { Door } from '../../door.ts';
import { type Operation, ok, operation } from '../../operation.ts';
import { flag, listOf, mapOf, nullableText, object, text } from '../../schema.ts';

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
export function authenticationOperations(door: Pick<Door, 'snapshot' | 'method'>): readonly Operation[] {
  return [
    operation({
      id: 'getAuthentication',
      method: 'GET',
      path: '/v2/authentication/me',
      summary: 'Who the caller is',
      requirement: authenticated,
      query: object({}),
      responses: { 200: ME },
      handle: ({ principal }) => ok(describe(door.snapshot(), principal, door.method !== 'none')),
    }),
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
    { authorizationsEnabled: true, unprotected: false },
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
