import type { KeyStore, StoredKey } from '@stagedoor/tokens';

/** Signing keys that end with the program. */
export function memoryKeyStore(): KeyStore {
  let kept: readonly StoredKey[] = [];
  return {
    load: async () => kept,
    save: async (keys) => {
      kept = keys;
    },
  };
}
