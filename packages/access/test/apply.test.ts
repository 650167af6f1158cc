import { describe, expect, it } from 'vitest';
import { type AccessPolicy, decide, type GroupId, permission, type RoleId } from '../src/index.ts';
import { grant, member, snapshotOf, user, username } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const read = permission('USER', 'READ', 'found');
const onX = [{ resourceId: 'x' }];
const readsX = grant(['USER', 'ann'], ['USER', 'x'], 'READ');
const key = readsX.authorizationKey;

describe('a snapshot after a change', () => {
  it('decides by a grant that was added, while the snapshot before does not', () => {
    const before = snapshotOf({});
    const after = before.apply([{ kind: 'grant', key: '1', grant: readsX }], 2);
    expect(decide(after, POLICY, after.principalOf(user('ann')), read, onX)).toMatchObject({
      allowed: true,
      by: [{ authorizationKey: '1' }],
    });
    expect(decide(before, POLICY, before.principalOf(user('ann')), read, onX)).toMatchObject({ allowed: false });
    expect([before.epoch, after.epoch]).toEqual([1, 2]);
  });

  it('refuses by a grant that was taken away, whatever was remembered', () => {
    const before = snapshotOf({ authorizations: [readsX] });
    const ann = before.principalOf(user('ann'));
    expect(decide(before, POLICY, ann, read, onX)).toMatchObject({ allowed: true });
    const after = before.apply([{ kind: 'grant', key, grant: null }], 2);
    expect(decide(after, POLICY, ann, read, onX)).toMatchObject({ allowed: false });
    expect(decide(after, POLICY, after.principalOf(user('ann')), read, onX)).toMatchObject({ allowed: false });
  });

  it('refuses what a changed grant no longer says: owner, resource, id and permission are all replaced', () => {
    const before = snapshotOf({ authorizations: [readsX] });
    for (const other of [
      grant(['USER', 'bob'], ['USER', 'x'], 'READ'),
      grant(['USER', 'ann'], ['ROLE', 'x'], 'READ'),
      grant(['USER', 'ann'], ['USER', 'y'], 'READ'),
      grant(['USER', 'ann'], ['USER', 'x'], 'UPDATE'),
    ]) {
      const after = before.apply([{ kind: 'grant', key, grant: other }], 2);
      expect(decide(after, POLICY, after.principalOf(user('ann')), read, onX)).toMatchObject({ allowed: false });
    }
  });

  it('refuses what came by a role that was left', () => {
    const line = member('role', 'readers', 'user', 'ann');
    const before = snapshotOf({
      memberships: [line],
      authorizations: [grant(['ROLE', 'readers'], ['USER', '*'], 'READ')],
    });
    expect(decide(before, POLICY, before.principalOf(user('ann')), read, onX)).toMatchObject({ allowed: true });
    const after = before.apply([{ kind: 'member', membership: line, present: false }], 2);
    expect(after.principalOf(user('ann'))).toMatchObject({ roles: [] });
    expect(decide(after, POLICY, after.principalOf(user('ann')), read, onX)).toMatchObject({ allowed: false });
  });

  it('knows no user who was deleted, and the new password of one who was changed', () => {
    const ann = { username: username('ann'), name: 'Ann', email: '', passwordHash: 'h', credentialVersion: '1' };
    const before = snapshotOf({ users: [ann] });
    const changed = { ...ann, credentialVersion: '2' };
    expect(before.apply([{ kind: 'user', username: ann.username, record: null }], 2).user('ann')).toBeUndefined();
    expect(before.apply([{ kind: 'user', username: ann.username, record: changed }], 2).user('ann')).toBe(changed);
    expect(before.user('ann')).toBe(ann);
  });

  it('keeps members and grants of a group or role whose own record went: they are changes of their own', () => {
    const before = snapshotOf({ memberships: [member('group', 'g', 'user', 'ann')] });
    const gone = before.apply(
      [
        { kind: 'group', id: 'g' as GroupId, record: null },
        { kind: 'role', id: 'r' as RoleId, record: null },
      ],
      2,
    );
    expect(gone.principalOf(user('ann'))).toMatchObject({ groups: ['g'] });
  });

  it('does not take back that an administrator has existed', () => {
    const after = snapshotOf({}).apply([{ kind: 'administrator-existed' }], 2);
    expect(after.apply([], 3).administratorHasExisted).toBe(true);
  });

  it('keeps all memberships of one user that came with the same changes', () => {
    const after = snapshotOf({ memberships: [member('role', 'a', 'user', 'ann')] }).apply(
      [
        { kind: 'member', membership: member('role', 'b', 'user', 'ann'), present: true },
        { kind: 'member', membership: member('role', 'c', 'user', 'ann'), present: true },
        { kind: 'member', membership: member('role', 'a', 'user', 'ann'), present: false },
      ],
      2,
    );
    expect(after.principalOf(user('ann'))).toMatchObject({ roles: ['b', 'c'] });
  });

  it('takes changes in their order', () => {
    const after = snapshotOf({}).apply(
      [
        { kind: 'grant', key: '1', grant: readsX },
        { kind: 'grant', key: '1', grant: null },
      ],
      2,
    );
    expect(decide(after, POLICY, after.principalOf(user('ann')), read, onX)).toMatchObject({ allowed: false });
  });
});
