/** Who did something, and what he proved it with: what the audit log keeps. Never the credential. */
export type Actor =
  | {
      readonly kind: 'user' | 'client';
      readonly id: string;
      /** `certificate`: of a client at the token endpoint (RFC 8705). */
      readonly credential: 'basic' | 'bearer' | 'session' | 'certificate';
    }
  | { readonly kind: 'anonymous'; readonly credential: 'none' }
  /** Whoever may open the data directory: the command line. */
  | { readonly kind: 'operator'; readonly credential: 'control-socket' }
  | { readonly kind: 'configuration'; readonly credential: 'configuration' };

export const ANONYMOUS_ACTOR: Actor = { kind: 'anonymous', credential: 'none' };
export const OPERATOR: Actor = { kind: 'operator', credential: 'control-socket' };
export const CONFIGURATION: Actor = { kind: 'configuration', credential: 'configuration' };
