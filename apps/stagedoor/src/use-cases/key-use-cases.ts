import { type Actor, type AuditEntry, type Clock, OPERATOR } from '@stagedoor/access';
import {
  type DescribedKey,
  fileKeyStore,
  type KeyRotation,
  KeyRotationUnderWay,
  KeyStoreError,
  openStoredSigningKeys,
  type SigningKeys,
} from '@stagedoor/tokens';
import type { House } from '../house.ts';
import { type ListedKey, type RotatedKey, UseCaseError, type UseCases } from '../use-cases.ts';

type KeyUseCases = Pick<UseCases, 'key.list' | 'key.rotate'>;

export type KeyParts = {
  /** Null where the issuer has no keys yet. */
  readonly open: () => Promise<Pick<SigningKeys, 'describe' | 'rotate'> | null>;
  readonly clock: Clock;
  readonly note: (entry: AuditEntry) => Promise<void> | void;
};

/** The signing keys of the embedded issuer, by command. No part of a key itself is in any answer. */
export function keyUseCases({ open, clock, note }: KeyParts): KeyUseCases {
  return {
    'key.list': () => inWords(async () => ((await open())?.describe() ?? []).map(listed)),
    'key.rotate': ({ now }) =>
      inWords(async () => {
        const keys = await open();
        if (keys === null)
          throw new UseCaseError('KEY_MISSING', 'there is no signing key yet: the first start makes one');
        const rotation = await keys.rotate({ atOnce: now });
        await note(rotationEntry(rotation, { at: clock.now(), actor: OPERATOR }));
        return rotated(rotation);
      }),
  };
}

/** Where no program runs: on the data directory itself. A program that starts later goes on from there. */
export function storedKeyUseCases({ directory, clock, identity }: House): KeyUseCases {
  return keyUseCases({
    open: () => openStoredSigningKeys({ store: fileKeyStore(directory.keys), clock }),
    clock,
    note: (entry) => identity.audit.append([entry]),
  });
}

/** A rotation as the audit log has it, whoever or whatever began it. */
export function rotationEntry(
  { kid }: KeyRotation,
  { at, actor }: { readonly at: number; readonly actor: Actor },
): AuditEntry {
  return {
    at,
    actor,
    operation: 'key.rotate',
    entityType: 'RESOURCE',
    entityKey: kid,
    outcome: 'SUCCESS',
    code: null,
    count: 1,
  };
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyStoreError) throw new UseCaseError(error.code, error.message, { cause: error });
    if (!(error instanceof KeyRotationUnderWay)) throw error;
    const next = `the next key ${error.kid} is published already and signs from ${iso(error.signsFrom)} on`;
    throw new UseCaseError('KEY_ROTATION_UNDER_WAY', `${next}: wait for it, or use --now where a key was stolen`, {
      cause: error,
    });
  }
}

function listed({ kid, algorithm, state, since, until }: DescribedKey): ListedKey {
  return { kid, algorithm, state, since: iso(since), until: until === null ? null : iso(until) };
}

function rotated({ kid, signsFrom, withdrawn }: KeyRotation): RotatedKey {
  return { kid, signsFrom: iso(signsFrom), withdrawn };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
