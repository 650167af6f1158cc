import type { NonEmpty } from '@stagedoor/access';
import type { EndedAtProvider, ProviderLogin } from '../../sessions/provider-logins.ts';

/** The provider could not be asked: nothing can be said about anybody. `operator` is for the log. */
export type ProviderUnavailable = {
  readonly kind: 'unavailable';
  readonly operator: string;
  readonly retryAfterSeconds: number;
};

export type BegunLogin =
  /** `location` is of the provider; `secrets` are shown to `finish` again, and to nobody else. */
  { readonly kind: 'begun'; readonly location: string; readonly secrets: string } | ProviderUnavailable;

export type FinishedLogin =
  | { readonly kind: 'in'; readonly login: ProviderLogin }
  /** For the log: no claim value, no token. */
  | { readonly kind: 'refused'; readonly operator: string }
  | ProviderUnavailable;

export type ReadLogout =
  | { readonly kind: 'over'; readonly ended: EndedAtProvider }
  | { readonly kind: 'refused'; readonly operator: string }
  | ProviderUnavailable;

/** This server as a client of identity providers (OpenID Connect Core section 3.1), of which it knows these. */
export type RelyingParty = {
  readonly providers: NonEmpty<{ readonly id: string; readonly name: string }>;
  /** The page that people come from and go back to, as browsers address it: absolute, with a slash at its end. */
  readonly home: string;
  begin(provider: string): Promise<BegunLogin>;
  /** `answer`: the parameters that the browser brought back. Not checked here: that it is the browser that began. */
  finish(provider: string, secrets: string, answer: URLSearchParams): Promise<FinishedLogin>;
  /** Where the browser ends the login at the provider, too; null where nobody does. */
  endAddress(login: ProviderLogin): Promise<string | null>;
  readLogoutToken(provider: string, token: string): Promise<ReadLogout>;
};
