import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { TokenVerdict } from '@stagedoor/access';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  createTokenVerifier,
  fileKeyStore,
  KEY_LEAD_MILLISECONDS,
  KEY_RETIREMENT_MILLISECONDS,
  KeyRotationUnderWay,
  type KeyStore,
  localKeySource,
  type OpenSigningKeys,
  openSigningKeys,
  openStoredSigningKeys,
  type SigningAlgorithm,
  type SigningKeys,
  type StoredKey,
} from '../src/index.ts';
import { foreignPolicy, ISSUER, type MovableClock, movableClock } from './foreign-issuer.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ROTATE_AFTER = 90 * DAY;

/** Kept between two programs, as a file is; a step of it can be made to fail. */
class Disk implements KeyStore {
  kept: readonly StoredKey[] = [];
  saves = 0;
  onSave: () => void = () => undefined;
  fails: 'never' | 'before writing' | 'after writing' = 'never';

  async load(): Promise<readonly StoredKey[]> {
    return this.kept;
  }

  async save(keys: readonly StoredKey[]): Promise<void> {
    if (this.fails === 'before writing') throw new Error('the power went');
    this.kept = keys;
    this.saves += 1;
    this.onSave();
    if (this.fails === 'after writing') throw new Error('the power went');
  }
}

let clock: MovableClock;
let disk: Disk;

beforeEach(() => {
  clock = movableClock();
  disk = new Disk();
});

const elliptic = async (algorithm: SigningAlgorithm) => {
  const pair =
    algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...pair.privateKey.export({ format: 'jwk' }) };
};

const open = (more: Partial<OpenSigningKeys> = {}) =>
  openSigningKeys({ store: disk, clock, algorithm: 'ES256', rotateAfter: ROTATE_AFTER, generate: elliptic, ...more });

const kids = (keys: SigningKeys) => keys.jwks().keys.map(({ kid }) => kid);
const kidOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
const states = (keys: SigningKeys) => Object.fromEntries(keys.describe().map(({ kid, state }) => [kid, state]));

const issue = (keys: SigningKeys, lifetime = 300 * SECOND) =>
  keys.sign(
    { iss: ISSUER, client_id: 'c', aud: 'orchestration-api', exp: (clock.now() + lifetime) / SECOND },
    'at+jwt',
  );

function door(keys: SigningKeys): (token: string) => Promise<TokenVerdict> {
  const verifier = createTokenVerifier({ policies: [foreignPolicy(localKeySource(keys))], clock });
  return async (token) => verifier.verify({ token, api: 'orchestration', method: 'GET', url: '/' });
}

