import { DEFAULT_CLOCK_SKEW_SECONDS } from './issuer-policy.ts';
import type { StoredKey } from './stored-key.ts';

/**
 * How long a key is published before it signs. The issuer lets its set be remembered for a minute; libraries that go by
 * their own clock remember one for some minutes and fetch it anew for a key they do not know. An hour is far beyond both.
 */
export const KEY_LEAD_MILLISECONDS = 3_600_000;

/**
 * How long a key stays published after the last token that it signed: the longest lifetime that the configuration or a
 * client can be given (a day, whatever it is now: it may have been longer when the token was signed), and the clock skew.
 */
export const KEY_RETIREMENT_MILLISECONDS = 86_400_000 + DEFAULT_CLOCK_SKEW_SECONDS * 1000;

export type KeyState = 'next' | 'signing' | 'retiring';

/** A key without anything of the key itself. Times in milliseconds since the epoch. */
export type DescribedKey = Pick<StoredKey, 'kid' | 'algorithm'> & {
  readonly state: KeyState;
  /** When it came into this state. */
  readonly since: number;
  /** When it leaves it: to sign, to retire, to be withdrawn. Null where nothing is planned. */
  readonly until: number | null;
};

/**
 * What each key does at a moment follows from when they begin to sign, so that no step of a rotation has to be written down
 * when it is due, and none can be lost: the last one that has begun signs, later ones wait, earlier ones retire. Where the
 * clock stands before all of them the first one signs. Newest first; keys that have retired for good are left out.
 */
export function describeKeys(keys: readonly StoredKey[], now: number): readonly DescribedKey[] {
  const ordered = inOrder(keys);
  const signing = signerAt(ordered, now);
  const described = ordered.map((key, position): DescribedKey & { readonly gone: boolean } => {
    const { kid, algorithm } = key;
    const successor = ordered[position + 1]?.signsFrom ?? null;
    if (key === signing)
      return { kid, algorithm, state: 'signing', since: key.signsFrom, until: successor, gone: false };
    if (successor === null || key.signsFrom > now)
      return { kid, algorithm, state: 'next', since: key.created, until: key.signsFrom, gone: false };
    const until = successor + KEY_RETIREMENT_MILLISECONDS;
    return { kid, algorithm, state: 'retiring', since: successor, until, gone: now >= until };
  });
  return described
    .filter((key) => !key.gone)
    .map(({ gone: _, ...key }) => key)
    .reverse();
}

/** The key that signs at that moment; undefined where there is none at all. */
export function signerAt<Key extends Pick<StoredKey, 'signsFrom'>>(keys: readonly Key[], now: number): Key | undefined {
  const ordered = inOrder(keys);
  return ordered.findLast((key) => key.signsFrom <= now) ?? ordered[0];
}

/** A key that is published and does not sign yet. */
export function waitingAt<Key extends Pick<StoredKey, 'signsFrom'>>(
  keys: readonly Key[],
  now: number,
): Key | undefined {
  const signing = signerAt(keys, now);
  return inOrder(keys).findLast((key) => key !== signing && key.signsFrom > now);
}

/** Those whose last token may still be accepted somewhere. */
export function withoutRetired(keys: readonly StoredKey[], now: number): readonly StoredKey[] {
  const kept = new Set(describeKeys(keys, now).map(({ kid }) => kid));
  return keys.filter(({ kid }) => kept.has(kid));
}

function inOrder<Key extends Pick<StoredKey, 'signsFrom'>>(keys: readonly Key[]): readonly Key[] {
  return keys.toSorted((one, other) => one.signsFrom - other.signsFrom);
}
