import { isJsonObject } from './strict-json.ts';

/** What the embedded issuer can sign with: RSA 2048, P-256, Ed25519. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A private key with its members; never printed, published or put into an error. */
export type PrivateJwk = Readonly<Record<string, unknown>>;

export type StoredKey = {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Milliseconds since the epoch: it is published from its creation on, and signs from here until the next one does. */
  readonly signsFrom: number;
  readonly privateKey: PrivateJwk;
};

/** Where signing keys are kept. `save` replaces all of them, or nothing. Both reject with `KeyStoreError`. */
export type KeyStore = { load(): Promise<readonly StoredKey[]>; save(keys: readonly StoredKey[]): Promise<void> };

export type KeyStoreErrorCode =
  /** Others on this machine can read or replace the keys. */
  | 'KEY_STORE_EXPOSED'
  /** The content is not what was written: it is never replaced by new keys on its own. */
  | 'KEY_STORE_CORRUPT'
  | 'KEY_STORE_UNREADABLE'
  | 'KEY_STORE_UNWRITABLE';

export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
  readonly code: KeyStoreErrorCode;

  constructor(code: KeyStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Null where the value is not a list of stored keys. Not checked here: that each is a good key (`openSigningKeys` does). */
export function readStoredKeys(value: unknown): readonly StoredKey[] | null {
  if (!isJsonObject(value) || value.version !== 1 || !Array.isArray(value.keys)) return null;
  const keys = value.keys.map(readStoredKey);
  return keys.every((key) => key !== null) ? keys : null;
}

export function writeStoredKeys(keys: readonly StoredKey[]): string {
  return `${JSON.stringify({ version: 1, keys }, null, 2)}\n`;
}

function readStoredKey(value: unknown): StoredKey | null {
  if (!isJsonObject(value)) return null;
  // Keys from before there were rotations sign from their creation on.
  const { kid, algorithm, created, signsFrom = created, privateKey } = value;
  if (
    typeof kid !== 'string' ||
    !isSigningAlgorithm(algorithm) ||
    !Number.isSafeInteger(created) ||
    !Number.isSafeInteger(signsFrom) ||
    !isJsonObject(privateKey)
  )
    return null;
  return { kid, algorithm, created: Number(created), signsFrom: Number(signsFrom), privateKey };
}

function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return (SIGNING_ALGORITHMS as readonly unknown[]).includes(value);
}
