import { describe, expect, it } from 'vitest';
import {
  decide,
  grantsOfOperateRoles,
  hasPermission,
  OPERATE_ROLES,
  type PermissionRequirement,
  parseId,
  permission,
  type RoleId,
  tokenRoleOf,
} from '../src/index.ts';
import { client, snapshotOf } from './records.ts';

const POLICY = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const READ = permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'everything');
const CANCEL = permission('PROCESS_DEFINITION', 'CANCEL_PROCESS_INSTANCE', 'everything');
const DELETE = permission('PROCESS_DEFINITION', 'DELETE_PROCESS_INSTANCE', 'everything');

/** What a token with these permissions for Operate may do. */
function may(permissions: readonly string[], requirement: PermissionRequirement): boolean {
  const snapshot = snapshotOf({});
  const roles = permissions.flatMap((one) => tokenRoleOf(one) ?? []);
  const principal = snapshot.principalOfToken({ subject: client('old'), groups: null, claims: {}, roles });
  return decide(snapshot, POLICY, principal, requirement).allowed;
}

describe('the permissions of a token for Operate 8.6', () => {
  it('read with read:* and nothing else', () => {
    expect([READ, CANCEL, DELETE].map((one) => may(['read:*'], one))).toEqual([true, false, false]);
  });

  it('change and delete with write:*, and do not read', () => {
    expect([READ, CANCEL, DELETE].map((one) => may(['write:*'], one))).toEqual([false, true, true]);
  });

  it('are worth nothing in any other word', () => {
    for (const word of ['', '*', 'read', 'read:process', 'READ:*', 'admin', 'operate:read', 'toString', '__proto__'])
      expect([READ, CANCEL, DELETE].some((one) => may([word], one))).toBe(false);
  });

  it('give nothing of administration', () => {
    const create = permission('USER', 'CREATE', 'everything');
    const deploy = permission('RESOURCE', 'CREATE', 'everything');
    for (const one of [create, deploy]) expect(may(['read:*', 'write:*'], one)).toBe(false);
  });

  it('are those of the token alone: the same client without them has nothing', () => {
    const snapshot = snapshotOf({});
    const roles = [tokenRoleOf('read:*')].filter((role): role is RoleId => role !== undefined);
    snapshot.principalOfToken({ subject: client('old'), groups: null, claims: {}, roles });
    const without = snapshot.principalOfToken({ subject: client('old'), groups: null, claims: {} });
    expect(decide(snapshot, POLICY, without, READ).allowed).toBe(false);
    expect(decide(snapshot, POLICY, snapshot.principalOf(client('old')), READ).allowed).toBe(false);
  });

  it('outlive changes of the records', () => {
    const snapshot = snapshotOf({}).apply([{ kind: 'administrator-existed' }], 2);
    const roles = ['operate:read' as RoleId];
    const principal = snapshot.principalOfToken({ subject: client('old'), groups: null, claims: {}, roles });
    expect(decide(snapshot, POLICY, principal, READ).allowed).toBe(true);
  });
});

describe('a role that only a token carries', () => {
  it('is no id of a record, whatever pattern is configured', () => {
    expect(parseId('roleId', 'operate:read', /^.*$/)).toMatchObject({ ok: false });
    expect(parseId('roleId', 'operate:anything', /^.*$/)).toMatchObject({ ok: false });
    expect(parseId('roleId', 'operate-read', /^.*$/)).toMatchObject({ ok: true });
  });
});

describe('the roles of Operate’s users', () => {
  it('are grants that their resource types have, each type once', () => {
    for (const role of OPERATE_ROLES) {
      const grants = grantsOfOperateRoles([role, role]);
      const types = grants.map(({ resourceType }) => resourceType);
      expect(new Set(types).size).toBe(types.length);
      for (const { resourceType, permissionTypes } of grants) {
        expect(permissionTypes.every((one) => hasPermission(resourceType, one))).toBe(true);
        expect(new Set(permissionTypes).size).toBe(permissionTypes.length);
      }
    }
  });
});
