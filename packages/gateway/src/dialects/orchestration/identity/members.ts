import { type MemberType, permission } from '@stagedoor/access';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { noContent, type Operation, operation } from '../../../operation.ts';
import { object } from '../../../schema.ts';
import { assignmentId, CONTAINERS, type ContainerName, MEMBER_KINDS } from './member-rows.ts';
import { memberSearches } from './member-searches.ts';
import { rejectedAsUnknown } from './not-found.ts';
import { pathIds } from './read-path-id.ts';
import { change, type RecordsParts } from './records-parts.ts';

const NO_QUERY = object({});
type Texts = Readonly<Record<string, string | undefined>>;

/** The members of roles, groups and tenants: assigning, unassigning and searching them. */
export function memberOperations(parts: RecordsParts): readonly Operation[] {
  const assignments = (['role', 'group', 'tenant'] as const).flatMap((container) =>
    CONTAINERS[container].members.flatMap((member) => [
      assign(parts, container, member),
      unassign(parts, container, member),
    ]),
  );
  return [...assignments, ...memberSearches(parts)];
}

function assign(parts: RecordsParts, container: ContainerName, member: MemberType): Operation {
  const row = assignmentRow(container, member);
  return operation({
    ...row,
    id: assignmentId('assign', container, member),
    method: 'PUT',
    summary: `Makes a ${member.replace('-', ' ')} a member of a ${container}`,
    requirement: permission(row.resourceType, 'UPDATE', 'found'),
    command: 'ADD_ENTITY',
    find: ({ params }) => findContainer(parts, container, 'ADD_ENTITY', params),
    handle: async ({ actor, params }) => {
      const named = readMember(parts, container, member, params);
      await change(parts, actor, (commands) => commands.addMember(named));
      return noContent;
    },
  });
}

function unassign(parts: RecordsParts, container: ContainerName, member: MemberType): Operation {
  const row = assignmentRow(container, member);
  return operation({
    ...row,
    id: assignmentId('unassign', container, member),
    method: 'DELETE',
    summary: `Takes a ${member.replace('-', ' ')} out of a ${container}`,
    requirement: permission(row.resourceType, 'UPDATE', 'found'),
    command: 'REMOVE_ENTITY',
    find: ({ params }) => findContainer(parts, container, 'REMOVE_ENTITY', params),
    handle: async ({ actor, params }) => {
      const named = readMember(parts, container, member, params);
      await change(parts, actor, (commands) => commands.removeMember(named));
      return noContent;
    },
  });
}

function assignmentRow(container: ContainerName, member: MemberType) {
  const { path, idName, resourceType } = CONTAINERS[container];
  const { segment, idName: memberIdName } = MEMBER_KINDS[member];
  return {
    resourceType,
    path: `${path}/${segment}/{${memberIdName}}`,
    params: pathIds(idName, memberIdName),
    query: NO_QUERY,
    responses: { 204: null },
  } as const;
}

function readMember({ readId }: RecordsParts, container: ContainerName, memberType: MemberType, params: Texts) {
  return {
    container,
    containerId: readId(CONTAINERS[container].idName, params),
    memberType,
    memberId: readId(MEMBER_KINDS[memberType].idName, params),
  };
}

async function findContainer(
  { records, readId }: RecordsParts,
  container: ContainerName,
  command: 'ADD_ENTITY' | 'REMOVE_ENTITY',
  params: Texts,
) {
  const { idName, absent } = CONTAINERS[container];
  const id = readId(idName, params);
  const found = await askIdentity<object | null>(records[container](id));
  if (found === null) throw rejectedAsUnknown(command, absent(id));
  return [{ resourceId: id }];
}
