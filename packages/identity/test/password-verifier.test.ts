import { hash as bcryptHash } from '@node-rs/bcrypt';
import type { UserRecord } from '@stagedoor/access';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PasswordHashing } from '../src/index.ts';
import { type House, openDoor, openHouse, realHashing, reopen, settle, TestCaller } from './identity-under-test.ts';

/** Real hashing that writes down what it was asked, and may stop before it answers. */
class ObservedHashing implements PasswordHashing {
  readonly verified: string[] = [];
  /** Is awaited after a hash was made and before its result is known. */
  beforeAnswer: () => Promise<unknown> = async () => undefined;
  readonly #real = realHashing();

  hash = (password: string) => this.#real.hash(password);
  needsRehash = (hash: string, password: string) => this.#real.needsRehash(hash, password);
  dummy = (like: string) => this.#real.dummy(like);

  async verify(hash: string, password: string): Promise<boolean> {
    this.verified.push(hash);
    const right = await this.#real.verify(hash, password);
    await this.beforeAnswer();
    return right;
  }

  /** Schemes with their parameters, without salts, in an order of their own. */
  get costs(): string[] {
    return this.verified.map((hash) => this.dummy(hash)).sort();
  }
}

const caller = () => new TestCaller();

describe('the password verifier', () => {
  let house: House;
  let hashing: ObservedHashing;
  beforeEach(async () => {
    house = await openHouse();
    hashing = new ObservedHashing();
    await house.identity.createUser({ username: 'ann', password: 'right' });
  });
  const storeHash = async (username: string, password_hash: string) => {
    await house.identity.createUser({ username, password: 'to be replaced' });
    await house.store.db
      .updateTable('users')
      .set({ password_hash })
      .where('users.username', '=', named(username))
      .execute();
    await house.identity.refresh();
  };
  const named = (username: string) => house.identity.snapshot().user(username)?.username ?? never();

  it('verifies once and then answers at once, without a promise', async () => {
    const door = openDoor(house, { hashing });
    const first = door.verify('ann', 'right', caller());
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toMatchObject({ kind: 'verified', user: { username: 'ann' } });
    expect(door.verify('ann', 'right', caller())).toMatchObject({ kind: 'verified', user: { username: 'ann' } });
    expect(hashing.verified).toHaveLength(1);
  });

  it('gives the record of the present snapshot after other records have changed, without a hash', async () => {
    const door = openDoor(house, { hashing });
    await door.verify('ann', 'right', caller());
    await house.identity.createUser({ username: 'bob', password: 'x' });
    const again = door.verify('ann', 'right', caller());
    expect(again).toEqual({ kind: 'verified', user: house.identity.snapshot().user('ann') });
    expect(hashing.verified).toHaveLength(1);
  });

  it.each([
    ['ann', 'wrong'],
    ['ann', ''],
    ['ann', 'right '],
    ['Ann', 'right'],
    ['', 'right'],
    ['annr', 'ight'],
    ['ann\0', 'right'],
  ])('refuses %j with %j although ann is remembered', async (username, password) => {
    const door = openDoor(house);
    await door.verify('ann', 'right', caller());
    expect(await door.verify(username, password, caller())).toEqual({ kind: 'refused' });
  });

  it('remembers no refusal: a password that becomes right is right', async () => {
    const door = openDoor(house);
    expect(await door.verify('ann', 'new', caller())).toEqual({ kind: 'refused' });
    await house.identity.changePassword({ username: 'ann', password: 'new' });
    expect(await door.verify('ann', 'new', caller())).toMatchObject({ kind: 'verified' });
  });

  it('refuses without a hash what no user can have', () => {
    const door = openDoor(house, { hashing });
    expect(door.verify('x'.repeat(257), 'right', caller())).toEqual({ kind: 'refused' });
    expect(door.verify('ann', 'x'.repeat(1025), caller())).toEqual({ kind: 'refused' });
    expect(hashing.verified).toEqual([]);
  });

  it('refuses a password of too many bytes in few characters without hashing it', async () => {
    expect(await openDoor(house, { hashing }).verify('ann', '€'.repeat(400), caller())).toEqual({ kind: 'refused' });
    expect(hashing.verified).toEqual([]);
  });

  describe('warm', () => {
    it('refuses the next request after the user was deleted, and the one created after him', async () => {
      const door = openDoor(house);
      await door.verify('ann', 'right', caller());
      await house.identity.deleteUser({ username: 'ann' });
      expect(await door.verify('ann', 'right', caller())).toEqual({ kind: 'refused' });
      await house.identity.createUser({ username: 'ann', password: 'other' });
      expect(await door.verify('ann', 'right', caller())).toEqual({ kind: 'refused' });
    });

    it('refuses the next request after the password was changed', async () => {
      const door = openDoor(house);
      await door.verify('ann', 'right', caller());
      await house.identity.changePassword({ username: 'ann', password: 'other' });
      expect(await door.verify('ann', 'right', caller())).toEqual({ kind: 'refused' });
    });

    it('hashes again after the same password was set anew', async () => {
      const door = openDoor(house, { hashing });
      await door.verify('ann', 'right', caller());
      await house.identity.changePassword({ username: 'ann', password: 'right' });
      expect(await door.verify('ann', 'right', caller())).toMatchObject({ kind: 'verified' });
      expect(hashing.verified).toHaveLength(2);
    });
  });

  describe('in the middle of a hash', () => {
    it.each([
      ['deleted', () => house.identity.deleteUser({ username: 'ann' })],
      ['given another password', () => house.identity.changePassword({ username: 'ann', password: 'other' })],
      [
        'deleted and created again',
        async () => {
          await house.identity.deleteUser({ username: 'ann' });
          await house.identity.createUser({ username: 'ann', password: 'right' });
        },
      ],
    ])('refuses a user who was %s, and remembers nothing', async (_what, change) => {
      hashing.beforeAnswer = async () => {
        hashing.beforeAnswer = async () => undefined;
        await change();
      };
      const door = openDoor(house, { hashing });
      expect(await door.verify('ann', 'right', caller())).toEqual({ kind: 'refused' });
      expect(door.verify('ann', 'right', caller())).toBeInstanceOf(Promise);
    });

    it('still verifies a user when somebody else was changed', async () => {
      hashing.beforeAnswer = () => house.identity.createUser({ username: 'bob', password: 'x' });
      expect(await openDoor(house, { hashing }).verify('ann', 'right', caller())).toMatchObject({ kind: 'verified' });
    });
  });

  describe('for a name that nobody has', () => {
    it('makes the same hashes as for one that somebody has', async () => {
      const door = openDoor(house, { hashing });
      await door.verify('ann', 'wrong', caller());
      const known = hashing.costs;
      hashing.verified.length = 0;
      await door.verify('nobody', 'wrong', caller());
      expect(hashing.costs).toEqual(known);
      expect(known).toHaveLength(1);
    });

    it('makes them whatever schemes there are: one of each, for everybody', async () => {
      await storeHash('old', await bcryptHash('old', { cost: 4 }));
      await storeHash('older', await bcryptHash('older', { cost: 5 }));
      const costs = [];
      for (const username of ['ann', 'old', 'older', 'nobody']) {
        hashing.verified.length = 0;
        expect(await openDoor(house, { hashing }).verify(username, 'wrong', caller())).toEqual({ kind: 'refused' });
        costs.push(hashing.costs);
      }
      expect(costs[0]).toHaveLength(3);
      expect(new Set(costs[0]).size).toBe(3);
      expect(costs).toEqual([costs[0], costs[0], costs[0], costs[0]]);
    });

    it('makes one where there are no users at all', async () => {
      await house.identity.deleteUser({ username: 'ann' });
      expect(await openDoor(house, { hashing }).verify('nobody', 'wrong', caller())).toEqual({ kind: 'refused' });
      expect(hashing.verified).toHaveLength(1);
    });

    it('is never verified, whatever the password', async () => {
      const door = openDoor(house, { hashing });
      for (const password of ['right', '', hashing.dummy('')]) {
        expect(await door.verify('nobody', password, caller())).toEqual({ kind: 'refused' });
      }
    });
  });

  describe('with a foreign hash', () => {
    it('verifies it, gives the user one of ours, and needs no further hash', async () => {
      await storeHash('old', `{bcrypt}${await bcryptHash('pässword', { cost: 4, version: '2a' })}`);
      const before = house.identity.snapshot().user('old');
      const rehashed = Promise.withResolvers<void>();
      const rehash = async (user: UserRecord, password: string) => {
        const hash = await house.identity.rehash(user, password);
        rehashed.resolve();
        return hash;
      };
      const door = openDoor(house, { hashing, rehash });
      expect(await door.verify('old', 'pässword', caller())).toMatchObject({ kind: 'verified' });
      await rehashed.promise;
      await settle();
      const after = house.identity.snapshot().user('old');
      expect(after?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      expect(after?.credentialVersion).toBe(before?.credentialVersion);
      expect(door.verify('old', 'pässword', caller())).toEqual({ kind: 'verified', user: after });
      expect(hashing.verified).toHaveLength(1);
      expect(await openDoor(await reopen(house)).verify('old', 'pässword', caller())).toMatchObject({
        kind: 'verified',
      });
      expect(await door.verify('old', 'password', caller())).toEqual({ kind: 'refused' });
    });

    it('does not bring the old password back where it was changed meanwhile', async () => {
      await storeHash('old', await bcryptHash('old', { cost: 4 }));
      const before = house.identity.snapshot().user('old') ?? never();
      await house.identity.changePassword({ username: 'old', password: 'new' });
      expect(await house.identity.rehash(before, 'old')).toBeNull();
      expect(await openDoor(house).verify('old', 'old', caller())).toEqual({ kind: 'refused' });
      expect(await openDoor(house).verify('old', 'new', caller())).toMatchObject({ kind: 'verified' });
    });

    it('is not replaced by a wrong password', async () => {
      const stored = await bcryptHash('old', { cost: 4 });
      await storeHash('old', stored);
      await openDoor(house).verify('old', 'wrong', caller());
      await settle();
      expect(house.identity.snapshot().user('old')?.passwordHash).toBe(stored);
    });

    it('verifies all the same where the new hash cannot be stored, and the operator hears of it', async () => {
      await storeHash('old', await bcryptHash('old', { cost: 4 }));
      const faults: unknown[] = [];
      const rehash = async () => {
        throw new Error('the disk is full');
      };
      const door = openDoor(house, { rehash, onFault: (error) => faults.push(error) });
      expect(await door.verify('old', 'old', caller())).toMatchObject({ kind: 'verified' });
      await settle();
      expect(faults).toEqual([new Error('the disk is full')]);
    });

    it('refuses everything for a text that is no hash, at the usual cost', async () => {
      await storeHash('odd', '{noop}odd');
      for (const password of ['odd', '{noop}odd', '']) {
        expect(await openDoor(house).verify('odd', password, caller())).toEqual({ kind: 'refused' });
      }
    });

    it('passes on that a stored hash is damaged, and does not verify', async () => {
      await storeHash('broken', '$argon2id$v=19$m=19456,t=2,p=1$!$!');
      const door = openDoor(house);
      await expect(door.verify('broken', 'x', caller())).rejects.toThrow();
      expect(await door.verify('ann', 'right', caller())).toMatchObject({ kind: 'verified' });
    });
  });
});

function never(): never {
  throw new Error('the user is not there');
}
