import type { Operation } from '../../../operation.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { namedRecordOperations } from './named-record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

export const ROLES: SearchDescription<'roleId' | 'name'> = {
  fields: {
    roleId: { type: 'text', of: 'roleId', filter: 'plain', sort: true },
    name: { type: 'text', of: 'name', filter: 'plain', sort: true },
  },
};

export function roleOperations(parts: RecordsParts): readonly Operation[] {
  const { records } = parts;
  return namedRecordOperations<'roleId'>(parts, {
    idName: 'roleId',
    noun: 'Role',
    path: '/v2/roles',
    resourceType: 'ROLE',
    description: ROLES,
    absent: (verb, id) => `Expected to ${verb} role with ID '${id}', but a role with this ID does not exist.`,
    one: (id) => records.role(id),
    create: (commands, roleId, rest) => commands.createRole({ roleId, ...rest }),
    update: (commands, roleId, rest) => commands.updateRole({ roleId, ...rest }),
    remove: (commands, roleId) => commands.deleteRole({ roleId }),
    search: (search) => records.searchRoles(search),
  });
}
