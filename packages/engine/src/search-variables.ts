import { ClusterError, type Comparison, type ProcessInstanceSearch } from '@stagedoor/cluster';
import { compareField } from './compare-field.ts';
import { ALWAYS, type Condition, condition } from './condition.ts';
import type { Column } from './searchable.ts';

/** Each is looked up at every record that is left. */
const MAX_CONDITIONS = 20;
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
  if (comparison.op !== 'exists') return hasVariable(name, compareField(VALUE, 'variables.value', comparison));
  const has = hasVariable(name, ALWAYS);
  return comparison.value ? has : condition(`NOT ${has.sql}`, ...has.values);
}

function hasVariable(name: string, { sql, values }: Condition): Condition {
  const found = 'SELECT 1 FROM variable v WHERE v.scope_key = process_instance.key AND v.name = ?';
  return condition(`EXISTS (${found} AND (${sql}))`, name, ...values);
}
