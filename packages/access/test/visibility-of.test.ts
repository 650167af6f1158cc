import { describe, expect, it } from 'vitest';
import { type AccessPolicy, anonymousPrincipal, type PermissionRequirement, visibilityOf } from '../src/index.ts';
import { grant, member, snapshotOf, user } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const instances: PermissionRequirement = {
  kind: 'permission',
  resourceType: 'PROCESS_DEFINITION',
  permissionType: 'READ_PROCESS_INSTANCE',
  of: 'visible',
};
const records = snapshotOf({
  memberships: [member('role', 'readers', 'user', 'bob'), member('role', 'all', 'user', 'carol')],
  authorizations: [
    grant(['USER', 'bob'], ['PROCESS_DEFINITION', 'invoice'], 'READ_PROCESS_INSTANCE'),
    grant(['ROLE', 'readers'], ['PROCESS_DEFINITION', 'order'], 'READ_PROCESS_INSTANCE'),
    grant(['ROLE', 'readers'], ['PROCESS_DEFINITION', 'invoice'], 'READ_PROCESS_INSTANCE'),
    grant(['USER', 'carol'], ['PROCESS_DEFINITION', 'order'], 'READ_PROCESS_INSTANCE'),
    grant(['ROLE', 'all'], ['PROCESS_DEFINITION', '*'], 'READ_PROCESS_INSTANCE'),
    grant(['USER', 'dave'], ['PROCESS_DEFINITION', '*'], 'READ_PROCESS_DEFINITION'),
  ],
});
const seenBy = (name: string, policy = POLICY) =>
  visibilityOf(records, policy, records.principalOf(user(name)), instances);

describe('visibilityOf', () => {
  it('shows nothing to a principal without grants', () => {
    expect(seenBy('nobody')).toEqual({ kind: 'none' });
  });

  it('shows nothing for a grant of another permission', () => {
    expect(seenBy('dave')).toEqual({ kind: 'none' });
  });

  it('shows nothing to an anonymous caller, with or without checks', () => {
    expect(visibilityOf(records, POLICY, anonymousPrincipal, instances)).toEqual({ kind: 'none' });
    const off = { ...POLICY, authorizationsEnabled: false };
    expect(visibilityOf(records, off, anonymousPrincipal, instances)).toEqual({ kind: 'none' });
  });

  it('shows everything to an anonymous caller of an unprotected API', () => {
    expect(visibilityOf(records, { ...POLICY, unprotected: true }, anonymousPrincipal, instances)).toEqual({
      kind: 'all',
    });
  });

  it('shows the ids of all grants together, each once', () => {
    expect(seenBy('bob')).toEqual({ kind: 'ids', ids: ['invoice', 'order'] });
  });

  it('shows everything where one of the grants is a wildcard', () => {
    expect(seenBy('carol')).toEqual({ kind: 'all' });
  });

  it('shows everything where the checks are off', () => {
    expect(seenBy('nobody', { ...POLICY, authorizationsEnabled: false })).toEqual({ kind: 'all' });
  });
});
