import { DEFAULT_TENANT, reachesTenant, refuse, type TenantsReached } from '@stagedoor/access';
import { Failure, Refused } from '../../../failure.ts';

const MAX_LENGTH = 31;
const LEGAL = /^[\w.-]{1,31}$/;

/**
 * The tenant that a command is for (facts, section 5.5): the default one where tenants are not checked, which is then the
 * only one to be named; otherwise the named one. `request` is Camunda's human word for the command.
 * Not checked here: that the tenant exists, and that the caller reaches it.
 */
export function readTenant(request: string, tenantId: string | undefined, tenants: TenantsReached): string {
  const named = tenantId ?? '';
  if (tenants.kind === 'all') {
    if (named === '' || named === DEFAULT_TENANT) return DEFAULT_TENANT;
    throw illegal(request, named, 'multi-tenancy is disabled');
  }
  if (named === '') {
    const reason = `Expected to handle request ${request} with multi-tenancy enabled, but no tenant identifier was provided.`;
    throw new Failure('invalid-argument', reason);
  }
  if (named === DEFAULT_TENANT || LEGAL.test(named)) return named;
  const problem =
    named.length > MAX_LENGTH
      ? `tenant identifier is longer than ${MAX_LENGTH} characters`
      : 'tenant identifier contains illegal characters';
  throw illegal(request, named, problem);
}

function illegal(request: string, named: string, problem: string): Failure {
  const printed = LEGAL.test(named) ? named : '?';
  return new Failure(
    'invalid-argument',
    `Expected to handle request ${request} with tenant identifier '${printed}', but ${problem}`,
  );
}

/** What a command does, in Camunda's words. */
type Asked = { readonly command: string; readonly permission: string; readonly resource: string };

/** A command that makes something new in a tenant is refused to who is not assigned to it, whether there is such a tenant or not. */
export function refuseForeignTenant(
  tenants: TenantsReached,
  tenantId: string,
  { command, permission, resource }: Asked,
): void {
  if (reachesTenant(tenants, tenantId)) return;
  const detail = `Command '${command}' rejected with code 'FORBIDDEN': Expected to perform operation '${permission}' on resource '${resource}' for tenant '${tenantId}', but user is not assigned to this tenant`;
  throw new Refused(refuse('TENANT_NOT_ASSIGNED', { detail, operator: 'the caller is not assigned to the tenant' }));
}

/** A command on something that there is in a tenant finds nothing where the caller is not assigned to it. */
export function hideForeignTenant(
  tenants: TenantsReached,
  tenantId: string,
  { command, permission, resource }: Asked,
): void {
  if (reachesTenant(tenants, tenantId)) return;
  const detail = `Command '${command}' rejected with code 'NOT_FOUND': Expected to perform operation '${permission}' on resource '${resource}', but no resource was found for tenant '${tenantId}'`;
  throw new Failure('not-found', detail);
}

/** Whether an item is there for the caller at all. */
export function isReached(tenants: TenantsReached, { tenantId }: { readonly tenantId: string }): boolean {
  return reachesTenant(tenants, tenantId);
}
