import type { ProviderUnavailable } from '@stagedoor/gateway';
import type { Configuration } from 'openid-client';
import type { LoginProvider } from './login-provider.ts';
import { openidClient, RETRY_AFTER_SECONDS } from './provider-client.ts';
import { isAway, problemOf } from './provider-problem.ts';

export type UserInfo =
  | { readonly kind: 'claims'; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly operator: string }
  | ProviderUnavailable;

type Asking = {
  readonly provider: Pick<LoginProvider, 'settings'>;
  readonly accessToken: string;
  /** Whom the ID token names: user info of anybody else is refused. */
  readonly sub: string;
};

/**
 * What the provider says of a person besides his tokens (OpenID Connect Core section 5.3); no claims where it has no such
 * endpoint, or is not to be asked. An answer that is missing or not to be believed is none: whoever lacks half of what is said
 * of him has lost groups, or a name.
 */
export async function userInfoOf(
  configuration: Configuration,
  { provider: { settings }, accessToken, sub }: Asking,
): Promise<UserInfo> {
  const none: UserInfo = { kind: 'claims', claims: {} };
  if (!settings.userInfo || configuration.serverMetadata().userinfo_endpoint === undefined) return none;
  const openid = await openidClient();
  try {
    return { kind: 'claims', claims: await openid.fetchUserInfo(configuration, accessToken, sub) };
  } catch (error) {
    const operator = `for user info: ${problemOf(openid, error)}`;
    return isAway(error)
      ? { kind: 'unavailable', operator, retryAfterSeconds: RETRY_AFTER_SECONDS }
      : { kind: 'refused', operator };
  }
}
