import { beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from './identity-under-test.ts';

describe('createUser', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  const create = (input: { username: string; password?: string; name?: string; email?: string }) =>
    house.identity.createUser({ password: 'secret', ...input });

  it('creates a user who may read himself and nothing else', async () => {
    const created = await create({ username: 'ann', name: 'Ann', email: 'ann@example.com' });
    expect(created).toEqual({ username: 'ann', name: 'Ann', email: 'ann@example.com' });
    const grants = (await house.identity.listGrants()).filter((grant) => grant.ownerType === 'USER');
    expect(grants).toMatchObject([
      { ownerId: 'ann', resourceType: 'USER', resourceId: 'ann', permissionTypes: ['READ'] },
    ]);
    expect(house.identity.snapshot().reach('USER', 'ann', 'USER', 'READ')).toEqual({
      all: false,
      ids: new Set(['ann']),
    });
  });

  it('stores argon2id and never the password', async () => {
    await create({ username: 'ann', password: 'correct horse' });
    const row = await house.store.db.selectFrom('users').selectAll().executeTakeFirstOrThrow();
    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(row)).not.toContain('correct horse');
  });

  it('has name and email empty where they are left out, and lets two users share an email', async () => {
    expect(await create({ username: 'ann' })).toEqual({ username: 'ann', name: '', email: '' });
    await create({ username: 'bob', email: 'us@example.com' });
    await create({ username: 'carol', email: 'us@example.com' });
    expect(await house.identity.listUsers()).toHaveLength(3);
  });

  it.each([
    [{ username: '' }, 'No username provided.'],
    [
      { username: 'two words' },
      "The provided username contains illegal characters. It must match the pattern '^[a-zA-Z0-9_~@.+-]+$'.",
    ],
    [{ username: 'x'.repeat(257) }, 'The provided username exceeds the limit of 256 characters.'],
    [{ username: 'ann', password: '' }, 'No password provided.'],
    [{ username: 'ann', password: ' \t' }, 'No password provided.'],
    [{ username: 'ann', password: 'ä'.repeat(513) }, 'The provided password exceeds the limit of 1024 bytes.'],
    [{ username: 'ann', password: 'half \ud800' }, 'The provided password is not well-formed Unicode.'],
    [{ username: 'ann', name: 'Ann\u001b[2J' }, 'The provided name contains illegal characters.'],
    [{ username: 'ann', name: 'x'.repeat(257) }, 'The provided name exceeds the limit of 256 characters.'],
    [{ username: 'ann', email: 'nonsense' }, "The provided email 'nonsense' is not valid."],
    [{ username: 'ann', email: 'a@b' }, "The provided email 'a@b' is not valid."],
    [{ username: 'ann', email: 'a@b.c\r\nX: y' }, "The provided email 'a@b.c??X: y' is not valid."],
    [
      { username: '', password: '', email: 'x' },
      "No username provided. No password provided. The provided email 'x' is not valid.",
    ],
  ])('refuses %j with all that is wrong', async (input, message) => {
    await expect(create(input)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message, detail: message });
    expect(await house.identity.listUsers()).toEqual([]);
  });

  it('takes a password of any characters and of 1024 bytes', async () => {
    await create({ username: 'ann', password: 'a\0b\r\n:ü€😀' });
    await create({ username: 'bob', password: 'x'.repeat(1024) });
    expect(await house.identity.listUsers()).toHaveLength(2);
  });

  it('refuses a name that is taken, and leaves the first user as he was', async () => {
    await create({ username: 'ann', name: 'first' });
    await expect(create({ username: 'ann', name: 'second' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: "Expected to create user with username 'ann', but a user with this username already exists",
      detail:
        "Command 'CREATE' rejected with code 'ALREADY_EXISTS': Expected to create user with username 'ann', but a user with this username already exists",
    });
    expect(await house.identity.listUsers()).toEqual([{ username: 'ann', name: 'first', email: '' }]);
  });

  it('creates one user where two are asked for at once', async () => {
    const outcomes = await Promise.allSettled([create({ username: 'ann' }), create({ username: 'ann' })]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('leaves nothing behind where the commit fails', async () => {
    const { epoch } = house.identity.snapshot();
    house.store.breakCommits();
    await expect(create({ username: 'ann' })).rejects.toThrow('the disk is full');
    expect(await house.identity.listUsers()).toEqual([]);
    expect(await house.store.db.selectFrom('principal_names').selectAll().execute()).toEqual([]);
    expect(house.identity.snapshot().user('ann')).toBeUndefined();
    expect(house.identity.snapshot().epoch).toBe(epoch);
  });

  it('lists users by name, without their credentials', async () => {
    for (const username of ['bob', 'ann']) await create({ username });
    expect(await house.identity.listUsers()).toEqual([
      { username: 'ann', name: '', email: '' },
      { username: 'bob', name: '', email: '' },
    ]);
  });
});

describe('changePassword', () => {
  it('replaces the hash and the credential version before it resolves', async () => {
    const { identity } = await openHouse();
    await identity.createUser({ username: 'ann', password: 'old' });
    const before = identity.snapshot();
    await identity.changePassword({ username: 'ann', password: 'old' });
    const after = identity.snapshot();
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(after.user('ann')?.passwordHash).not.toBe(before.user('ann')?.passwordHash);
    expect(after.user('ann')?.credentialVersion).not.toBe(before.user('ann')?.credentialVersion);
  });

  it('refuses a user who does not exist, and a password that is none', async () => {
    const { identity } = await openHouse();
    await expect(identity.changePassword({ username: 'ann', password: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      detail:
        "Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update user with username 'ann', but a user with this username does not exist",
    });
    await expect(identity.changePassword({ username: 'ann', password: '' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('deleteUser', () => {
  it('refuses a user who does not exist, without repeating what a terminal would obey', async () => {
    const { identity } = await openHouse();
    await expect(identity.deleteUser({ username: 'ann\u001b[2J' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: "Expected to delete user with username 'ann?[2J', but a user with this username does not exist",
    });
  });

  it('leaves nothing to a user who is created under the same name later', async () => {
    const { identity } = await openHouse();
    await identity.initialize({
      users: [{ username: 'ann', password: 'old' }],
      defaultRoles: { admin: { users: ['ann'] } },
      groups: [{ groupId: 'clerks', users: ['ann'] }],
      tenants: [{ tenantId: 't1', users: ['ann'] }],
      authorizations: [
        { ownerType: 'USER', ownerId: 'ann', resourceType: 'MESSAGE', resourceId: '*', permissions: ['READ'] },
        { ownerType: 'ROLE', ownerId: 'rpa', resourceType: 'USER', resourceId: 'ann', permissions: ['UPDATE'] },
      ],
    });
    const old = identity.snapshot().user('ann');
    await identity.deleteUser({ username: 'ann' });
    expect(identity.snapshot().user('ann')).toBeUndefined();
    await identity.createUser({ username: 'ann', password: 'old' });
    const snapshot = identity.snapshot();
    const ann = snapshot.user('ann');
    expect(ann?.credentialVersion).not.toBe(old?.credentialVersion);
    expect(ann && snapshot.principalOf({ kind: 'user', username: ann.username })).toEqual({
      kind: 'user',
      username: 'ann',
      mappingRules: [],
      groups: [],
      roles: [],
      tenants: [],
    });
    expect(snapshot.reach('USER', 'ann', 'MESSAGE', 'READ').all).toBe(false);
    expect(snapshot.reach('ROLE', 'rpa', 'USER', 'UPDATE').ids.size).toBe(0);
  });
});

describe('updateUser', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
    await house.identity.createUser({ username: 'ann', password: 'first', name: 'Ann', email: 'ann@example.com' });
  });
  const stored = () => {
    const user = house.identity.snapshot().user('ann');
    if (user === undefined) throw new Error('the user is not there');
    return user;
  };

  it('keeps what is left out', async () => {
    const before = stored();
    expect(await house.identity.updateUser({ username: 'ann', name: 'Anna' })).toEqual({
      username: 'ann',
      name: 'Anna',
      email: 'ann@example.com',
    });
    expect(stored()).toEqual({ ...before, name: 'Anna' });
    await house.identity.updateUser({ username: 'ann', email: 'anna@example.com' });
    expect(stored()).toEqual({ ...before, name: 'Anna', email: 'anna@example.com' });
  });

  it('takes a name and an email away where they are given empty', async () => {
    await house.identity.updateUser({ username: 'ann', name: '', email: '' });
    expect(await house.identity.user('ann')).toEqual({ username: 'ann', name: '', email: '' });
  });

  it('keeps the password, and the sessions, where an empty one is given', async () => {
    const before = stored();
    await house.identity.updateUser({ username: 'ann', password: '', name: 'Ann' });
    expect(stored()).toEqual(before);
  });

  it('ends the sessions with another password', async () => {
    const before = stored();
    await house.identity.updateUser({ username: 'ann', password: 'second' });
    expect(stored().credentialVersion).not.toBe(before.credentialVersion);
    expect(stored().passwordHash).not.toBe(before.passwordHash);
    expect(stored().name).toBe('Ann');
  });

  it.each([
    [{ password: '  ' }, 'No password provided.'],
    [{ password: 'x'.repeat(1025) }, 'The provided password exceeds the limit of 1024 bytes.'],
    [{ name: 'x'.repeat(257) }, 'The provided name exceeds the limit of 256 characters.'],
    [{ email: 'nonsense' }, "The provided email 'nonsense' is not valid."],
  ])('refuses %j and leaves everything as it was', async (input, message) => {
    const before = stored();
    const update = house.identity.updateUser({ username: 'ann', ...input });
    await expect(update).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
    expect(stored()).toEqual(before);
  });

  it.each([{ name: 'Bob' }, { password: 'x' }])('refuses %j for nobody', async (input) => {
    await expect(house.identity.updateUser({ username: 'bob', ...input })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      detail: `Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update user with username 'bob', but a user with this username does not exist`,
    });
    expect(await house.identity.user('bob')).toBeNull();
  });
});
