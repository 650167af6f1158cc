import type { PasswordVerdict, PasswordVerifier } from '@stagedoor/access';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PasswordHashing } from '../src/index.ts';
import { type House, openDoor, openHouse, settle, TestCaller } from './identity-under-test.ts';

/** Hashing in which nothing happens until it is told to. The password is right if it is the user's name. */
class SteppedHashing implements PasswordHashing {
  begun = 0;
  readonly #waiting: (() => void)[] = [];

  hash = async (password: string) => `plain:${password}`;
  needsRehash = () => false;
  dummy = () => 'plain:';

  async verify(hash: string, password: string): Promise<boolean> {
    this.begun += 1;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return hash === `plain:${password}`;
  }

  get underWay(): number {
    return this.#waiting.length;
  }

  /** Finishes the hash that is under way longest. */
  async finishOne(): Promise<void> {
    this.#waiting.shift()?.();
    await settle();
  }

  async finishAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.finishOne();
  }
}

/** Collects verdicts as they come. */
function listen(verdict: PasswordVerdict | Promise<PasswordVerdict>): PasswordVerdict[] {
  const heard: PasswordVerdict[] = [];
  void Promise.resolve(verdict).then((said) => heard.push(said));
  return heard;
}

describe('while somebody guesses', () => {
  let house: House;
  let hashing: SteppedHashing;
  let door: PasswordVerifier;
  beforeEach(async () => {
    hashing = new SteppedHashing();
    house = await openHouse({ hashing });
    for (const username of ['ann', 'bob', 'carol']) await house.identity.createUser({ username, password: username });
    door = openDoor(house, { hashing });
  });

  /** `count` wrong passwords for one name from one address, all at once. */
  const guess = (count: number, { username = 'ann', address = '198.51.100.7' } = {}) =>
    Array.from({ length: count }, (_, index) =>
      listen(door.verify(username, `guess ${index}`, new TestCaller(address))),
    );

  const warmUp = async (username: string) => {
    const verdict = door.verify(username, username, new TestCaller());
    await hashing.finishAll();
    expect(await verdict).toMatchObject({ kind: 'verified' });
  };

  it('makes one hash for a hundred who send the same right password', async () => {
    const all = Array.from({ length: 100 }, (_, index) =>
      door.verify('ann', 'ann', new TestCaller(`192.0.2.${index}`)),
    );
    await hashing.finishOne();
    for (const verdict of await Promise.all(all)) expect(verdict).toMatchObject({ kind: 'verified' });
    expect(hashing.begun).toBe(1);
  });

  it('makes one hash for a hundred who send the same wrong password', async () => {
    const all = Array.from({ length: 100 }, () => door.verify('ann', 'wrong', new TestCaller()));
    await hashing.finishAll();
    expect(new Set((await Promise.all(all)).map((verdict) => verdict.kind))).toEqual(new Set(['refused']));
    expect(hashing.begun).toBe(1);
  });

  it('never hashes more at once than it may', async () => {
    door = openDoor(house, { hashing, concurrency: 3 });
    for (let index = 0; index < 30; index += 1) door.verify(`name ${index}`, 'x', new TestCaller(`192.0.2.${index}`));
    for (let step = 0; step < 30; step += 1) {
      expect(hashing.underWay).toBeLessThanOrEqual(3);
      await hashing.finishOne();
    }
    expect(hashing.begun).toBe(30);
  });

  it('answers a known user at once, whatever waits and whatever is over its limit', async () => {
    await warmUp('ann');
    guess(50, { address: '192.0.2.1' });
    guess(50, { username: 'bob' });
    await settle();
    expect(door.verify('ann', 'ann', new TestCaller('192.0.2.1'))).toMatchObject({ kind: 'verified' });
  });

  it('answers a good user who comes for the first time with the third hash, from another address', async () => {
    for (let index = 0; index < 32; index += 1) guess(10, { username: `name ${index}` });
    await settle();
    const good = listen(door.verify('bob', 'bob', new TestCaller('192.0.2.9')));
    for (let step = 0; step < 3; step += 1) await hashing.finishOne();
    expect(good).toMatchObject([{ kind: 'verified' }]);
  });

  it('answers him after the hash under way and one for each name that is guessed, from the same address', async () => {
    for (let index = 0; index < 32; index += 1) guess(10, { username: `name ${index}` });
    await settle();
    const good = listen(door.verify('bob', 'bob', new TestCaller('198.51.100.7')));
    for (let step = 0; step < 34; step += 1) {
      expect(good).toEqual([]);
      await hashing.finishOne();
    }
    expect(good).toMatchObject([{ kind: 'verified' }]);
  });

  it('answers him although the queue is full of one place, whose last one gives way', async () => {
    const flood = Array.from({ length: 60 }, (_, index) => guess(10, { username: `name ${index}` })).flat();
    await settle();
    const good = listen(door.verify('bob', 'bob', new TestCaller('192.0.2.9')));
    for (let step = 0; step < 3; step += 1) await hashing.finishOne();
    expect(good).toMatchObject([{ kind: 'verified' }]);
    house.time.move(1000);
    await settle();
    expect(flood.filter(([verdict]) => verdict?.kind === 'limited').length).toBeGreaterThanOrEqual(600 - 513);
  });

  it('hashes ten guesses for one name from one place, and holds the rest for a second before it says no', async () => {
    const heard = guess(32);
    await hashing.finishAll();
    expect(hashing.begun).toBe(10);
    expect(heard.slice(0, 10)).toEqual(Array(10).fill([{ kind: 'refused' }]));
    expect(heard.slice(10)).toEqual(Array(22).fill([]));
    house.time.move(1000);
    await settle();
    expect(heard.slice(10)).toEqual(Array(22).fill([{ kind: 'limited', retryAfterSeconds: 10 }]));
    expect(hashing.begun).toBe(10);
  });

  it('limits a name that nobody has just like one that somebody has', async () => {
    const heard = [guess(12, { username: 'ann' }), guess(12, { username: 'nobody' })];
    await hashing.finishAll();
    house.time.move(1000);
    await settle();
    expect(heard[1]).toEqual(heard[0]);
  });

  it('does not lock the owner of a guessed name out at another address', async () => {
    guess(32);
    await hashing.finishAll();
    const owner = listen(door.verify('ann', 'ann', new TestCaller('192.0.2.9')));
    await hashing.finishAll();
    expect(owner).toMatchObject([{ kind: 'verified' }]);
  });

  it('does not limit another name at the same address', async () => {
    guess(32);
    await hashing.finishAll();
    const other = listen(door.verify('bob', 'bob', new TestCaller('198.51.100.7')));
    await hashing.finishAll();
    expect(other).toMatchObject([{ kind: 'verified' }]);
  });

  it('takes all addresses of a /64 for one place', async () => {
    for (let index = 0; index < 32; index += 1) {
      void door.verify('ann', `guess ${index}`, new TestCaller(`2001:db8:1:2::${(index + 1).toString(16)}`));
    }
    await hashing.finishAll();
    expect(hashing.begun).toBe(10);
  });

  it('lets one more guess through after ten seconds', async () => {
    guess(10);
    await hashing.finishAll();
    house.time.move(10_000);
    guess(5);
    await hashing.finishAll();
    expect(hashing.begun).toBe(11);
  });

  it('forgives the mistakes before a right password', async () => {
    guess(9, { address: '192.0.2.1' });
    await hashing.finishAll();
    await warmUp('ann');
    guess(10, { address: '192.0.2.1' });
    await hashing.finishAll();
    expect(hashing.begun).toBe(20);
  });

  it('hashes nothing for callers who hung up while they waited, and answers them as gone', async () => {
    const callers = Array.from({ length: 32 }, () => new TestCaller());
    const heard = callers.map((caller, index) => listen(door.verify(`name ${index}`, 'x', caller)));
    for (const caller of callers) caller.hangUp();
    await hashing.finishAll();
    expect(hashing.begun).toBe(1);
    expect(heard).toEqual(Array(32).fill([{ kind: 'gone' }]));
    expect(callers.map((caller) => caller.listeners)).toEqual(Array(32).fill(0));
  });

  it('goes on hashing for those who stay when one of several with the same password hangs up', async () => {
    guess(1, { username: 'carol' });
    const [leaver, stayer] = [new TestCaller(), new TestCaller()];
    const left = listen(door.verify('ann', 'ann', leaver));
    const stayed = listen(door.verify('ann', 'ann', stayer));
    leaver.hangUp();
    await hashing.finishAll();
    expect(left).toEqual([{ kind: 'gone' }]);
    expect(stayed).toMatchObject([{ kind: 'verified' }]);
  });

  it('counts no failure for a guess that was not hashed', async () => {
    guess(1, { username: 'carol' });
    for (let index = 0; index < 100; index += 1) {
      const caller = new TestCaller('192.0.2.9');
      void door.verify('ann', `guess ${index}`, caller);
      caller.hangUp();
    }
    const owner = listen(door.verify('ann', 'ann', new TestCaller('192.0.2.9')));
    await hashing.finishAll();
    expect(owner).toMatchObject([{ kind: 'verified' }]);
  });

  it('stops holding a caller who hangs up', async () => {
    guess(10);
    await hashing.finishAll();
    const caller = new TestCaller('198.51.100.7');
    const heard = listen(door.verify('ann', 'one more', caller));
    expect(house.time.pending).toBe(1);
    caller.hangUp();
    await settle();
    expect(heard).toEqual([{ kind: 'gone' }]);
    expect(house.time.pending).toBe(0);
  });

  it('does not begin for a caller who had hung up before', async () => {
    const heard = listen(
      door.verify('ann', 'ann', {
        address: '192.0.2.1',
        onGone: (listener) => {
          listener();
          return () => undefined;
        },
      }),
    );
    await settle();
    expect(heard).toEqual([{ kind: 'gone' }]);
    expect(hashing.begun).toBe(0);
  });

  it('rests after a refusal as long as the hash took, but not after a success', async () => {
    const refused = listen(door.verify('ann', 'wrong', new TestCaller()));
    const good = listen(door.verify('bob', 'bob', new TestCaller('192.0.2.9')));
    const next = listen(door.verify('carol', 'carol', new TestCaller('192.0.2.10')));
    house.time.move(40);
    await hashing.finishOne();
    expect(refused).toEqual([{ kind: 'refused' }]);
    expect(hashing.begun).toBe(1);
    house.time.move(39);
    await settle();
    expect(hashing.begun).toBe(1);
    house.time.move(1);
    await hashing.finishOne();
    expect(good).toMatchObject([{ kind: 'verified' }]);
    await hashing.finishOne();
    expect(next).toMatchObject([{ kind: 'verified' }]);
  });

  it('rests a second at most, should the clock jump', async () => {
    void door.verify('ann', 'wrong', new TestCaller());
    house.time.move(3_600_000);
    await hashing.finishOne();
    const good = listen(door.verify('bob', 'bob', new TestCaller()));
    house.time.move(1000);
    await hashing.finishAll();
    expect(good).toMatchObject([{ kind: 'verified' }]);
  });

  it('lets no more than 4096 wait, and says so to the next at once', async () => {
    for (let index = 0; index < 4096; index += 1)
      void door.verify('ann', `guess ${index}`, new TestCaller(`192.0.2.${index % 8}`));
    expect(door.verify('ann', 'one more', new TestCaller('192.0.2.9'))).toEqual({
      kind: 'limited',
      retryAfterSeconds: 1,
    });
    await hashing.finishAll();
    house.time.move(10_000);
    await settle();
    expect(door.verify('ann', 'one more', new TestCaller('192.0.2.9'))).toBeInstanceOf(Promise);
  });

  it.each([
    ['held', (index: number) => `guess ${index}`],
    ['waiting for one hash', () => 'one guess'],
  ])(
    'lets no more than 512 of one place wait, so that a flood of callers %s keeps nobody else out',
    async (_, guessed) => {
      for (let index = 0; index < 5000; index += 1)
        void door.verify('ann', guessed(index), new TestCaller('198.51.100.7'));
      expect(door.verify('ann', 'one more', new TestCaller('198.51.100.7'))).toMatchObject({ kind: 'limited' });
      const good = listen(door.verify('bob', 'bob', new TestCaller('192.0.2.9')));
      for (let step = 0; step < 3; step += 1) await hashing.finishOne();
      expect(good).toMatchObject([{ kind: 'verified' }]);
      await hashing.finishAll();
      house.time.move(10_000);
      await settle();
      expect(door.verify('ann', 'one more', new TestCaller('198.51.100.7'))).toBeInstanceOf(Promise);
    },
  );
});
