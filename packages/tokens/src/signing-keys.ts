import type { Clock } from '@stagedoor/access';
import {
  type DescribedKey,
  describeKeys,
  KEY_LEAD_MILLISECONDS,
  signerAt,
  waitingAt,
  withoutRetired,
} from './key-schedule.ts';
import { KeySet } from './key-set.ts';
import {
  type GenerateKey,
  generatePrivateKey,
  nameKey,
  type OpenKey,
  openKey,
  type PublishedKey,
} from './private-key.ts';
import { signCompact } from './sign-compact.ts';
import type { KeyStore, SigningAlgorithm } from './stored-key.ts';

/** What a rotation did. Times in milliseconds since the epoch. */
export type KeyRotation = {
  readonly kid: string;
  readonly signsFrom: number;
  /** What is published no more, as of now. */
  readonly withdrawn: readonly string[];
};

/** A key is published and waits already: another one would gain nothing. */
export class KeyRotationUnderWay extends Error {
  override readonly name = 'KeyRotationUnderWay';
  readonly kid: string;
  readonly signsFrom: number;

  constructor(kid: string, signsFrom: number) {
    super('the next signing key is published already');
    this.kid = kid;
    this.signsFrom = signsFrom;
  }
}

export type SigningKeys = {
  readonly algorithm: SigningAlgorithm;
  /** Grows when the published keys change. */
  readonly epoch: number;
  readonly published: KeySet;
  /** Signs the claims as they are (RFC 9068 section 2.1 wants the type). Not checked here: what they claim. */
  sign(claims: Readonly<Record<string, unknown>>, typ: 'at+jwt' | 'JWT'): Promise<string>;
  /** The JWK set to publish: public members only. */
  jwks(): { readonly keys: readonly PublishedKey[] };
  /** Newest first. */
  describe(): readonly DescribedKey[];
  /**
   * Makes the next key and publishes it; it signs after the lead time. `atOnce` is for keys that somebody else may have:
   * the new one signs now, and all others are withdrawn. Rejects with `KeyRotationUnderWay` where a key waits already and
   * there is no haste, and with `KeyStoreError`: then nothing has changed.
   */
  rotate(options: { readonly atOnce: boolean }): Promise<KeyRotation>;
  /**
   * What is due: withdraws keys whose last token has expired, and begins a rotation where the signing key is that old or of
   * another algorithm than is asked for. Null where none was begun. Rejects with `KeyStoreError`: then nothing has changed.
   */
  maintain(): Promise<KeyRotation | null>;
};

export type OpenSigningKeys = {
  readonly store: KeyStore;
  readonly clock: Clock;
  /** Default RS256, which every verifier knows. */
  readonly algorithm?: SigningAlgorithm;
  /** How long a key signs until `maintain` replaces it, in milliseconds; 0, the default, for as long as there is no command. */
  readonly rotateAfter?: number;
  readonly generate?: GenerateKey;
  /** For the key of a first start, where that was begun early. */
  readonly generateFirst?: GenerateKey;
};

/**
 * Opens the signing keys of the embedded issuer; the first start makes one and keeps it. All of them are published, one
 * signs (`describeKeys`). A change of algorithm is a rotation like any other. Rejects with `KeyStoreError`.
 */
export async function openSigningKeys(options: OpenSigningKeys): Promise<SigningKeys> {
  const { store, clock, algorithm = 'RS256', generate = generatePrivateKey, generateFirst = generate } = options;
  const opened = await Promise.all((await store.load()).map(openKey));
  if (opened.length > 0) return new RotatingKeys(options, opened);
  const privateKey = await generateFirst(algorithm);
  const now = clock.now();
  const first = await nameKey({ algorithm, created: now, signsFrom: now, privateKey });
  await store.save([first.stored]);
  return new RotatingKeys(options, [first]);
}

/** The keys that are there, for a command where no program runs: null where there are none yet, and none is made. */
export async function openStoredSigningKeys(
  options: Pick<OpenSigningKeys, 'store' | 'clock' | 'generate'>,
): Promise<SigningKeys | null> {
  const opened = await Promise.all((await options.store.load()).map(openKey));
  const newest = newestFirst(opened)[0];
  return newest === undefined ? null : new RotatingKeys({ ...options, algorithm: newest.stored.algorithm }, opened);
}

