import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  anonymousPrincipal,
  DEFAULT_TENANT,
  type Principal,
  parseId,
  reachesTenant,
  type TenantId,
  tenantsReached,
} from '../src/index.ts';

const CHECKED: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: true };
const UNCHECKED: AccessPolicy = { ...CHECKED, tenantChecksEnabled: false };

function userIn(...tenants: readonly string[]): Principal {
  const username = parseId('username', 'mary');
  if (!username.ok) throw new Error(username.problem);
  // Tests only: these texts are known to be ids.
  const ids = tenants as readonly TenantId[];
  return { kind: 'user', username: username.value, groups: [], roles: [], mappingRules: [], tenants: ids };
}

describe('the tenants that a caller reaches', () => {
  it('are those he is assigned to', () => {
    const reached = tenantsReached(CHECKED, userIn('red', 'blue'));
    expect(['red', 'blue', 'Red', 'green', '*', '', DEFAULT_TENANT].map((id) => reachesTenant(reached, id))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('are none for who is assigned to none, not even the default one', () => {
    const reached = tenantsReached(CHECKED, userIn());
    expect(reached).toEqual({ kind: 'ids', ids: [] });
    expect(reachesTenant(reached, DEFAULT_TENANT)).toBe(false);
  });

  it('are none for nobody in particular, be the API protected or not', () => {
    for (const unprotected of [true, false])
      expect(tenantsReached({ ...CHECKED, unprotected }, anonymousPrincipal)).toEqual({ kind: 'ids', ids: [] });
  });

  it('do not depend on whether permissions are checked', () => {
    const policy = { ...CHECKED, authorizationsEnabled: false };
    expect(tenantsReached(policy, userIn('red'))).toEqual({ kind: 'ids', ids: ['red'] });
  });

  it('are all where they are not checked', () => {
    for (const principal of [userIn(), userIn('red'), anonymousPrincipal])
      expect(reachesTenant(tenantsReached(UNCHECKED, principal), 'blue')).toBe(true);
  });
});
