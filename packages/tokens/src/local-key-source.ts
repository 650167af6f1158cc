import type { KeySource } from './key-source.ts';
import type { SigningKeys } from './signing-keys.ts';

/** The keys of the issuer in this process: never fetched, never out of date. */
export function localKeySource(signingKeys: SigningKeys): KeySource {
  return {
    get epoch() {
      return signingKeys.epoch;
    },
    find: (kid, algorithm) => {
      const selection = signingKeys.published.select(kid, algorithm);
      return selection.kind === 'keys' ? { ...selection, epoch: signingKeys.epoch } : selection;
    },
  };
}
