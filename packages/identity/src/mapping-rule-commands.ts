import type { MappingRuleId } from '@stagedoor/access';
import { checkMappingRule, type NamedMappingRule, type NewMappingRule } from './check-record.ts';
import { quoted } from './checked.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { ActingParts } from './identity-parts.ts';
import { changeRecords, type RecordChange } from './record-change.ts';
import { removeTraces } from './removal.ts';
import type { IdentityDatabase } from './tables.ts';

export type MappingRuleRecord = {
  readonly mappingRuleId: string;
  readonly name: string;
  readonly claimName: string;
  readonly claimValue: string;
};

/**
 * Commands on mapping rules. Creating throws INVALID_ARGUMENT or ALREADY_EXISTS, updating INVALID_ARGUMENT or NOT_FOUND;
 * deleting throws NOT_FOUND and takes memberships, grants and the grants on the rule along.
 */
export type MappingRuleCommands = {
  createMappingRule(input: NewMappingRule): Promise<MappingRuleRecord>;
  updateMappingRule(input: NewMappingRule): Promise<MappingRuleRecord>;
  deleteMappingRule(input: { readonly mappingRuleId: string }): Promise<void>;
};

export function mappingRuleCommands(parts: ActingParts): MappingRuleCommands {
  return {
    createMappingRule: (input) => create(parts, input),
    updateMappingRule: (input) => update(parts, input),
    deleteMappingRule: ({ mappingRuleId }) => remove(parts, mappingRuleId),
  };
}

export async function findMappingRule(db: IdentityDatabase, id: string): Promise<MappingRuleRecord | null> {
  const row = await db
    .selectFrom('mapping_rules')
    .select(['mapping_rule_id as mappingRuleId', 'name', 'claim_name as claimName', 'claim_value as claimValue'])
    .where('mapping_rule_id', '=', sought(id))
    .executeTakeFirst();
  return row ?? null;
}

/** False where the id is taken; nothing is written then. */
export async function insertMappingRule(change: RecordChange, rule: NamedMappingRule): Promise<boolean> {
  const { mappingRuleId, claimName, claimValue, name } = rule;
  const result = await change.tx
    .insertInto('mapping_rules')
    .values({ mapping_rule_id: mappingRuleId, name, claim_name: claimName, claim_value: claimValue })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
  reportRule(change, rule);
  return true;
}

async function create(parts: ActingParts, input: NewMappingRule): Promise<MappingRuleRecord> {
  const checked = checkMappingRule(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  return changeRecords(parts, async (change) => {
    if (!(await insertMappingRule(change, checked.value))) {
      const expected = `Expected to create mapping rule with id ${quoted(input.mappingRuleId)}`;
      const message = `${expected}, but a mapping rule with this id already exists`;
      throw new IdentityError('ALREADY_EXISTS', message, 'CREATE');
    }
    change.note('createMappingRule', 'MAPPING_RULE', checked.value.mappingRuleId);
    return checked.value;
  });
}

async function update(parts: ActingParts, input: NewMappingRule): Promise<MappingRuleRecord> {
  const checked = checkMappingRule(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const rule = checked.value;
  return changeRecords(parts, async (change) => {
    const result = await change.tx
      .updateTable('mapping_rules')
      .set({ name: rule.name, claim_name: rule.claimName, claim_value: rule.claimValue })
      .where('mapping_rule_id', '=', rule.mappingRuleId)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw notThere('UPDATE', rule.mappingRuleId);
    reportRule(change, rule);
    change.note('updateMappingRule', 'MAPPING_RULE', rule.mappingRuleId);
    return rule;
  });
}

async function remove(parts: ActingParts, text: string): Promise<void> {
  const id = sought(text);
  await changeRecords(parts, async (change) => {
    const result = await change.tx.deleteFrom('mapping_rules').where('mapping_rule_id', '=', id).executeTakeFirst();
    if (result.numDeletedRows === 0n) throw notThere('DELETE', id);
    change.report({ kind: 'mapping-rule', id, record: null });
    await removeTraces(change, 'mapping-rule', id);
    change.note('deleteMappingRule', 'MAPPING_RULE', id);
  });
}

function reportRule(change: RecordChange, { mappingRuleId, claimName, claimValue }: NamedMappingRule): void {
  change.report({ kind: 'mapping-rule', id: mappingRuleId, record: { mappingRuleId, claimName, claimValue } });
}

/** A text to compare ids with. It is never stored, so it need not be parsed. */
function sought(text: string): MappingRuleId {
  return text as MappingRuleId;
}

function notThere(command: 'UPDATE' | 'DELETE', id: string): IdentityError {
  const expected = `Expected to ${command.toLowerCase()} mapping rule with id ${quoted(id)}`;
  return new IdentityError('NOT_FOUND', `${expected}, but a mapping rule with this id does not exist`, command);
}
