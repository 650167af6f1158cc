import { permission } from '@stagedoor/access';
import type { ClusterPort } from '@stagedoor/cluster';
import { askCluster } from '../../answering/cluster-failure.ts';
import { Failure } from '../../failure.ts';
import { type Operation, ok, operation } from '../../operation.ts';
import { integer, listOf, object, text } from '../../schema.ts';
import type { AdministrationParts } from './administration-parts.ts';

const MILLISECONDS = { ...text, pattern: '^[0-9]{1,15}$' } as const;
const QUERY = object({ id: text, start: MILLISECONDS, end: MILLISECONDS });
const TOTAL = object({ total: integer });
const METRICS = object({
  id: text,
  processInstances: TOTAL,
  decisionInstances: TOTAL,
  taskUsers: object({ total: integer, assignees: listOf(text) }),
});

/** `GET /admin-api/usage-metrics` (facts, section 8.1): from `start` until before `end`, in milliseconds since the epoch. */
export function usageMetricsOperations({ cluster, clusterId }: AdministrationParts): readonly Operation[] {
  return [
    operation({
      id: 'getUsageMetricsV1',
      method: 'GET',
      path: '/admin-api/usage-metrics',
      summary: 'How much a cluster was used in a period',
      requirement: permission('SYSTEM', 'READ_USAGE_METRIC', 'everything'),
      query: QUERY,
      responses: { 200: METRICS, 404: null },
      handle: async ({ query }) => {
        const { from, until } = readPeriod(query);
        if (query.id !== clusterId) throw new Failure('not-found', 'There is no cluster with this id here');
        return ok({
          id: clusterId,
          processInstances: { total: await countInstances(cluster, from, until) },
          // This cluster evaluates no decisions and assigns no user tasks yet.
          decisionInstances: { total: 0 },
          taskUsers: { total: 0, assignees: [] },
        });
      },
    }),
  ];
}

function readPeriod({ id, start, end }: { readonly [N in 'id' | 'start' | 'end']?: unknown }) {
  if (typeof id !== 'string' || id === '') throw new Failure('invalid-argument', 'No id provided.');
  return { from: readMilliseconds('start', start), until: readMilliseconds('end', end) };
}

/** A query is texts, or lists of them where a name is there twice. */
function readMilliseconds(name: 'start' | 'end', value: unknown): number {
  if (typeof value === 'string' && /^[0-9]{1,15}$/.test(value)) return Number(value);
  throw new Failure('invalid-argument', `The provided ${name} should be milliseconds since the epoch.`);
}

/** Instances count when they start, whose tenant and process it may be. */
async function countInstances(cluster: ClusterPort, from: number, until: number): Promise<number> {
  const search = cluster.searchProcessInstances({
    where: [
      {
        field: 'startDate',
        comparisons: [
          { op: 'gte', value: from },
          { op: 'lt', value: until },
        ],
      },
    ],
    sort: [],
    page: { kind: 'offset', from: 0, limit: 0 },
    visible: { kind: 'all' },
    tenants: { kind: 'all' },
  });
  const { total } = await askCluster(search);
  return total;
}
