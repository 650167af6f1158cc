import type { MappingRuleField, MappingRuleRecord } from '@stagedoor/identity';
import type { Operation } from '../../../operation.ts';
import { object, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pathId } from './read-path-id.ts';
import { recordRows } from './record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

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

export function mappingRuleOperations(parts: RecordsParts): readonly Operation[] {
  const { records, readId } = parts;
  return recordRows(parts, {
    noun: 'MappingRule',
    path: '/v2/mapping-rules',
    resourceType: 'MAPPING_RULE',
    id: pathId(readId, 'mappingRuleId'),
    schema: MAPPING_RULE,
    write: writeMappingRule,
    absent: (verb, id) =>
      `Expected to ${verb} mapping rule with id '${id}', but a mapping rule with this id does not exist.`,
    create: {
      summary: 'Creates a mapping rule: whoever brings a claim of this value is what the rule is a member of',
      body: MAPPING_RULE,
      run: (commands, rule) => commands.createMappingRule(rule),
    },
    get: {
      summary: 'One mapping rule',
      unknown: (id) => `Mapping Rule with id '${id}' not found`,
      one: (id) => records.mappingRule(id),
      idOf: ({ mappingRuleId }) => mappingRuleId,
    },
    update: {
      summary: 'Changes a mapping rule',
      body: CHANGED_RULE,
      run: (commands, mappingRuleId, changes) => commands.updateMappingRule({ ...changes, mappingRuleId }),
    },
    remove: {
      summary: 'Deletes a mapping rule, its grants and its memberships',
      run: (commands, mappingRuleId) => commands.deleteMappingRule({ mappingRuleId }),
    },
    search: {
      id: 'searchMappingRule',
      summary: 'The mapping rules that the caller may read',
      description: MAPPING_RULES,
      find: (search) => records.searchMappingRules(search),
    },
  });
}

export function writeMappingRule({ mappingRuleId, claimName, claimValue, name }: MappingRuleRecord): object {
  return { mappingRuleId, claimName, claimValue, name };
}
