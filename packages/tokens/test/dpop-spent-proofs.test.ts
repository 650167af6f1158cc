import { appendFile, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DpopProof } from '../src/dpop-proof.ts';
import { proofFiles } from '../src/dpop-proof-files.ts';
import { openDpopProofs } from '../src/dpop-proofs.ts';
import { type ProofStore, type SpentProof, SpentProofs } from '../src/dpop-spent-proofs.ts';
import { proofAt, REQUEST } from './dpop-proofs.ts';
import { type MovableClock, movableClock } from './foreign-issuer.ts';

let clock: MovableClock;
let directory: string;
beforeEach(async () => {
  clock = movableClock();
  directory = await mkdtemp(join(tmpdir(), 'used-proofs-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const proof = (jti: string, more: Partial<DpopProof> = {}): DpopProof => ({
  thumbprint: 'key',
  jti,
  endsAt: clock.now() + 60_000,
  ...more,
});
const files = () => proofFiles(join(directory, 'proofs'), () => clock.now());
const written = async () =>
  (
    await Promise.all(
      (await readdir(join(directory, 'proofs'))).map((name) => readFile(join(directory, 'proofs', name), 'utf8')),
    )
  ).join('');

/** Writes when it is told to. */
function heldStore() {
  const batches: (readonly SpentProof[])[] = [];
  const holds: PromiseWithResolvers<void>[] = [];
  const store: ProofStore = {
    load: async () => [],
    append: (proofs) => {
      batches.push(proofs);
      const hold = Promise.withResolvers<void>();
      holds.push(hold);
      return hold.promise;
    },
    turn: async () => undefined,
    close: async () => undefined,
  };
  return { store, batches, holds };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a proof', () => {
  it('can be used once', async () => {
    const spent = await SpentProofs.load(clock, files());
    expect(await spent.spend(proof('one'))).toBe('spent');
    expect(await spent.spend(proof('one'))).toBe('known');
    expect(await spent.spend(proof('two'))).toBe('spent');
    await spent.close();
  });

  it('of another key may have the same jti', async () => {
    const spent = await SpentProofs.load(clock, files());
    expect(await spent.spend(proof('one'))).toBe('spent');
    expect(await spent.spend(proof('one', { thumbprint: 'other' }))).toBe('spent');
    await spent.close();
  });

  it('that comes twice at the same time is used once, and nobody hears of it before it is written down', async () => {
    const { store, holds } = heldStore();
    const spent = await SpentProofs.load(clock, store);
    let heard = '';
    const first = spent.spend(proof('one')).then((became) => {
      heard = became;
    });
    expect(await spent.spend(proof('one'))).toBe('known');
    await settled();
    expect(heard).toBe('');
    holds[0]?.resolve();
    await first;
    expect(heard).toBe('spent');
  });

  it('that comes while another one is written waits, and is written with all that came meanwhile', async () => {
    const { store, batches, holds } = heldStore();
    const spent = await SpentProofs.load(clock, store);
    const all = ['one', 'two', 'three', 'four'].map((jti) => spent.spend(proof(jti)));
    holds[0]?.resolve();
    await settled();
    holds[1]?.resolve();
    expect(await Promise.all(all)).toEqual(Array(4).fill('spent'));
    expect(batches.map((batch) => batch.length)).toEqual([1, 3]);
  });

  it('that could not be written down is not taken, neither then nor later; the next one is', async () => {
    const { store, holds } = heldStore();
    const spent = await SpentProofs.load(clock, store);
    const failing = spent.spend(proof('one'));
    holds[0]?.reject(new Error('the disk is full'));
    await expect(failing).rejects.toThrow('the disk is full');
    expect(await spent.spend(proof('one'))).toBe('known');
    const next = spent.spend(proof('two'));
    holds[1]?.resolve();
    expect(await next).toBe('spent');
  });

  it('for which there is no room is not taken, until others have ended', async () => {
    const spent = await SpentProofs.load(clock, files(), 2);
    expect(await spent.spend(proof('one'))).toBe('spent');
    expect(await spent.spend(proof('two'))).toBe('spent');
    expect(await spent.spend(proof('three'))).toBe('full');
    clock.move(120_000);
    expect(await spent.spend(proof('three'))).toBe('spent');
    await spent.close();
  });

  it('is remembered for as long as any verifier would take it, also one of the next minute', async () => {
    const spent = await SpentProofs.load(clock, files());
    for (let second = 0; second <= 240; second += 7) {
      await spent.spend(proof(`at ${second}`, { endsAt: clock.now() + 120_000 }));
      for (let ago = 0; ago <= Math.min(second, 119); ago += 7)
        expect(await spent.spend(proof(`at ${second - ago}`))).toBe('known');
      clock.move(7000);
    }
    await spent.close();
  });
});

describe('used proofs on the disk', () => {
  it('are remembered by the next process, for as long as they count', async () => {
    const before = await SpentProofs.load(clock, files());
    await before.spend(proof('one'));
    // It is killed: nobody closes anything.
    clock.move(59_999);
    const after = await SpentProofs.load(clock, files());
    expect(await after.spend(proof('one'))).toBe('known');
    await after.close();
    clock.move(1);
    expect(await files().load()).toEqual([]);
    await before.close();
  });

  it('are remembered over several restarts, and in whichever file they are', async () => {
    for (const [jti, known] of [
      ['one', []],
      ['two', ['one']],
      ['three', ['one', 'two']],
    ] as const) {
      const spent = await SpentProofs.load(clock, files());
      for (const earlier of known) expect(await spent.spend(proof(earlier))).toBe('known');
      expect(await spent.spend(proof(jti, { endsAt: clock.now() + 500_000 }))).toBe('spent');
      clock.move(120_000);
      // Begins the next generation.
      await spent.spend(proof(`other than ${jti}`));
      await spent.close();
    }
  });

  it('are forgotten with their generation: the files do not grow for ever', async () => {
    const spent = await SpentProofs.load(clock, files());
    for (let generation = 0; generation < 5; generation += 1) {
      for (let n = 0; n < 20; n += 1) await spent.spend(proof(`${generation}-${n}`));
      clock.move(120_000);
    }
    await spent.close();
    expect((await readdir(join(directory, 'proofs'))).sort()).toEqual(['used-proofs.0', 'used-proofs.1']);
    expect((await written()).trim().split('\n')).toHaveLength(40);
  });

  it('tell neither a jti nor a key, and nobody but their owner', async () => {
    const spent = await SpentProofs.load(clock, files());
    await spent.spend(proof('c4n4ry', { thumbprint: 'k3y' }));
    await spent.close();
    expect(await written()).toMatch(/^\n[A-Za-z0-9_-]{43} \d{13}$/);
    for (const path of [join(directory, 'proofs'), join(directory, 'proofs', 'used-proofs.0')])
      expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('are read as far as they were written: a line that was cut off spoils none but itself', async () => {
    const spent = await SpentProofs.load(clock, files());
    await spent.spend(proof('one'));
    const path = join(directory, 'proofs', 'used-proofs.0');
    await appendFile(path, `\n${'A'.repeat(20)}`);
    await spent.spend(proof('two'));
    await spent.close();
    const after = await SpentProofs.load(clock, files());
    expect(await after.spend(proof('one'))).toBe('known');
    expect(await after.spend(proof('two'))).toBe('known');
    expect(await readFile(path, 'utf8')).not.toContain('AAAAAAAAAA\n');
    await after.close();
  });

  it('are not made up for where they cannot be read: the start fails', async () => {
    await SpentProofs.load(clock, files()).then(async (spent) => {
      await spent.spend(proof('one'));
      await spent.close();
    });
    const path = join(directory, 'proofs', 'used-proofs.0');
    await rm(path);
    await writeFile(join(directory, 'elsewhere'), '');
    await symlink(join(directory, 'elsewhere'), path);
    await expect(files().load()).rejects.toThrow();
  });

  it('are written no more once they are closed', async () => {
    const spent = await SpentProofs.load(clock, files());
    await spent.close();
    await expect(spent.spend(proof('one'))).rejects.toThrow('closed');
  });
});

describe('proofs that are shown', () => {
  const open = async (store: ProofStore | null) => {
    const faults: unknown[] = [];
    return { faults, proofs: await openDpopProofs({ clock, store, onFault: (error) => faults.push(error) }) };
  };

  it('are taken once, and only where they are good', async () => {
    const { proofs } = await open(null);
    const good = proofAt(clock.now());
    expect(await proofs.accept([good], { ...REQUEST, method: 'POST' })).toMatchObject({ kind: 'refused' });
    // What was refused is not used up by it.
    expect(await proofs.accept([good], REQUEST)).toMatchObject({ kind: 'proved' });
    expect(await proofs.accept([good], REQUEST)).toEqual({ kind: 'replayed' });
  });

  it('are taken once of a hundred at the same time', async () => {
    const { proofs } = await open(files());
    const good = proofAt(clock.now());
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => proofs.accept([good], REQUEST)));
    expect(verdicts.filter(({ kind }) => kind === 'proved')).toHaveLength(1);
    expect(verdicts.filter(({ kind }) => kind === 'replayed')).toHaveLength(99);
    await proofs.close();
  });

  it('are not taken after a restart', async () => {
    const { proofs } = await open(files());
    const good = proofAt(clock.now());
    expect(await proofs.accept([good], REQUEST)).toMatchObject({ kind: 'proved' });
    const { proofs: next } = await open(files());
    expect(await next.accept([good], REQUEST)).toEqual({ kind: 'replayed' });
    await Promise.all([proofs.close(), next.close()]);
  });

  it('are not taken where they cannot be written down, and the operator hears of it', async () => {
    const full = { ...heldStore().store, append: () => Promise.reject(new Error('the disk is full')) };
    const { proofs, faults } = await open(full);
    expect(await proofs.accept([proofAt(clock.now())], REQUEST)).toEqual({ kind: 'unavailable' });
    expect(faults).toEqual([new Error('the disk is full')]);
  });
});
