import type { AccessPolicy } from './decide.ts';
import type { Principal } from './principal.ts';
import type { TenantId } from './vocabulary.ts';

/** The tenants whose items a caller reaches. `all` where nobody asks for tenants: the checks are off. */
export type TenantsReached = { readonly kind: 'all' } | { readonly kind: 'ids'; readonly ids: readonly TenantId[] };

const ALL: TenantsReached = { kind: 'all' };
const NONE: TenantsReached = { kind: 'ids', ids: [] };

/**
 * Whose items a caller may know of, apart from permissions: both have to let him. An item of another tenant is as good as
 * absent. The default tenant is a tenant like the others here: who is not assigned to it does not reach it.
 */
export function tenantsReached({ tenantChecksEnabled }: AccessPolicy, principal: Principal): TenantsReached {
  if (!tenantChecksEnabled) return ALL;
  return principal.kind === 'anonymous' ? NONE : { kind: 'ids', ids: principal.tenants };
}

export function reachesTenant(reached: TenantsReached, tenantId: string): boolean {
  return reached.kind === 'all' || reached.ids.some((id) => id === tenantId);
}
