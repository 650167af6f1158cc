import type { Operation } from '../../../operation.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { namedRecordOperations } from './named-record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

const GROUPS: SearchDescription<'groupId' | 'name'> = {
  fields: {
    groupId: { type: 'text', of: 'groupId', filter: 'advanced', sort: true },
    name: { type: 'text', of: 'name', filter: 'plain', sort: true },
  },
};

export function groupOperations(parts: RecordsParts): readonly Operation[] {
  const { records } = parts;
  return namedRecordOperations<'groupId'>(parts, {
    idName: 'groupId',
    noun: 'Group',
    path: '/v2/groups',
    resourceType: 'GROUP',
    description: GROUPS,
    absent: (verb, id) => `Expected to ${verb} group with ID '${id}', but a group with this ID does not exist.`,
    one: (id) => records.group(id),
    create: (commands, groupId, rest) => commands.createGroup({ groupId, ...rest }),
    update: (commands, groupId, rest) => commands.updateGroup({ groupId, ...rest }),
    remove: (commands, groupId) => commands.deleteGroup({ groupId }),
    search: (search) => records.searchGroups(search),
  });
}
