import { type MemberType, permission, type Requirement } from '@stagedoor/access';
import type { MemberField, MemberName } from '@stagedoor/identity';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { type Call, type Operation, ok, operation } from '../../../operation.ts';
import { type ObjectSchema, object, type Schema, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { sees, visibleIds } from '../search/visible-ids.ts';
import { MAPPING_RULE, MAPPING_RULES, writeMappingRule } from './mapping-rules.ts';
import { CONTAINERS, type ContainerName, MEMBER_KINDS, memberSearchId } from './member-rows.ts';
import { namedRecordSchema } from './named-record-rows.ts';
import { type IdName, pathIds } from './read-path-id.ts';
import { type RecordsParts, readRecordSearch } from './records-parts.ts';
import { ROLES } from './roles.ts';

type Texts = Readonly<Record<string, string | undefined>>;
type SearchCall = Call<Texts, unknown, unknown>;

const SEARCHED = {
  role: ['user', 'client', 'group', 'mapping-rule'],
  group: ['user', 'client', 'mapping-rule'],
  tenant: ['user', 'client', 'group', 'mapping-rule'],
} as const satisfies Record<ContainerName, readonly MemberType[]>;

/**
 * Who is in a role, group or tenant. Ids of members are seen by whoever may read the container; roles and mapping rules are
 * whole records, and are seen by whoever may read them. An unknown container has no members: 200, as in the original.
 */
export function memberSearches(parts: RecordsParts): readonly Operation[] {
  const members = (['role', 'group', 'tenant'] as const).flatMap((container) =>
    SEARCHED[container].map((member) => {
      return member === 'mapping-rule' ? searchMappingRules(parts, container) : searchIds(parts, container, member);
    }),
  );
  return [...members, searchRoles(parts, 'group'), searchRoles(parts, 'tenant')];
}

function searchIds(parts: RecordsParts, container: ContainerName, memberType: 'user' | 'client' | 'group'): Operation {
  const { idName } = MEMBER_KINDS[memberType];
  const description = membersBy(idName);
  return searchRow(container, memberType, {
    requirement: permission(CONTAINERS[container].resourceType, 'READ', 'visible'),
    description,
    item: object({ [idName]: text }),
    handle: async ({ params, body, visibility }) => {
      const of = readContainer(parts, container, memberType, params);
      const query = readRecordSearch(parts, description, body, { kind: 'all' }, scopeOf(of));
      if (!sees(visibility, of.containerId)) return query.emptyPage();
      const found = await askIdentity(parts.records.searchMembers(of, query.search));
      return query.page(found, ({ memberId }) => ({ [idName]: memberId }));
    },
  });
}

/** A group has no roles as members: it is a member of roles, which are what is found. */
function searchRoles(parts: RecordsParts, container: 'group' | 'tenant'): Operation {
  return searchRow(container, 'role', {
    requirement: permission('ROLE', 'READ', 'visible'),
    description: ROLES,
    item: namedRecordSchema('roleId'),
    handle: async ({ params, body, visibility }) => {
      const of = readContainer(parts, container, 'role', params);
      const query = readRecordSearch(parts, ROLES, body, visibleIds(visibility), scopeOf(of));
      const found = await askIdentity(parts.records.searchMemberRoles(of, query.search));
      return query.page(found, ({ roleId, name, description }) => ({ roleId, name, description }));
    },
  });
}

function searchMappingRules(parts: RecordsParts, container: ContainerName): Operation {
  return searchRow(container, 'mapping-rule', {
    requirement: permission('MAPPING_RULE', 'READ', 'visible'),
    description: MAPPING_RULES,
    item: MAPPING_RULE,
    handle: async ({ params, body, visibility }) => {
      const of = readContainer(parts, container, 'mapping-rule', params);
      const query = readRecordSearch(parts, MAPPING_RULES, body, visibleIds(visibility), scopeOf(of));
      const found = await askIdentity(parts.records.searchMemberMappingRules(of, query.search));
      return query.page(found, writeMappingRule);
    },
  });
}

type SearchRow<Field extends string> = {
  readonly requirement: Requirement;
  readonly description: SearchDescription<Field>;
  readonly item: Schema;
  readonly handle: (call: SearchCall) => Promise<object>;
};

function searchRow<Field extends string>(
  container: ContainerName,
  member: MemberType,
  { requirement, description, item, handle }: SearchRow<Field>,
): Operation {
  const { path, idName } = CONTAINERS[container];
  const { segment } = MEMBER_KINDS[member];
  return operation<ReturnType<typeof pathIds>, ObjectSchema, Schema>({
    id: memberSearchId(container, member),
    method: 'POST',
    path: `${path}/${segment}/search`,
    summary: `The ${segment.replace('-', ' ')} of a ${container} that the caller may read`,
    requirement,
    params: pathIds(idName),
    query: object({}),
    body: { kind: 'json', schema: searchRequest(description), optional: true },
    responses: { 200: pageOf(item) },
    handle: async (call) => ok(await handle(call)),
  });
}

function membersBy(idName: IdName): SearchDescription<MemberField> {
  return { fields: { [idName]: { type: 'text', of: 'memberId', sort: true } } };
}

function readContainer<C extends ContainerName>(
  { readId }: RecordsParts,
  container: C,
  memberType: MemberType,
  params: Texts,
) {
  return { container, containerId: readId(CONTAINERS[container].idName, params), memberType };
}

function scopeOf({ container, containerId, memberType }: Omit<MemberName, 'memberId'>): readonly string[] {
  return [memberSearchId(container, memberType), containerId];
}
