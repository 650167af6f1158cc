import type { PasswordHashing } from './password-hashing.ts';

/** Spring Security's label in front of a bcrypt hash: how a password that was hashed elsewhere is handed over. */
const HASHED_ELSEWHERE = /^\{bcrypt\}\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/;
/** A dearer one would let one login take seconds of a core. */
const MAX_COST = 14;

/** What is wrong with a text that begins like a hash and may not be stored as one; empty for everything else. */
export function hashProblems(text: string): string[] {
  if (!text.startsWith('{bcrypt}')) return [];
  const cost = Number(HASHED_ELSEWHERE.exec(text)?.groups?.cost);
  if (Number.isNaN(cost)) return ['The provided password begins with {bcrypt} and is no bcrypt hash'];
  return cost < 4 || cost > MAX_COST
    ? [`The provided bcrypt hash has a cost that is not between 4 and ${MAX_COST}`]
    : [];
}

/**
 * What to store for a password, or for a bcrypt hash of one: users of another system move here with the passwords they have.
 * Their hashes are replaced by our own as they log in.
 */
export async function storedHash(hashing: PasswordHashing, text: string): Promise<string> {
  return HASHED_ELSEWHERE.test(text) ? text : hashing.hash(text);
}
