import { ClusterError, type Comparison, type ProcessInstanceSearch } from '@stagedoor/cluster';
import { compareField } from './compare-field.ts';
import { ALWAYS, allOf, type Condition, condition } from './condition.ts';
import type { Column } from './searchable.ts';

/** Each is looked up at every record that is left. */
const MAX_CONDITIONS = 20;
/** Longer values, in characters of JSON, are of no pattern: trying one takes its length times that of the value. */
const MAX_MATCHED_LENGTH = 8192;
const VALUE: Column = { name: 'v.value', kind: 'text', nullable: false };

/** Instances that have each of these variables in their own scope with such a value, or that have none of its name. */
export function withVariables(variables: ProcessInstanceSearch['variables'] = []): readonly Condition[] {
  const number = variables.reduce((sum, { comparisons }) => sum + Math.max(1, comparisons.length), 0);
  if (number > MAX_CONDITIONS)
    throw new ClusterError('INVALID_ARGUMENT', `Expected at most ${MAX_CONDITIONS} conditions on variables`);
  return variables.flatMap(({ name, comparisons }) =>
    comparisons.length === 0 ? [hasVariable(name, ALWAYS)] : comparisons.map((one) => comparedVariable(name, one)),
  );
}

function comparedVariable(name: string, comparison: Comparison): Condition {
  if (comparison.op !== 'exists') {
    const compared = compareField(VALUE, 'variables.value', comparison);
    const isShort = condition(`length(${VALUE.name}) <= ${MAX_MATCHED_LENGTH}`);
    return hasVariable(name, comparison.op === 'like' ? allOf([isShort, compared]) : compared);
  }
  const has = hasVariable(name, ALWAYS);
  return comparison.value ? has : condition(`NOT ${has.sql}`, ...has.values);
}

function hasVariable(name: string, { sql, values }: Condition): Condition {
  const found = 'SELECT 1 FROM variable v WHERE v.scope_key = process_instance.key AND v.name = ?';
  return condition(`EXISTS (${found} AND (${sql}))`, name, ...values);
}
