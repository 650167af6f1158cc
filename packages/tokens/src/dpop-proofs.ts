import type { Clock } from '@stagedoor/access';
import { type ProvedRequest, verifyProof } from './dpop-proof.ts';
import { type ProofStore, SpentProofs } from './dpop-spent-proofs.ts';

/** `problem` completes "the proof …" and repeats nothing of it. */
export type ProofVerdict =
  | { readonly kind: 'proved'; readonly thumbprint: string }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'replayed' }
  /** It cannot be remembered; the next one may be. */
  | { readonly kind: 'unavailable' };

/** Takes proofs of possession (RFC 9449), each once, whoever it is shown to: the issuer and the APIs have one of these together. */
export type DpopProofs = {
  /** `proofs`: every DPoP header of the request. */
  accept(proofs: readonly string[], request: ProvedRequest): Promise<ProofVerdict>;
  /** Waits for what is being written down. */
  close(): Promise<void>;
};

export type DpopProofsOptions = {
  readonly clock: Clock;
  /** Null where nothing outlives the process. */
  readonly store: ProofStore | null;
  /** Told of proofs that could not be written down; they were refused. */
  readonly onFault: (error: unknown) => void;
};

export async function openDpopProofs({ clock, store, onFault }: DpopProofsOptions): Promise<DpopProofs> {
  const spent = await SpentProofs.load(clock, store ?? NOWHERE);
  return {
    accept: async (proofs, request) => {
      const verified = await verifyProof(proofs, request, clock.now());
      if (!verified.ok) return { kind: 'refused', problem: verified.problem };
      try {
        const became = await spent.spend(verified.value);
        if (became === 'known') return { kind: 'replayed' };
        if (became === 'full') return { kind: 'unavailable' };
      } catch (error) {
        onFault(error);
        return { kind: 'unavailable' };
      }
      return { kind: 'proved', thumbprint: verified.value.thumbprint };
    },
    close: () => spent.close(),
  };
}

const NOWHERE: ProofStore = {
  load: async () => [],
  append: async () => undefined,
  turn: async () => undefined,
  close: async () => undefined,
};
