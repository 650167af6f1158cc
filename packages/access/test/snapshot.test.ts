import { describe, expect, it } from 'vitest';
import { DEFAULT_TENANT, type GroupId, type TokenSubject } from '../src/index.ts';
import { client, grant, mappingRuleId, member, snapshotOf, user, username } from './records.ts';

const ann = {
  username: username('ann'),
  name: 'Ann',
  email: '',
  passwordHash: 'hash',
  credentialVersion: '1',
};

function token(claims: Record<string, unknown>, groups: string[] | null = null): TokenSubject {
  return { subject: user('ann'), groups: groups as GroupId[] | null, claims };
}

describe('a snapshot', () => {
  it('finds users by their exact name and nobody else', () => {
    const snapshot = snapshotOf({ users: [ann] });
    expect(snapshot.user('ann')).toBe(ann);
    for (const name of ['ANN', 'ann ', '', '__proto__', 'constructor']) expect(snapshot.user(name)).toBeUndefined();
    expect([...snapshot.users()]).toEqual([ann]);
  });

  it('reaches nothing for owners, resources and permissions that no grant names', () => {
    const snapshot = snapshotOf({ authorizations: [grant(['USER', 'ann'], ['USER', 'ann'], 'READ')] });
    expect(snapshot.reach('USER', 'ann', 'USER', 'READ')).toEqual({ all: false, ids: new Set(['ann']) });
    for (const other of [
      snapshot.reach('CLIENT', 'ann', 'USER', 'READ'),
      snapshot.reach('USER', 'an', 'USER', 'READ'),
      snapshot.reach('USER', 'ann', 'ROLE', 'READ'),
      snapshot.reach('USER', 'ann', 'USER', 'UPDATE'),
    ]) {
      expect(other).toEqual({ all: false, ids: new Set() });
    }
  });

  it('joins the grants of one owner', () => {
    const snapshot = snapshotOf({
      authorizations: [
        grant(['ROLE', 'r'], ['USER', 'a'], 'READ'),
        grant(['ROLE', 'r'], ['USER', 'b'], 'READ'),
        grant(['ROLE', 'r'], ['USER', '*'], 'UPDATE'),
      ],
    });
    expect(snapshot.reach('ROLE', 'r', 'USER', 'READ')).toEqual({ all: false, ids: new Set(['a', 'b']) });
    expect(snapshot.reach('ROLE', 'r', 'USER', 'UPDATE').all).toBe(true);
  });

  it('resolves groups, then roles of the groups, then tenants of the roles', () => {
    const snapshot = snapshotOf({
      memberships: [
        member('group', 'g', 'user', 'ann'),
        member('role', 'r', 'group', 'g'),
        member('tenant', DEFAULT_TENANT, 'role', 'r'),
        member('tenant', 't', 'group', 'g'),
      ],
    });
    expect(snapshot.principalOf(user('ann'))).toEqual({
      kind: 'user',
      username: 'ann',
      mappingRules: [],
      groups: ['g'],
      roles: ['r'],
      tenants: [DEFAULT_TENANT, 't'],
    });
  });

  it('gives a client nothing of a user of the same name', () => {
    const snapshot = snapshotOf({ memberships: [member('role', 'admin', 'user', 'ann')] });
    expect(snapshot.principalOf(client('ann'))).toMatchObject({ kind: 'client', roles: [] });
  });

  it('does not take a role that is a member of a role for its members', () => {
    const snapshot = snapshotOf({
      memberships: [member('role', 'small', 'user', 'ann'), member('role', 'admin', 'role', 'small')],
    });
    expect(snapshot.principalOf(user('ann'))).toMatchObject({ roles: ['small'] });
  });

  it('resolves a principal once', () => {
    const snapshot = snapshotOf({});
    expect(snapshot.principalOf(user('ann'))).toBe(snapshot.principalOf(user('ann')));
    const subject = token({});
    expect(snapshot.principalOfToken(subject)).toBe(snapshot.principalOfToken(subject));
  });
});

describe('a snapshot asked about a token', () => {
  const rule = { mappingRuleId: mappingRuleId('ops'), claimName: 'team', claimValue: 'ops' };
  const snapshot = snapshotOf({
    mappingRules: [rule],
    memberships: [
      member('group', 'recorded', 'user', 'ann'),
      member('group', 'ruled', 'mapping-rule', 'ops'),
      member('role', 'admin', 'mapping-rule', 'ops'),
      member('role', 'reader', 'group', 'claimed'),
    ],
  });

  it.each([['ops'], [['dev', 'ops']]])('applies a mapping rule to the claim %j', (team) => {
    expect(snapshot.principalOfToken(token({ team }))).toMatchObject({ mappingRules: ['ops'], roles: ['admin'] });
  });

  it.each([undefined, null, true, 'OPS', 'ops ', 'dev', [['ops']], { ops: 'ops' }, ['dev'], 0])(
    'does not apply it to the claim %j',
    (team) => {
      expect(snapshot.principalOfToken(token({ team }))).toMatchObject({ mappingRules: [], roles: [] });
    },
  );

  it('takes the groups of the records where the token says nothing', () => {
    expect(snapshot.principalOfToken(token({ team: 'ops' }))).toMatchObject({ groups: ['recorded', 'ruled'] });
  });

  it('takes only the groups of the token where it says which', () => {
    expect(snapshot.principalOfToken(token({ team: 'ops' }, ['claimed']))).toMatchObject({
      groups: ['claimed'],
      roles: ['admin', 'reader'],
    });
    expect(snapshot.principalOfToken(token({}, []))).toMatchObject({ groups: [], roles: [] });
  });
});