/** Private fields, so that nothing that prints an object prints a key. */
class RotatingKeys implements SigningKeys {
  readonly algorithm: SigningAlgorithm;
  readonly #store: KeyStore;
  readonly #clock: Clock;
  readonly #rotateAfter: number;
  readonly #generate: GenerateKey;
  #keys: readonly OpenKey[];
  #published: KeySet;
  #jwks: { readonly keys: readonly PublishedKey[] };
  #epoch = 0;
  /** One change at a time: each is made of what the one before left. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: OpenSigningKeys, keys: readonly OpenKey[]) {
    const { store, clock, algorithm = 'RS256', rotateAfter = 0, generate = generatePrivateKey } = options;
    this.algorithm = algorithm;
    this.#store = store;
    this.#clock = clock;
    this.#rotateAfter = rotateAfter;
    this.#generate = generate;
    this.#keys = keys;
    this.#published = KeySet.EMPTY;
    this.#jwks = { keys: [] };
    this.#publish(keys);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get published(): KeySet {
    return this.#published;
  }

  async sign(claims: Readonly<Record<string, unknown>>, typ: 'at+jwt' | 'JWT'): Promise<string> {
    const payload = JSON.stringify(claims);
    for (;;) {
      const { sign, published } = this.#signer();
      const { alg, kid } = published;
      const token = await signCompact(sign, { alg, kid, typ }, payload);
      // A key that was withdrawn meanwhile made a token that nobody takes.
      if (this.#keys.some(({ stored }) => stored.kid === kid)) return token;
    }
  }

  jwks(): { readonly keys: readonly PublishedKey[] } {
    return this.#jwks;
  }

  describe(): readonly DescribedKey[] {
    return describeKeys(this.#stored(), this.#clock.now());
  }

  rotate({ atOnce }: { readonly atOnce: boolean }): Promise<KeyRotation> {
    return this.#inTurn(() => (atOnce ? this.#replaceAll() : this.#addNext()));
  }

  maintain(): Promise<KeyRotation | null> {
    return this.#inTurn(async () => {
      const now = this.#clock.now();
      if (this.#isDue(now)) return this.#addNext();
      const kept = withoutRetired(this.#stored(), now);
      if (kept.length < this.#keys.length) await this.#keep(this.#keys.filter(({ stored }) => kept.includes(stored)));
      return null;
    });
  }

  #isDue(now: number): boolean {
    if (waitingAt(this.#keys, now) !== undefined) return false;
    const { signsFrom, published } = this.#signer();
    if (published.alg !== this.algorithm) return true;
    return this.#rotateAfter > 0 && now >= signsFrom + this.#rotateAfter - KEY_LEAD_MILLISECONDS;
  }

  async #addNext(): Promise<KeyRotation> {
    const waiting = waitingAt(this.#keys, this.#clock.now());
    if (waiting !== undefined) throw new KeyRotationUnderWay(waiting.stored.kid, waiting.signsFrom);
    return this.#add(KEY_LEAD_MILLISECONDS, (now) => withoutRetired(this.#stored(), now).map(({ kid }) => kid));
  }

  #replaceAll(): Promise<KeyRotation> {
    return this.#add(0, () => []);
  }

  async #add(lead: number, kidsToKeep: (now: number) => readonly string[]): Promise<KeyRotation> {
    // Made before the time is taken: making one takes a while, and the lead begins with publishing.
    const { algorithm } = this;
    const privateKey = await this.#generate(algorithm);
    const now = this.#clock.now();
    const made = await nameKey({ algorithm, created: now, signsFrom: now + lead, privateKey });
    const { kid, signsFrom } = made.stored;
    if (this.#keys.some(({ stored }) => stored.kid === kid)) throw new TypeError('a new key is one of the old ones');
    const keep = kidsToKeep(now);
    const withdrawn = this.#stored().flatMap((key) => (keep.includes(key.kid) ? [] : [key.kid]));
    await this.#keep([...this.#keys.filter(({ stored }) => keep.includes(stored.kid)), made]);
    return { kid, signsFrom, withdrawn };
  }

  /** Written before it is published, and so before it signs: what fails or ends before changes nothing here. */
  async #keep(keys: readonly OpenKey[]): Promise<void> {
    await this.#store.save(keys.map(({ stored }) => stored));
    this.#publish(keys);
  }

  #publish(keys: readonly OpenKey[]): void {
    const ordered = newestFirst(keys);
    this.#keys = keys;
    this.#published = new KeySet(ordered.map((key) => key.verification));
    this.#jwks = { keys: ordered.map((key) => key.published) };
    this.#epoch += 1;
  }

  #signer(): OpenKey {
    const signer = signerAt(this.#keys, this.#clock.now());
    if (signer === undefined) throw new TypeError('no signing key was opened');
    return signer;
  }

  #stored() {
    return this.#keys.map(({ stored }) => stored);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(change);
    this.#changing = turn.catch(() => undefined);
    return turn;
  }
}

function newestFirst(keys: readonly OpenKey[]): readonly OpenKey[] {
  return keys.toSorted((one, other) => other.signsFrom - one.signsFrom);
}
