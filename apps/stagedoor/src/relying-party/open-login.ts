import type { Randomness, TokenVerifier } from '@stagedoor/access';
import { type Dialect, type Door, loginDialect, PendingLogins, providerLoginDialect } from '@stagedoor/gateway';
import { type LoginProviderParts, loginProviders } from './login-providers.ts';
import { openRelyingParty } from './open-relying-party.ts';

type LoginParts = LoginProviderParts & {
  readonly verifier: TokenVerifier;
  readonly secret: Uint8Array;
  readonly secureCookies: boolean;
  readonly randomness: Randomness;
};

/** How people log in: with passwords here, at identity providers in `oidc`, and nowhere where no provider knows us. */
export async function openLogin(
  door: Door,
  parts: LoginParts,
): Promise<{ readonly dialects: readonly Dialect[]; loginAt: string | null }> {
  if (door.method !== 'oidc') return { dialects: [loginDialect(door)], loginAt: null };
  const [first, ...others] = await loginProviders(parts);
  if (first === undefined) return { dialects: [], loginAt: null };
  const { home, verifier, secret, secureCookies, randomness } = parts;
  const relyingParty = openRelyingParty({ providers: [first, ...others], home, verifier, clock: door.clock });
  const pending = new PendingLogins({ secret, secure: secureCookies, clock: door.clock, randomness });
  return { dialects: [providerLoginDialect({ ...door, pending, relyingParty })], loginAt: `${home}login` };
}
