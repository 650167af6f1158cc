import { hash as bcryptHash } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { openDoor, openHouse, TestCaller } from './identity-under-test.ts';

describe('a password that was hashed elsewhere', () => {
  it('is taken as bcrypt, verifies, and is hashed anew at the first login', async () => {
    const house = await openHouse();
    const password = `{bcrypt}${await bcryptHash('old password', { cost: 4, version: '2a' })}`;
    await house.identity.createUser({ username: 'ann', password });
    expect(house.identity.snapshot().user('ann')?.passwordHash).toBe(password);
    const door = openDoor(house);
    expect(await door.verify('ann', password, new TestCaller())).toEqual({ kind: 'refused' });
    expect(await door.verify('ann', 'old password', new TestCaller())).toMatchObject({ kind: 'verified' });
    await expect.poll(() => house.identity.snapshot().user('ann')?.passwordHash).toMatch(/^\$argon2id\$/);
  });

  it.each([
    ['{bcrypt}', 'no bcrypt hash'],
    ['{bcrypt}secret', 'no bcrypt hash'],
    ['{bcrypt}$2a$10$short', 'no bcrypt hash'],
    [`{bcrypt}$2x$10$${'a'.repeat(53)}`, 'no bcrypt hash'],
    [`{bcrypt}$2a$15$${'a'.repeat(53)}`, 'a cost that is not between 4 and 14'],
    [`{bcrypt}$2a$03$${'a'.repeat(53)}`, 'a cost that is not between 4 and 14'],
  ])('refuses %s', async (password, problem) => {
    const { identity } = await openHouse();
    await expect(identity.createUser({ username: 'ann', password })).rejects.toThrow(problem);
    expect(identity.snapshot().user('ann')).toBeUndefined();
  });

  it('is refused in configuration, where the next start could not compare it', async () => {
    const { identity } = await openHouse();
    const password = `{bcrypt}${await bcryptHash('old', { cost: 4, version: '2a' })}`;
    const plan = identity.initialize({ users: [{ username: 'ann', password }] });
    await expect(plan).rejects.toMatchObject({ code: 'INITIALIZATION_REFUSED' });
  });
});
