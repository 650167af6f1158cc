import type { TenantsReached, Visibility } from '@stagedoor/access';
import {
  type Comparison,
  type FieldCondition,
  matchesPattern,
  type ProcessInstanceField,
  type ProcessInstanceSearch,
} from '@stagedoor/cluster';
import { flag, listOf, object, objectWith, text } from '../../../schema.ts';
import type { Cursors } from '../search/cursors.ts';
import { membersOf, readFilter } from '../search/read-filter.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { readSearch, type SearchQuery } from '../search/search-query.ts';
import { visibleIds } from '../search/visible-ids.ts';
import { STATE_NAMES, STATES, type State } from './process-instance.ts';
import { refuseUnservedFilters, unservedFilters } from './unserved-filters.ts';

/** What is said of incidents, elements and batches cannot be searched by yet. */
const UNSERVED = [
  'batchOperationId',
  'batchOperationKey',
  'errorMessage',
  'hasRetriesLeft',
  'elementId',
  'elementInstanceState',
  'hasElementInstanceIncident',
  'incidentErrorHashCode',
];

const TEXTS = { ...listOf(text), maxItems: 1000 } as const;
const TEXT_OPERATORS = { $eq: text, $neq: text, $exists: flag, $in: TEXTS, $notIn: TEXTS, $like: text } as const;
const VARIABLE = object({ name: text, value: { anyOf: [text, objectWith(TEXT_OPERATORS, [])] } });
/** The value of a variable, read as other texts are. */
const VARIABLE_VALUE: SearchDescription<'value'> = {
  fields: { value: { type: 'text', of: 'value', filter: 'advanced' } },
};

export const PROCESS_INSTANCES: SearchDescription<ProcessInstanceField> = {
  fields: {
    processInstanceKey: { type: 'key', of: 'key', filter: 'advanced', sort: true },
    processDefinitionId: { type: 'text', of: 'bpmnProcessId', filter: 'advanced', sort: true },
    processDefinitionName: { type: 'text', of: 'processName', filter: 'advanced', sort: true },
    processDefinitionVersion: { type: 'number', of: 'processVersion', filter: 'advanced', sort: true },
    processDefinitionVersionTag: { type: 'text', of: 'processVersionTag', filter: 'advanced', sort: true },
    processDefinitionKey: { type: 'key', of: 'processDefinitionKey', filter: 'advanced', sort: true },
    parentProcessInstanceKey: { type: 'key', of: 'parentKey', filter: 'advanced', sort: true },
    parentElementInstanceKey: { type: 'key', of: 'parentFlowNodeInstanceKey', filter: 'advanced', sort: true },
    startDate: { type: 'date', of: 'startDate', filter: 'advanced', sort: true },
    endDate: { type: 'date', of: 'endDate', filter: 'advanced', sort: true },
    state: { type: { oneOf: STATE_NAMES }, of: 'state', filter: 'advanced', sort: true },
    hasIncident: { type: 'flag', of: 'incident', filter: 'plain', sort: true },
    tenantId: { type: 'text', of: 'tenantId', filter: 'advanced', sort: true },
    businessId: { type: 'text', of: null, filter: 'advanced', sort: true },
    tags: { type: 'text', of: null, filter: 'list' },
  },
  alternatives: true,
  more: { ...unservedFilters(UNSERVED), variables: { ...listOf(VARIABLE), maxItems: 20 } },
};

type Context = { readonly cursors: Cursors; readonly visibility: Visibility; readonly tenants: TenantsReached };
type ReadSearch = { readonly query: SearchQuery<ProcessInstanceField>; readonly search: ProcessInstanceSearch };

/** Reads the body of a search for instances that the caller may see. Throws a `Failure` for what is not served. */
export function readProcessInstanceSearch(body: unknown, { cursors, visibility, tenants }: Context): ReadSearch {
  refuseUnservedFilters(body, UNSERVED, [...UNSERVED, 'variables']);
  const variables = readVariables(membersOf(membersOf(body).filter).variables);
  const scope = ['searchProcessInstances', JSON.stringify(variables)];
  const query = readSearch(PROCESS_INSTANCES, body, { cursors, visible: visibleIds(visibility), scope });
  const { where, anyOf, ...rest } = query.search;
  const alternatives = anyOf === undefined ? {} : { anyOf: anyOf.map(inStatesOfPort) };
  return { query, search: { ...rest, where: inStatesOfPort(where), ...alternatives, variables, tenants } };
}

function readVariables(variables: unknown): NonNullable<ProcessInstanceSearch['variables']> {
  return (Array.isArray(variables) ? variables : []).map((variable) => {
    const { name } = membersOf(variable);
    const { filter } = readFilter(VARIABLE_VALUE, membersOf(variable));
    const where = filter.kind === 'conditions' ? filter.where : [];
    return { name: String(name), comparisons: where.flatMap(({ comparisons }) => comparisons) };
  });
}

type Conditions = readonly FieldCondition<ProcessInstanceField>[];

/** The port has another name for one state: conditions on states become the list of those for which they hold. */
function inStatesOfPort(conditions: Conditions): Conditions {
  return conditions.map((condition) => {
    if (condition.field !== 'state') return condition;
    const holding = STATE_NAMES.filter((state) => condition.comparisons.every((one) => holds(state, one)));
    return { field: 'state', comparisons: [{ op: 'in', values: holding.map((state) => STATES[state]) }] };
  });
}

function holds(state: State, comparison: Comparison): boolean {
  switch (comparison.op) {
    case 'eq':
      return comparison.value === state;
    case 'neq':
      return comparison.value !== state;
    case 'in':
      return comparison.values.includes(state);
    case 'notIn':
      return !comparison.values.includes(state);
    case 'exists':
      return comparison.value;
    case 'like':
      return matchesPattern(state, comparison.pattern);
    default:
      // States have no order, and the reader lets no such operator through.
      return false;
  }
}
