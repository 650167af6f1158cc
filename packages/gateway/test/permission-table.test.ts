import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import { Routes } from '../src/passage/routes.ts';
import { closeDoors, openDoor } from './open-door.ts';

afterEach(closeDoors);

// The reference lies beside the checkout and is not a part of it.
const REFERENCE = join(import.meta.dirname, '../../../../shared/reference/permissions.json');

type Permission = { readonly resourceType: string; readonly permission: string } | { readonly dynamic: string };
type Row = {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly public: boolean;
  readonly requirement: { readonly allOf: readonly Permission[] } | { readonly anyOf: readonly Permission[] } | null;
  readonly enforcement: 'reject' | 'filter' | 'none';
};

/** What the table says in a sentence: which permissions an item may turn out to need. */
const DYNAMIC: Readonly<Record<string, string>> = {
  evaluateExpression: 'one of PROCESS_DEFINITION:READ_PROCESS_INSTANCE',
  correlateMessage: 'one of PROCESS_DEFINITION:CREATE_PROCESS_INSTANCE, PROCESS_DEFINITION:UPDATE_PROCESS_INSTANCE',
  broadcastSignal: 'one of PROCESS_DEFINITION:CREATE_PROCESS_INSTANCE, PROCESS_DEFINITION:UPDATE_PROCESS_INSTANCE',
  deleteResource: 'one of RESOURCE:DELETE_DRD, RESOURCE:DELETE_FORM, RESOURCE:DELETE_PROCESS, RESOURCE:DELETE_RESOURCE',
};

/** Rows below /cluster/v2 that reveal the cluster or change it, for which the table names no permission. */
function isSilentAbout({ path, public: everybody, requirement, operationId }: Row): boolean {
  return path.startsWith('/cluster/v2/') && !everybody && requirement === null && operationId !== 'getClusterTopology';
}

/** What of a requirement the table speaks of: who may call at all, and which permissions are asked for. */
function written(row: Row): string {
  const { operationId, method, public: everybody, requirement } = row;
  if (everybody) return 'anonymous';
  // Deliberate: nothing is open because a table is silent (contract, "Requests").
  if (isSilentAbout(row)) return method === 'GET' ? 'SYSTEM:READ' : 'SYSTEM:UPDATE';
  if (requirement === null) return 'authenticated';
  const [kind, permissions] = 'allOf' in requirement ? ['all-of', requirement.allOf] : ['any-of', requirement.anyOf];
  const names = permissions.map((one) =>
    'dynamic' in one ? String(DYNAMIC[operationId]) : `${one.resourceType}:${one.permission}`,
  );
  return names.length === 1 ? String(names[0]) : `${kind} ${names.sort().join(', ')}`;
}

function declared(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'anonymous':
    case 'authenticated':
      return requirement.kind;
    case 'permission':
      return `${requirement.resourceType}:${requirement.permissionType}`;
    case 'resolved':
      return `one of ${requirement.from.map(declared).sort().join(', ')}`;
    case 'any-of':
    case 'all-of':
      return `${requirement.kind} ${requirement.requirements.map(declared).sort().join(', ')}`;
  }
}

function targetsOf(requirement: Requirement): readonly string[] {
  switch (requirement.kind) {
    case 'permission':
      return [requirement.of];
    case 'resolved':
      return requirement.from.flatMap(targetsOf);
    case 'any-of':
    case 'all-of':
      return requirement.requirements.flatMap(targetsOf);
    default:
      return [];
  }
}

describe('the permission table of v2', () => {
  const isThere = existsSync(REFERENCE);
  const rows = isThere ? (JSON.parse(readFileSync(REFERENCE, 'utf8')) as readonly Row[]) : [];
  const byId = new Map(rows.map((row) => [row.operationId, row]));
  const reason = 'the reference permissions.json is not beside this checkout';
  const operations = async () => {
    const { dialects } = await openDoor();
    return dialects
      .filter(({ name }) => name === 'orchestration')
      .flatMap((dialect) => dialect.operations)
      .filter(({ path }) => path.startsWith('/v2/') || path.startsWith('/cluster/v2/'));
  };

  it('has every operation exactly once, served or not, under its name, its method and its path', async (ctx) => {
    ctx.skip(!isThere, reason);
    const here = (await operations()).map(({ id, method, path }) => `${id} ${method} ${path}`);
    expect(here.sort()).toEqual(rows.map(({ operationId, method, path }) => `${operationId} ${method} ${path}`).sort());
    expect(here).toHaveLength(241);
  });

  it('asks of every operation what Camunda asks of it', async (ctx) => {
    ctx.skip(!isThere, reason);
    for (const { id, requirement } of await operations()) {
      const row = byId.get(id);
      expect(`${id}: ${declared(requirement)}`).toBe(`${id}: ${row === undefined ? 'no row' : written(row)}`);
    }
  });

  it('narrows where Camunda filters, and rejects where Camunda rejects', async (ctx) => {
    ctx.skip(!isThere, reason);
    for (const { id, requirement } of await operations()) {
      const row = byId.get(id);
      const targets = targetsOf(requirement);
      if (row?.enforcement === 'filter') expect(targets, id).toEqual(targets.map(() => 'visible'));
      else expect(targets, id).not.toContain('visible');
      if (row?.enforcement === 'reject') expect(targets.length, id).toBeGreaterThan(0);
    }
  });

  it('leaves nothing open that the table leaves open in silence but the topology', async (ctx) => {
    ctx.skip(!isThere, reason);
    const silent = rows.filter((row) => row.path.startsWith('/cluster/v2/') && row.requirement === null);
    const open = (await operations()).filter(({ id, requirement }) =>
      silent.some((row) => row.operationId === id && targetsOf(requirement).length === 0),
    );
    expect(open.map(({ id, requirement }) => `${id} ${requirement.kind}`).sort()).toEqual([
      'getClusterStatus anonymous',
      'getClusterTopology authenticated',
    ]);
  });

  it('leads every path to its own row, and never to one with a parameter beside it', async () => {
    const routes = new Routes<string>();
    const rows = await operations();
    for (const { id, method, path } of rows) routes.add(method, path, id);
    for (const { id, method, path } of rows) {
      const filled = path.replace(/\{\w+\}/g, '2251799813685249');
      expect(routes.find(method, filled)?.entrance, `${method} ${path}`).toBe(id);
    }
  });
});
