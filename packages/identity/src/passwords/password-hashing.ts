import type { Randomness } from '@stagedoor/access';
import { inTurns } from './in-turns.ts';

/** The port to password hashing. Everything here but `needsRehash` and `dummy` is slow on purpose. */
export type PasswordHashing = {
  hash(password: string): Promise<string>;
  /** False for a hash of an unknown scheme too, at the cost of one of our own. Throws an Error where the text is damaged. */
  verify(hash: string, password: string): Promise<boolean>;
  /** Whether a password that has just verified should get a hash of our own scheme. */
  needsRehash(hash: string, password: string): boolean;
  /**
   * A hash that no password has and that costs exactly what `like` costs to verify; the same text for the same scheme and
   * parameters, so that two hashes of one cost have one dummy.
   */
  dummy(like: string): string;
};

/** OWASP's argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const OURS = '$argon2id$v=19$m=19456,t=2,p=1';

/** RFC 9106's encoded form up to its parameters. */
const ARGON2 = /^\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+(?=\$)/;
/** bcrypt's, with or without the label that Spring Security puts in front (facts, section 3). */
const BCRYPT = /^(?:\{bcrypt\})?(?<hash>\$2[aby]\$(?<cost>\d\d)\$.+)$/s;
/** bcrypt reads no further. */
const BCRYPT_BYTES = 72;

type Scheme =
  | { readonly kind: 'argon2'; readonly prefix: string }
  | { readonly kind: 'bcrypt'; readonly hash: string; readonly prefix: string };

/**
 * Hashes with argon2id and verifies bcrypt too, at most `concurrency` at once, whoever asks: more threads than cores make
 * argon2 slower and starve what else needs Node's thread pool. The native modules are loaded when first needed.
 *
 * bcrypt reads 72 bytes of a password: a longer one verifies by its beginning, as it did where the hash came from, and keeps
 * its bcrypt hash, since nobody can know which of the endings that verify is the owner's.
 */
export function createPasswordHashing(options: { concurrency: number; randomness: Randomness }): PasswordHashing {
  const { randomness } = options;
  const turn = inTurns(options.concurrency);
  const dummies = new Map<string, string>();
  const dummy = (like: string): string => {
    const { kind, prefix } = schemeOf(like) ?? { kind: 'argon2', prefix: OURS };
    const known = dummies.get(prefix);
    if (known !== undefined) return known;
    const made = kind === 'argon2' ? argon2Dummy(prefix, randomness) : bcryptDummy(prefix, randomness);
    dummies.set(prefix, made);
    return made;
  };
  return {
    hash: (password) => turn(() => argon2Hash(password, randomness.bytes(16))),
    verify: (hash, password) => turn(() => verify(hash, password, dummy)),
    needsRehash(hash, password) {
      const scheme = schemeOf(hash);
      if (scheme?.kind === 'bcrypt') return Buffer.byteLength(password) <= BCRYPT_BYTES;
      return scheme?.prefix !== OURS;
    },
    dummy,
  };
}

async function argon2Hash(password: string, salt: Uint8Array): Promise<string> {
  const argon2 = await import('@node-rs/argon2');
  return argon2.hash(password, { ...COST, salt });
}

async function verify(hash: string, password: string, dummy: (like: string) => string): Promise<boolean> {
  const scheme = schemeOf(hash);
  if (scheme?.kind === 'bcrypt') {
    const bcrypt = await import('@node-rs/bcrypt');
    return bcrypt.verify(password, scheme.hash);
  }
  const argon2 = await import('@node-rs/argon2');
  if (scheme !== undefined) return argon2.verify(hash, password);
  await argon2.verify(dummy(hash), password);
  return false;
}

function schemeOf(hash: string): Scheme | undefined {
  const argon2 = ARGON2.exec(hash);
  if (argon2) return { kind: 'argon2', prefix: argon2[0] };
  const bcrypt = BCRYPT.exec(hash)?.groups;
  // The letter after `$2` names an old mistake of some program, not another cost.
  return bcrypt?.hash ? { kind: 'bcrypt', hash: bcrypt.hash, prefix: `$2b$${bcrypt.cost}` } : undefined;
}

/** Random salt and random result: finding a password for it means inverting the function. */
function argon2Dummy(prefix: string, randomness: Randomness): string {
  return [prefix, base64(randomness.bytes(16)), base64(randomness.bytes(32))].join('$');
}

function bcryptDummy(prefix: string, randomness: Randomness): string {
  return `${prefix}$${bcryptBase64(randomness.bytes(16))}${bcryptBase64(randomness.bytes(23))}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** bcrypt has the same code with the letters in another order. */
const BCRYPT_BASE64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function bcryptBase64(bytes: Uint8Array): string {
  return base64(bytes).replaceAll(/./g, (letter) => BCRYPT_BASE64.charAt(BASE64.indexOf(letter)));
}
