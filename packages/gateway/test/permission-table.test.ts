import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
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

/** What of a requirement the table speaks of: who may call at all, and which permissions are asked for. */
function written({ public: everybody, requirement }: Row): string {
  if (everybody) return 'anonymous';
  if (requirement === null) return 'authenticated';
  const [kind, permissions] = 'allOf' in requirement ? ['all-of', requirement.allOf] : ['any-of', requirement.anyOf];
  const names = permissions.map((one) =>
    'dynamic' in one ? `dynamic: ${one.dynamic}` : `${one.resourceType}:${one.permission}`,
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
    case 'any-of':
    case 'all-of':
      return `${requirement.kind} ${requirement.requirements.map(declared).sort().join(', ')}`;
    case 'resolved':
      return `dynamic: ${requirement.by}`;
  }
}

const targetsOf = (requirement: Requirement): readonly string[] =>
  requirement.kind === 'permission'
    ? [requirement.of]
    : 'requirements' in requirement
      ? requirement.requirements.flatMap(targetsOf)
      : [];

describe('the permission table of v2', () => {
  const isThere = existsSync(REFERENCE);
  const rows = isThere ? (JSON.parse(readFileSync(REFERENCE, 'utf8')) as readonly Row[]) : [];
  const reason = isThere ? '' : ' (skipped: the reference permissions.json is not beside this checkout)';
  const operations = async () => {
    const { dialects } = await openDoor();
    return dialects.filter(({ name }) => name === 'orchestration').flatMap((dialect) => dialect.operations);
  };

  it.skipIf(!isThere)(`has a row for every operation, under its name${reason}`, async () => {
    for (const { id, method, path } of await operations()) {
      const row = rows.find(({ operationId }) => operationId === id);
      expect({ id, method: row?.method, path: row?.path }).toEqual({ id, method, path });
    }
  });

  it.skipIf(!isThere)(`asks of every operation what Camunda asks of it${reason}`, async () => {
    for (const { id, requirement } of await operations()) {
      const row = rows.find(({ operationId }) => operationId === id);
      expect(`${id}: ${declared(requirement)}`).toBe(`${id}: ${row === undefined ? 'no row' : written(row)}`);
    }
  });

  it.skipIf(!isThere)(`narrows where Camunda filters, and rejects where Camunda rejects${reason}`, async () => {
    for (const { id, requirement } of await operations()) {
      const row = rows.find(({ operationId }) => operationId === id);
      const targets = targetsOf(requirement);
      if (row?.enforcement === 'filter') expect(targets, id).toEqual(targets.map(() => 'visible'));
      else expect(targets, id).not.toContain('visible');
      if (row?.enforcement === 'reject') expect(targets.length, id).toBeGreaterThan(0);
    }
  });
});
