import { describe, expect, it } from 'vitest';
import { inBatches } from '../src/sign-in-batches.ts';

/** What was signed so far. */
function recorded() {
  const log: string[] = [];
  const sign = inBatches((text) => {
    log.push(text);
    if (text === 'bad') throw new Error('no signature');
    return Buffer.from(`signed ${text}`);
  });
  return { log, sign };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('signatures in batches', () => {
  it('each go to whom asked for them, in their order', async () => {
    const { log, sign } = recorded();
    const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
    const signatures = await Promise.all(texts.map(sign));
    expect(signatures.map(String)).toEqual(texts.map((text) => `signed ${text}`));
    expect(log).toEqual(texts);
  });

  it('are made in one turn for all who asked before it, and in none where nobody did', async () => {
    const { log, sign } = recorded();
    const all = ['a', 'b', 'c'].map(sign);
    expect(log).toEqual([]);
    await turn();
    expect(log).toEqual(['a', 'b', 'c']);
    await Promise.all(all);
    await turn();
    const last = sign('d');
    await turn();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
    await last;
  });

  it('let others have their turn after 64 of them', async () => {
    const { log, sign } = recorded();
    const all = Array.from({ length: 130 }, (_, index) => sign(`${index}`));
    const counts: number[] = [];
    for (let turns = 0; turns < 3; turns += 1) {
      await turn();
      counts.push(log.length);
    }
    expect(counts).toEqual([64, 128, 130]);
    await Promise.all(all);
  });

  it('that fail are failures of their own alone', async () => {
    const { sign } = recorded();
    const [before, bad, after] = await Promise.allSettled([sign('a'), sign('bad'), sign('b')]);
    expect(before.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'no signature' } });
    expect(after.status).toBe('fulfilled');
  });
});
