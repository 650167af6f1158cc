import type { Operation } from '../../../operation.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { namedRecordOperations } from './named-record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

const TENANTS: SearchDescription<'tenantId' | 'name'> = {
  fields: {
    tenantId: { type: 'text', of: 'tenantId', filter: 'plain', sort: true },
    name: { type: 'text', of: 'name', filter: 'plain', sort: true },
    key: { type: 'key', of: null, sort: true },
  },
};

export function tenantOperations(parts: RecordsParts): readonly Operation[] {
  const { records } = parts;
  return namedRecordOperations<'tenantId'>(parts, {
    idName: 'tenantId',
    noun: 'Tenant',
    path: '/v2/tenants',
    resourceType: 'TENANT',
    description: TENANTS,
    absent: (verb, id) => `Expected to ${verb} tenant with id '${id}', but no tenant with this id exists.`,
    one: (id) => records.tenant(id),
    create: (commands, tenantId, rest) => commands.createTenant({ tenantId, ...rest }),
    update: (commands, tenantId, rest) => commands.updateTenant({ tenantId, ...rest }),
    remove: (commands, tenantId) => commands.deleteTenant({ tenantId }),
    search: (search) => records.searchTenants(search),
  });
}
