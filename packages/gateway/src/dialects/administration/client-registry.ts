import type { Actor, ClientId, Scope } from '@stagedoor/access';

export type RegisteredClient = { readonly clientId: string; readonly name: string; readonly scopes: readonly Scope[] };

/** Why a registration was refused, in words for the caller. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
  readonly code: 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'FORBIDDEN';

  constructor(code: RegistrationError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The clients of this cluster: a client with its grants is one thing to its user. Rejects with a `RegistrationError`.
 * Not the issuer itself: the program puts issuer and identity behind this in one transaction.
 */
export type ClientRegistry = {
  /** `scopes` null: all that the creator has. A creator cannot give scopes that he does not have. */
  create(input: {
    name: string;
    scopes: readonly Scope[] | null;
    creator: ClientId;
    /** As the audit log is to have him. */
    actor: Actor;
  }): Promise<RegisteredClient & { readonly clientSecret: string }>;
  list(): Promise<readonly RegisteredClient[]>;
  delete(clientId: string, actor: Actor): Promise<void>;
};
