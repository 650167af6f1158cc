import type { IssuerPolicy } from '@stagedoor/tokens';
import type { LoginSettings } from '../configuration/index.ts';
import type { AssertionKey } from './assertion-key.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** An identity provider at which people log in, and everything about it that was configured or is known here. */
export type LoginProvider = {
  readonly id: string;
  readonly settings: LoginSettings;
  /** Null where it knows Stagedoor by a secret, or by its name alone. */
  readonly assertionKey: AssertionKey | null;
  /** Where it sends people back to. */
  readonly redirectUri: string;
  readonly endpoints:
    | { readonly kind: 'discovery'; readonly issuer: string }
    | {
        readonly kind: 'said';
        readonly issuer: string;
        readonly authorization: string;
        readonly token: string;
        readonly endSession: string | null;
        readonly userInfo: string | null;
      };
  /** What is believed of its tokens: its keys, its claims. */
  readonly policy: IssuerPolicy;
  readonly fetch: ProviderFetch;
};
