import { DEFAULT_TENANT } from '@stagedoor/access';
import { Failure } from '../../failure.ts';

/** Without tenant checks only the default tenant may be named (facts, section 5.5). `request` is Camunda's human word for it. */
export function checkTenant(request: string, tenantId: string | undefined): void {
  if (tenantId === undefined || tenantId === '' || tenantId === DEFAULT_TENANT) return;
  const name = /^[\w.-]{1,31}$/.test(tenantId) ? tenantId : '?';
  throw new Failure(
    'invalid-argument',
    `Expected to handle request ${request} with tenant identifier '${name}', but multi-tenancy is disabled`,
  );
}
