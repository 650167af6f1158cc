import { authenticated, permission } from '@stagedoor/access';
import type { ClusterPort } from '@stagedoor/cluster';
import { askCluster } from '../../answering/cluster-failure.ts';
import type { Door } from '../../door.ts';
import { Failure } from '../../failure.ts';
import { type Operation, ok, operation } from '../../operation.ts';
import { MULTIPART_LIMIT } from '../../passage/read-multipart.ts';
import { flag, integer, listOf, mapOf, nothing, object, objectWith, oneOf, text } from '../../schema.ts';
import { parseDate } from './search/read-value.ts';
import { visibleIds } from './search/visible-ids.ts';

export type SystemParts = {
  readonly cluster: Pick<ClusterPort, 'searchProcessInstances'>;
  readonly door: Pick<Door, 'snapshot' | 'method' | 'policy'>;
};

const TIME = { ...text, format: 'date-time' } as const;
const USAGE_QUERY = objectWith(
  { startTime: TIME, endTime: TIME, tenantId: text, withTenants: oneOf('true', 'false') },
  ['startTime', 'endTime'],
);
const USAGE = { processInstances: integer, decisionInstances: integer, assignees: integer } as const;
const METRICS = object({ ...USAGE, activeTenants: integer, tenants: mapOf(object(USAGE)) });
const CONFIGURATION = object({
  jobMetrics: object({
    enabled: flag,
    exportInterval: text,
    maxWorkerNameLength: integer,
    maxJobTypeLength: integer,
    maxTenantIdLength: integer,
    maxUniqueKeys: integer,
  }),
  components: object({ active: listOf(text) }),
  deployment: object({ isMultiTenancyEnabled: flag, maxRequestSize: integer }),
  authentication: object({ canLogout: flag, isLoginDelegated: flag }),
  cloud: object({ stage: nothing }),
});

export function systemOperations(parts: SystemParts): readonly Operation[] {
  return [getUsageMetrics(parts), getSystemConfiguration(parts)];
}

/**
 * What was used in a time: instances by their start. This cluster evaluates no decisions and assigns no tasks, so that there
 * are none of those. Whoever may not read the metrics is shown that nothing was used, as the original filters them.
 */
function getUsageMetrics({ cluster, door }: SystemParts): Operation {
  return operation({
    id: 'getUsageMetrics',
    method: 'GET',
    path: '/v2/system/usage-metrics',
    summary: 'How much the cluster was used in a time',
    requirement: permission('SYSTEM', 'READ_USAGE_METRIC', 'visible'),
    query: USAGE_QUERY,
    responses: { 200: METRICS },
    handle: async ({ query, visibility }) => {
      const asked = readUsageQuery(query);
      if (visibleIds(visibility).kind !== 'all') return ok({ ...usage(0), activeTenants: 0, tenants: {} });
      const known = asked.tenantId === null ? [...door.snapshot().tenants.keys()] : [asked.tenantId];
      const total = await startedInstances(cluster, asked, asked.tenantId);
      const used =
        total === 0 ? [] : await usedTenants(known, (tenantId) => startedInstances(cluster, asked, tenantId));
      const tenants = asked.withTenants ? Object.fromEntries(used.map(([id, count]) => [id, usage(count)])) : {};
      return ok({ ...usage(total), activeTenants: used.length, tenants });
    },
  });
}

function getSystemConfiguration({ door }: SystemParts): Operation {
  return operation({
    id: 'getSystemConfiguration',
    method: 'GET',
    path: '/v2/system/configuration',
    summary: 'What a client may want to know of how this was configured',
    requirement: authenticated,
    query: object({}),
    responses: { 200: CONFIGURATION },
    handle: () =>
      ok({
        // Job metrics are not exported: the limits are those of nothing.
        jobMetrics: {
          enabled: false,
          exportInterval: 'PT0S',
          maxWorkerNameLength: 0,
          maxJobTypeLength: 0,
          maxTenantIdLength: 0,
          maxUniqueKeys: 0,
        },
        components: { active: [] },
        deployment: { isMultiTenancyEnabled: door.policy.tenantChecksEnabled, maxRequestSize: MULTIPART_LIMIT },
        authentication: { canLogout: door.method !== 'none', isLoginDelegated: door.method === 'oidc' },
        cloud: { stage: null },
      }),
  });
}

type UsageQuestion = {
  readonly from: number;
  readonly until: number;
  readonly tenantId: string | null;
  readonly withTenants: boolean;
};

function readUsageQuery(query: Readonly<Record<string, unknown>>): UsageQuestion {
  const { tenantId = null, withTenants = 'false' } = query;
  if (tenantId !== null && typeof tenantId !== 'string') throw unfit('tenantId');
  if (withTenants !== 'true' && withTenants !== 'false') throw unfit('withTenants');
  return {
    from: readTime(query, 'startTime'),
    until: readTime(query, 'endTime'),
    tenantId,
    withTenants: withTenants === 'true',
  };
}

function readTime(query: Readonly<Record<string, unknown>>, name: 'startTime' | 'endTime'): number {
  if (query[name] === undefined) throw new Failure('malformed', `Required parameter '${name}' is not present.`);
  const at = parseDate(query[name]);
  if (at === null) throw unfit(name);
  return at;
}

function unfit(name: string): Failure {
  return new Failure('malformed', `The parameter '${name}' cannot be parsed.`);
}

/** Both ends belong to the time. */
async function startedInstances(
  cluster: SystemParts['cluster'],
  { from, until }: UsageQuestion,
  tenantId: string | null,
): Promise<number> {
  const started = [
    { op: 'gte', value: from },
    { op: 'lte', value: until },
  ] as const;
  const found = await askCluster(
    cluster.searchProcessInstances({
      where: [{ field: 'startDate', comparisons: started }],
      sort: [],
      page: { kind: 'offset', from: 0, limit: 0 },
      visible: { kind: 'all' },
      tenants: tenantId === null ? { kind: 'all' } : { kind: 'ids', ids: [tenantId] },
    }),
  );
  return found.total;
}

async function usedTenants(
  tenants: readonly string[],
  count: (tenantId: string) => Promise<number>,
): Promise<readonly (readonly [string, number])[]> {
  const used: (readonly [string, number])[] = [];
  for (const tenantId of tenants) {
    const instances = await count(tenantId);
    if (instances > 0) used.push([tenantId, instances]);
  }
  return used;
}

function usage(processInstances: number): object {
  return { processInstances, decisionInstances: 0, assignees: 0 };
}
