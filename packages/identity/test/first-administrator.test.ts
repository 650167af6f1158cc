import { describe, expect, it } from 'vitest';
import { openHouse, realHashing, reopen } from './identity-under-test.ts';

const CLOSED = {
  code: 'SETUP_CLOSED',
  message:
    "Expected to create an initial admin user, but found existing admin users. Please ask your admin to create a new user with the 'admin' role.",
};

describe('setUpFirstAdministrator', () => {
  it('creates an administrator, once', async () => {
    const { identity } = await openHouse();
    const created = await identity.setUpFirstAdministrator({ username: 'root', password: 'secret' });
    expect(created).toEqual({ username: 'root', name: '', email: '' });
    const snapshot = identity.snapshot();
    const root = snapshot.user('root');
    expect(root && snapshot.principalOf({ kind: 'user', username: root.username })).toMatchObject({
      roles: ['admin'],
      tenants: ['<default>'],
    });
    await expect(identity.setUpFirstAdministrator({ username: 'eve', password: 'x' })).rejects.toMatchObject(CLOSED);
    expect(identity.snapshot().user('eve')).toBeUndefined();
  });

  it('creates one administrator where two are asked for at once', async () => {
    const { identity } = await openHouse();
    const outcomes = await Promise.allSettled([
      identity.setUpFirstAdministrator({ username: 'ann', password: 'x' }),
      identity.setUpFirstAdministrator({ username: 'eve', password: 'x' }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await identity.listUsers()).toHaveLength(1);
  });

  it('stays closed after the last administrator was deleted, and after a restart', async () => {
    const house = await openHouse();
    await house.identity.setUpFirstAdministrator({ username: 'root', password: 'secret' });
    await house.identity.deleteUser({ username: 'root' });
    for (const { identity } of [house, await reopen(house)]) {
      await expect(identity.setUpFirstAdministrator({ username: 'eve', password: 'x' })).rejects.toMatchObject(CLOSED);
    }
  });

  it.each([{ users: ['ann'] }, { clients: ['console'] }, { groups: ['ops'] }, { mappingRules: ['rule'] }])(
    'is closed by whoever is put into the role: %j',
    async (members) => {
      const { identity } = await openHouse();
      await identity.initialize({
        users: [{ username: 'ann', password: 'x' }],
        groups: [{ groupId: 'ops' }],
        mappingRules: [{ mappingRuleId: 'rule', claimName: 'team', claimValue: 'ops' }],
        defaultRoles: { admin: members },
      });
      await expect(identity.setUpFirstAdministrator({ username: 'eve', password: 'x' })).rejects.toMatchObject(CLOSED);
    },
  );

  it('is not closed by members of other roles, nor by ordinary users', async () => {
    const { identity } = await openHouse();
    await identity.createUser({ username: 'ann', password: 'x' });
    await identity.initialize({ defaultRoles: { 'readonly-admin': { users: ['ann'] } } });
    await identity.setUpFirstAdministrator({ username: 'root', password: 'secret' });
    expect(identity.snapshot().administratorHasExisted).toBe(true);
  });

  it('leaves the set-up open where it refused the user', async () => {
    const { identity } = await openHouse();
    await identity.createUser({ username: 'ann', password: 'x' });
    await expect(identity.setUpFirstAdministrator({ username: 'ann', password: 'x' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await expect(identity.setUpFirstAdministrator({ username: '', password: 'x' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(identity.snapshot().administratorHasExisted).toBe(false);
    const snapshot = identity.snapshot();
    const ann = snapshot.user('ann');
    expect(ann && snapshot.principalOf({ kind: 'user', username: ann.username })).toMatchObject({ roles: [] });
  });

  it('makes no hash once it is closed', async () => {
    const house = await openHouse();
    await house.identity.setUpFirstAdministrator({ username: 'root', password: 'secret' });
    let hashes = 0;
    const hashing = { ...realHashing(), hash: async () => `hash ${++hashes}` };
    const { identity } = await reopen(house, { hashing });
    await expect(identity.setUpFirstAdministrator({ username: 'eve', password: 'x' })).rejects.toMatchObject(CLOSED);
    expect(hashes).toBe(0);
  });
});
