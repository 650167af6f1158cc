import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCompactJws } from '../../src/compact-token.ts';
import { isSignatureAlgorithm } from '../../src/index.ts';
import { type KeySet, readKeySet } from '../../src/key-set.ts';
import { isSignedByOne } from '../../src/signed-by-one.ts';
import { type Difference, KEY_DIFFERENCES, SIGNATURE_DIFFERENCES } from './differences.ts';

type Vector = {
  readonly tcId: number;
  readonly comment: string;
  readonly jws: string;
  readonly result: 'valid' | 'invalid';
};
type Keys = Readonly<Record<string, unknown>>;
/** `private` is all that there is of a secret key. */
type Group = { readonly public?: Keys; readonly private: Keys; readonly tests: readonly Vector[] };
type Vectors = { readonly numberOfTests: number; readonly testGroups: readonly Group[] };

function vectorsOf(file: string): Vectors {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Vectors;
}

/** As the verifier takes a token: its form, the algorithms there are, the key that it names, and the signature. */
async function accepts(jws: string, keys: KeySet): Promise<boolean> {
  const read = readCompactJws(jws);
  if (!read.ok) return false;
  const { alg, kid } = read.value.header;
  if (!isSignatureAlgorithm(alg) || (kid !== undefined && typeof kid !== 'string')) return false;
  const selection = keys.select(kid, alg);
  return selection.kind === 'keys' && isSignedByOne(jws, selection.keys, alg);
}

describe.each([
  ['json_web_signature_test.json', SIGNATURE_DIFFERENCES, 401, 15],
  ['json_web_key_test.json', KEY_DIFFERENCES, 26, 1],
] as const)('%s', (file, differences: readonly Difference[], count, good) => {
  const { numberOfTests, testGroups } = vectorsOf(file);
  const reasons = new Map(differences.flatMap(({ reason, tests }) => tests.map((tcId) => [tcId, reason] as const)));
  const vectors = testGroups.flatMap((group) => group.tests.map((vector) => ({ ...vector, group })));

  it('is here as a whole, and every difference is of a valid vector', () => {
    expect([numberOfTests, vectors.length]).toEqual([count, count]);
    const valid = vectors.filter(({ result }) => result === 'valid').map(({ tcId }) => tcId);
    expect([...reasons.keys()].filter((tcId) => !valid.includes(tcId))).toEqual([]);
    expect(valid.length - reasons.size).toBe(good);
  });

  it.each(vectors)('$tcId $comment: $result', async ({ tcId, jws, result, group }) => {
    const key = group.public ?? group.private;
    const keys = await readKeySet('keys' in key ? key : { keys: [key] });
    expect(await accepts(jws, keys)).toBe(result === 'valid' && !reasons.has(tcId));
  });
});