describe('a rotation of the signing keys', () => {
  it('publishes the next key and goes on signing with the old one until the lead time is over', async () => {
    const keys = await open();
    const [old] = kids(keys);
    const { kid, signsFrom, withdrawn } = await keys.rotate({ atOnce: false });
    expect([signsFrom, withdrawn]).toEqual([clock.now() + KEY_LEAD_MILLISECONDS, []]);
    expect(kids(keys)).toEqual([kid, old]);
    clock.move(KEY_LEAD_MILLISECONDS - 1);
    expect(kidOf(await issue(keys))).toBe(old);
    clock.move(1);
    expect(kidOf(await issue(keys))).toBe(kid);
  });

  it('keeps the old key published until its last token has expired, and not longer', async () => {
    const keys = await open();
    const verify = door(keys);
    const [old] = kids(keys);
    await keys.rotate({ atOnce: false });
    clock.move(KEY_LEAD_MILLISECONDS - 1);
    const last = await issue(keys, DAY);
    clock.move(KEY_RETIREMENT_MILLISECONDS - 1);
    await keys.maintain();
    expect(await verify(last)).toMatchObject({ kind: 'verified' });
    clock.move(1);
    await keys.maintain();
    expect(kids(keys)).toContain(old);
    expect(await verify(last)).toMatchObject({ kind: 'refused', code: 'TOKEN_EXPIRED' });
    clock.move(1);
    await keys.maintain();
    expect(kids(keys)).not.toContain(old);
    expect(disk.kept.map(({ kid }) => kid)).not.toContain(old);
  });

  it('refuses no token before, during or after it', async () => {
    const keys = await open();
    const verify = door(keys);
    const tokens = [await issue(keys, 2 * HOUR)];
    await keys.rotate({ atOnce: false });
    tokens.push(await issue(keys, 2 * HOUR));
    for (const token of tokens) expect(await verify(token)).toMatchObject({ kind: 'verified' });
    clock.move(KEY_LEAD_MILLISECONDS);
    tokens.push(await issue(keys));
    await keys.maintain();
    for (const token of tokens) expect(await verify(token)).toMatchObject({ kind: 'verified' });
    expect(new Set(tokens.map(kidOf)).size).toBe(2);
  });

  it('says of every key what it does, since when and until when', async () => {
    const keys = await open();
    const start = clock.now();
    const [old = ''] = kids(keys);
    expect(keys.describe()).toEqual([{ kid: old, algorithm: 'ES256', state: 'signing', since: start, until: null }]);
    clock.move(DAY);
    const { kid, signsFrom } = await keys.rotate({ atOnce: false });
    expect(keys.describe()).toEqual([
      { kid, algorithm: 'ES256', state: 'next', since: start + DAY, until: signsFrom },
      { kid: old, algorithm: 'ES256', state: 'signing', since: start, until: signsFrom },
    ]);
    clock.move(HOUR);
    const until = signsFrom + KEY_RETIREMENT_MILLISECONDS;
    expect(keys.describe()).toEqual([
      { kid, algorithm: 'ES256', state: 'signing', since: signsFrom, until: null },
      { kid: old, algorithm: 'ES256', state: 'retiring', since: signsFrom, until },
    ]);
    clock.move(KEY_RETIREMENT_MILLISECONDS);
    expect(states(keys)).toEqual({ [kid]: 'signing' });
  });

  it('is refused while a key waits, so that no number of commands piles keys up', async () => {
    const keys = await open();
    const { kid, signsFrom } = await keys.rotate({ atOnce: false });
    const again = await keys.rotate({ atOnce: false }).catch((error: unknown) => error);
    expect(again).toBeInstanceOf(KeyRotationUnderWay);
    expect(again).toMatchObject({ kid, signsFrom });
    expect(kids(keys)).toHaveLength(2);
  });

  it('is one rotation where two are asked for at once', async () => {
    const keys = await open();
    const outcomes = await Promise.allSettled([keys.rotate({ atOnce: false }), keys.rotate({ atOnce: false })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(kids(keys)).toHaveLength(2);
  });

  it('never takes a key that it has for a new one', async () => {
    const same = await elliptic('ES256');
    const keys = await open({ generate: async () => same });
    await expect(keys.rotate({ atOnce: true })).rejects.toThrow(TypeError);
    expect(kids(keys)).toHaveLength(1);
  });

  it('signs with the only key there is where the clock stands before it', async () => {
    const keys = await open();
    clock.move(-DAY);
    expect(kidOf(await issue(keys))).toBe(kids(keys)[0]);
    expect(await keys.maintain()).toBeNull();
  });
});

describe('a rotation at once', () => {
  it('signs with the new key and refuses what the old one signed, from the next request on', async () => {
    const keys = await open();
    const verify = door(keys);
    const stolen = await issue(keys);
    expect(await verify(stolen)).toMatchObject({ kind: 'verified' });
    const [old] = kids(keys);
    const { kid, withdrawn } = await keys.rotate({ atOnce: true });
    expect([kids(keys), withdrawn]).toEqual([[kid], [old]]);
    expect(await verify(stolen)).toMatchObject({ kind: 'refused', code: 'TOKEN_KEY_UNKNOWN' });
    expect(await verify(await issue(keys))).toMatchObject({ kind: 'verified' });
  });

  it('withdraws the waiting and the retiring keys too, which lay beside the stolen one', async () => {
    const keys = await open();
    await keys.rotate({ atOnce: false });
    clock.move(HOUR);
    const { kid: waiting } = await keys.rotate({ atOnce: false });
    const before = kids(keys);
    expect(before).toHaveLength(3);
    const { kid, withdrawn } = await keys.rotate({ atOnce: true });
    expect(withdrawn.toSorted()).toEqual(before.toSorted());
    clock.move(HOUR);
    expect([kids(keys), kidOf(await issue(keys))]).toEqual([[kid], kid]);
    expect(disk.kept.map((key) => key.kid)).not.toContain(waiting);
  });

  it('hands out no token of the old key that was being signed meanwhile', async () => {
    const keys = await open();
    let begun: Promise<string> | undefined;
    disk.onSave = () => {
      begun = issue(keys);
    };
    const { kid } = await keys.rotate({ atOnce: true });
    expect(kidOf((await begun) ?? '')).toBe(kid);
  });
});

describe('the schedule', () => {
  it('publishes the next key early, so that a key signs no longer than it should', async () => {
    const keys = await open();
    clock.move(ROTATE_AFTER - KEY_LEAD_MILLISECONDS - 1);
    expect(await keys.maintain()).toBeNull();
    clock.move(1);
    const rotation = await keys.maintain();
    expect(rotation?.signsFrom).toBe(clock.now() + KEY_LEAD_MILLISECONDS);
    expect(await keys.maintain()).toBeNull();
    clock.move(KEY_LEAD_MILLISECONDS);
    expect(kidOf(await issue(keys))).toBe(rotation?.kid);
    expect(await keys.maintain()).toBeNull();
  });

  it('gives the next key its lead time also where the program was down when it was due', async () => {
    await open();
    clock.move(2 * ROTATE_AFTER);
    const keys = await open();
    const [old] = kids(keys);
    await keys.maintain();
    expect(kidOf(await issue(keys))).toBe(old);
    expect(kids(keys)).toHaveLength(2);
  });

  it('never rotates by itself where it is turned off', async () => {
    const keys = await open({ rotateAfter: 0 });
    clock.move(1000 * DAY);
    expect(await keys.maintain()).toBeNull();
    expect(kids(keys)).toHaveLength(1);
  });

  it('writes nothing where nothing is due', async () => {
    const keys = await open();
    const { saves } = disk;
    await keys.maintain();
    expect([disk.saves, keys.epoch]).toEqual([saves, 1]);
  });
});

describe('another algorithm at a restart', () => {
  it('is a rotation: the old key signs for the lead time and stays until its tokens have expired', async () => {
    const before = await open();
    const token = await issue(before, DAY);
    const [old = ''] = kids(before);
    const keys = await open({ algorithm: 'EdDSA' });
    const { kid = '' } = (await keys.maintain()) ?? {};
    const verify = door(keys);
    expect(keys.jwks().keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'ES256']);
    expect(kidOf(await issue(keys))).toBe(old);
    clock.move(KEY_LEAD_MILLISECONDS);
    expect(kidOf(await issue(keys))).toBe(kid);
    expect(states(keys)).toEqual({ [kid]: 'signing', [old]: 'retiring' });
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    expect(await verify(await issue(keys))).toMatchObject({ kind: 'verified' });
    clock.move(KEY_RETIREMENT_MILLISECONDS);
    await keys.maintain();
    expect(kids(keys)).toEqual([kid]);
  });
});

describe('a rotation that is cut off', () => {
  it.each(['before writing', 'after writing'] as const)(
    '%s changes nothing in the program, and nothing is signed with a key that was not published',
    async (fails) => {
      const keys = await open();
      const [old] = kids(keys);
      disk.fails = fails;
      await expect(keys.rotate({ atOnce: false })).rejects.toThrow();
      await expect(keys.rotate({ atOnce: true })).rejects.toThrow();
      expect(kids(keys)).toEqual([old]);
      expect(kidOf(await issue(keys))).toBe(old);
      disk.fails = 'never';
      clock.move(2 * HOUR);
      expect(kidOf(await issue(keys))).toBe(old);
    },
  );

  it('loses no key that signed: after a kill the next program knows every token', async () => {
    for (const fails of ['before writing', 'after writing'] as const) {
      disk = new Disk();
      const killed = await open();
      const token = await issue(killed);
      disk.fails = fails;
      await killed.rotate({ atOnce: false }).catch(() => undefined);
      disk.fails = 'never';
      const next = await open();
      expect(await door(next)(token)).toMatchObject({ kind: 'verified' });
      // Whether or not the new key was written, it does not sign before it was published for the lead time.
      expect(kidOf(await issue(next))).toBe(kids(killed)[0]);
    }
  });

  it('at once, after writing, is done for the next program: the stolen key is gone', async () => {
    const killed = await open();
    const stolen = await issue(killed);
    disk.fails = 'after writing';
    await killed.rotate({ atOnce: true }).catch(() => undefined);
    const next = await open();
    expect(await door(next)(stolen)).toMatchObject({ kind: 'refused', code: 'TOKEN_KEY_UNKNOWN' });
    expect(await door(next)(await issue(next))).toMatchObject({ kind: 'verified' });
  });

  it('is tried again by the schedule, and begins once', async () => {
    const keys = await open();
    clock.move(ROTATE_AFTER);
    disk.fails = 'before writing';
    await expect(keys.maintain()).rejects.toThrow();
    disk.fails = 'never';
    expect(await keys.maintain()).not.toBeNull();
    expect([kids(keys).length, disk.kept.length]).toEqual([2, 2]);
  });

  it('by a failed key generation changes nothing, and the next one works', async () => {
    let fails = true;
    const keys = await open({
      generateFirst: elliptic,
      generate: (alg) => (fails ? Promise.reject(new Error('no')) : elliptic(alg)),
    });
    await expect(keys.rotate({ atOnce: false })).rejects.toThrow('no');
    fails = false;
    await keys.rotate({ atOnce: false });
    expect(kids(keys)).toHaveLength(2);
  });
});

describe('the stored keys without a program', () => {
  it('are none where no program ever started, and none is made', async () => {
    expect(await openStoredSigningKeys({ store: disk, clock })).toBeNull();
    expect(disk.saves).toBe(0);
  });

  it('are rotated with the algorithm that they have, and a program goes on from there', async () => {
    const token = await issue(await open({ algorithm: 'EdDSA' }));
    const stored = await openStoredSigningKeys({ store: disk, clock, generate: elliptic });
    const rotation = await stored?.rotate({ atOnce: false });
    const program = await open({ algorithm: 'EdDSA' });
    expect(await program.maintain()).toBeNull();
    expect(await door(program)(token)).toMatchObject({ kind: 'verified' });
    clock.move(KEY_LEAD_MILLISECONDS);
    expect(kidOf(await issue(program))).toBe(rotation?.kid);
  });

  it('of a version without rotations sign from their creation on', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'key-rotation-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const keysDirectory = join(directory, 'keys');
    const first = await open({ store: fileKeyStore(keysDirectory) });
    const path = join(keysDirectory, 'signing-keys.json');
    const { version, keys } = JSON.parse(readFileSync(path, 'utf8'));
    const old = keys.map(({ signsFrom: _, ...key }: StoredKey) => key);
    writeFileSync(path, JSON.stringify({ version, keys: old }));
    const again = await open({ store: fileKeyStore(keysDirectory) });
    expect(again.describe()).toEqual(first.describe());
  });
});

describe('a private key', () => {
  it('is in no answer, no error and no print of the keys, and its file stays its owner’s through a rotation', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'key-rotation-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, 'keys', 'signing-keys.json');
    const keys = await open({ store: fileKeyStore(join(directory, 'keys')) });
    const rotation = await keys.rotate({ atOnce: false });
    const refusal = await keys.rotate({ atOnce: false }).catch((error: unknown) => error);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const secrets = JSON.parse(readFileSync(path, 'utf8')).keys.map((key: StoredKey) => String(key.privateKey.d));
    expect(secrets).toHaveLength(2);
    const said = [rotation, refusal, keys, keys.describe(), keys.jwks()].map((one) =>
      [inspect(one, { depth: 9, showHidden: true }), JSON.stringify(one)].join('\n'),
    );
    for (const secret of secrets) expect(said.join('\n')).not.toContain(secret);
  });
});
