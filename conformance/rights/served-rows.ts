import type { Program } from '../program/start-program.ts';
import { type Answer, ask, type Credentials, done } from './ask.ts';
import { type FullHouse, pathOf } from './full-house.ts';
import { deploymentOf } from './processes.ts';

export type Row = { readonly method: string; readonly path: string };

/** Whom somebody would like to give something that he may not give. */
export type Owner = { readonly ownerType: 'USER' | 'CLIENT'; readonly ownerId: string };

/** Bodies that would do, if he might. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v2/users': { username: 'mallory', password: 'a password' },
  'PUT /v2/users/{username}': { name: 'Mallory' },
  'POST /v2/roles': { roleId: 'mallory', name: 'Mallory' },
  'PUT /v2/roles/{roleId}': { name: 'Mallory' },
  'POST /v2/groups': { groupId: 'mallory', name: 'Mallory' },
  'PUT /v2/groups/{groupId}': { name: 'Mallory' },
  'POST /v2/tenants': { tenantId: 'mallory', name: 'Mallory' },
  'PUT /v2/tenants/{tenantId}': { name: 'Mallory' },
  'POST /v2/mapping-rules': { mappingRuleId: 'mallory', name: 'Mallory', claimName: 'sub', claimValue: 'mallory' },
  'PUT /v2/mapping-rules/{mappingRuleId}': { name: 'Mallory', claimName: 'sub', claimValue: 'mallory' },
  'POST /v2/setup/user': { username: 'mallory', password: 'a password' },
  'POST /v2/deployments': deploymentOf('mallory'),
  'POST /v2/process-instances': { processDefinitionId: 'curtain-call' },
};
const GRANT = { resourceType: 'SYSTEM', resourceId: '*', permissionTypes: ['READ'] };

/** Every row with a handler, as the documents of the APIs list them. */
export async function servedRows(program: Program): Promise<readonly Row[]> {
  const documents = await Promise.all(
    ['/openapi.json', '/openapi/operate.json', '/openapi/zeebe.json'].map((path) => done(program, path, { as: {} })),
  );
  return documents.flatMap(({ paths }) =>
    Object.entries(paths as Record<string, Record<string, unknown>>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    ),
  );
}

/** Calls it, for what the house has, with a body that would do: what is refused is not refused for its form. */
export function callRow(house: FullHouse, row: Row, as: Credentials, owner: Owner): Promise<Answer> {
  const body = bodyOf(row, owner);
  return ask(house.program, pathOf(house, row.path), {
    as,
    method: row.method,
    ...(body === undefined ? {} : { body }),
  });
}

function bodyOf({ method, path }: Row, owner: Owner): unknown {
  const isMembership = method === 'PUT' && /\{\w+\}\/[\w-]+\/\{\w+\}$/.test(path);
  if (method === 'GET' || method === 'DELETE' || isMembership) return undefined;
  if (/^\/v2\/authorizations(\/\{\w+\})?$/.test(path)) return { ...GRANT, ...owner };
  return BODIES[`${method} ${path}`] ?? {};
}
