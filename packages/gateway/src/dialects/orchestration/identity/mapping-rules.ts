import { permission } from '@stagedoor/access';
import type { MappingRuleField, MappingRuleRecord } from '@stagedoor/identity';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { noContent, type Operation, ok, operation } from '../../../operation.ts';
import { object, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import { notFound, rejectedAsUnknown } from './not-found.ts';
import { pathIds } from './read-path-id.ts';
import { change, type RecordsParts, readRecordSearch } from './records-parts.ts';

const CHANGED_RULE = object({ claimName: text, claimValue: text, name: text });
export const MAPPING_RULE = object({ mappingRuleId: text, claimName: text, claimValue: text, name: text });
export const MAPPING_RULES: SearchDescription<MappingRuleField> = {
  fields: {
    mappingRuleId: { type: 'text', of: 'mappingRuleId', filter: 'plain', sort: true },
    name: { type: 'text', of: 'name', filter: 'plain', sort: true },
    claimName: { type: 'text', of: 'claimName', filter: 'plain', sort: true },
    claimValue: { type: 'text', of: 'claimValue', filter: 'plain', sort: true },
  },
};

const PATH = pathIds('mappingRuleId');
const NO_QUERY = object({});
type OnOne = { readonly params: Readonly<Record<string, string | undefined>> };

export function mappingRuleOperations(parts: RecordsParts): readonly Operation[] {
  return [createRule(parts), getRule(parts), updateRule(parts), deleteRule(parts), searchRules(parts)];
}

function createRule(parts: RecordsParts): Operation {
  return operation({
    id: 'createMappingRule',
    method: 'POST',
    path: '/v2/mapping-rules',
    summary: 'Creates a mapping rule: whoever brings a claim of this value is what the rule is a member of',
    requirement: permission('MAPPING_RULE', 'CREATE', 'everything'),
    command: 'CREATE',
    query: NO_QUERY,
    body: { kind: 'json', schema: MAPPING_RULE },
    responses: { 201: MAPPING_RULE },
    handle: async ({ actor, body }) => {
      const made = await change(parts, actor, (commands) => commands.createMappingRule(body));
      return { status: 201, body: writeMappingRule(made) };
    },
  });
}

function getRule(parts: RecordsParts): Operation {
  const found = async ({ params }: OnOne) => {
    const id = parts.readId('mappingRuleId', params);
    const rule = await askIdentity(parts.records.mappingRule(id));
    if (rule === null) throw notFound(`Mapping Rule with id '${id}' not found`);
    return rule;
  };
  return operation({
    id: 'getMappingRule',
    method: 'GET',
    path: '/v2/mapping-rules/{mappingRuleId}',
    summary: 'One mapping rule',
    requirement: permission('MAPPING_RULE', 'READ', 'found'),
    params: PATH,
    query: NO_QUERY,
    responses: { 200: MAPPING_RULE },
    find: async (call) => [{ resourceId: (await found(call)).mappingRuleId }],
    handle: async (call) => ok(writeMappingRule(await found(call))),
  });
}

function updateRule(parts: RecordsParts): Operation {
  return operation({
    id: 'updateMappingRule',
    method: 'PUT',
    path: '/v2/mapping-rules/{mappingRuleId}',
    summary: 'Changes a mapping rule',
    requirement: permission('MAPPING_RULE', 'UPDATE', 'found'),
    command: 'UPDATE',
    params: PATH,
    query: NO_QUERY,
    body: { kind: 'json', schema: CHANGED_RULE },
    responses: { 200: MAPPING_RULE },
    find: (call) => findForCommand(parts, 'UPDATE', call),
    handle: async ({ actor, params, body }) => {
      const mappingRuleId = parts.readId('mappingRuleId', params);
      const rule = await change(parts, actor, (commands) => commands.updateMappingRule({ ...body, mappingRuleId }));
      return ok(writeMappingRule(rule));
    },
  });
}

function deleteRule(parts: RecordsParts): Operation {
  return operation({
    id: 'deleteMappingRule',
    method: 'DELETE',
    path: '/v2/mapping-rules/{mappingRuleId}',
    summary: 'Deletes a mapping rule, its grants and its memberships',
    requirement: permission('MAPPING_RULE', 'DELETE', 'found'),
    command: 'DELETE',
    params: PATH,
    query: NO_QUERY,
    responses: { 204: null },
    find: (call) => findForCommand(parts, 'DELETE', call),
    handle: async ({ actor, params }) => {
      const mappingRuleId = parts.readId('mappingRuleId', params);
      await change(parts, actor, (commands) => commands.deleteMappingRule({ mappingRuleId }));
      return noContent;
    },
  });
}

function searchRules(parts: RecordsParts): Operation {
  return operation({
    id: 'searchMappingRule',
    method: 'POST',
    path: '/v2/mapping-rules/search',
    summary: 'The mapping rules that the caller may read',
    requirement: permission('MAPPING_RULE', 'READ', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: searchRequest(MAPPING_RULES), optional: true },
    responses: { 200: pageOf(MAPPING_RULE) },
    handle: async ({ body, visibility }) => {
      const query = readRecordSearch(parts, MAPPING_RULES, body, visibleIds(visibility), ['searchMappingRule']);
      const found = await askIdentity(parts.records.searchMappingRules(query.search));
      return ok(query.page(found, writeMappingRule));
    },
  });
}

async function findForCommand({ records, readId }: RecordsParts, command: 'UPDATE' | 'DELETE', { params }: OnOne) {
  const id = readId('mappingRuleId', params);
  if ((await askIdentity(records.mappingRule(id))) !== null) return [{ resourceId: id }];
  const expected = `Expected to ${command.toLowerCase()} mapping rule with id '${id}'`;
  throw rejectedAsUnknown(command, `${expected}, but a mapping rule with this id does not exist.`);
}

export function writeMappingRule({ mappingRuleId, claimName, claimValue, name }: MappingRuleRecord): object {
  return { mappingRuleId, claimName, claimValue, name };
}
