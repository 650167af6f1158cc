import type { Clock } from '@stagedoor/access';
import type { ClientAuth, Configuration } from 'openid-client';
import type { AssertionKey } from './assertion-key.ts';
import type { LoginProvider } from './login-provider.ts';
import { type ProviderRequest, UnreadAnswer } from './provider-fetch.ts';

export type OpenidClient = typeof import('openid-client');

const TIMEOUT_SECONDS = 10;
/** Its endpoints may move; keys are found elsewhere. */
const KNOWN_FOR_MILLIS = 60 * 60_000;
/** How long a provider is left alone that could not be asked. */
export const RETRY_AFTER_SECONDS = 5;

/** Loaded when the first person logs in: most programs never see one. */
export function openidClient(): Promise<OpenidClient> {
  return import('openid-client');
}

type Known = { readonly configuration: Promise<Configuration>; readonly since: number; readonly forMillis: number };

/**
 * One provider as openid-client sees it. Its metadata is fetched when it is needed first, by one of all who wait. Where that
 * fails, everybody is told so for a while: whoever is down is not asked by every click.
 */
export class ProviderClient {
  readonly #provider: LoginProvider;
  readonly #clock: Clock;
  #known: Known | null = null;

  constructor(provider: LoginProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
  }

  /** Rejects as openid-client and `ProviderFetch` do. */
  configuration(): Promise<Configuration> {
    if (this.#known !== null && this.#isFresh(this.#known)) return this.#known.configuration;
    const configuration = this.#find();
    // While it is on its way, nobody asks again.
    this.#know(configuration, Number.POSITIVE_INFINITY);
    configuration.then(
      () => this.#know(configuration, KNOWN_FOR_MILLIS),
      () => this.#know(configuration, RETRY_AFTER_SECONDS * 1000),
    );
    return configuration;
  }

  #know(configuration: Promise<Configuration>, forMillis: number): void {
    this.#known = { configuration, since: this.#clock.now(), forMillis };
  }

  /** A clock that was set back makes nothing last longer. */
  #isFresh({ since, forMillis }: Known): boolean {
    const age = this.#clock.now() - since;
    return forMillis === Number.POSITIVE_INFINITY || (age >= 0 && age < forMillis);
  }

  async #find(): Promise<Configuration> {
    const openid = await openidClient();
    const { endpoints, settings, policy } = this.#provider;
    const metadata = {
      [openid.clockTolerance]: policy.clockSkewSeconds ?? 60,
      ...(settings.idTokenAlgorithm === null ? {} : { id_token_signed_response_alg: settings.idTokenAlgorithm }),
    };
    const authentication = authenticationOf(openid, this.#provider);
    const customFetch = this.#fetch.bind(this);
    if (endpoints.kind === 'discovery') {
      const issuer = new URL(endpoints.issuer);
      return openid.discovery(issuer, settings.clientId, metadata, authentication, {
        [openid.customFetch]: customFetch,
        timeout: TIMEOUT_SECONDS,
        // The operator wrote the scheme, and was warned of it.
        execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
      });
    }
    const server = {
      issuer: endpoints.issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      ...(endpoints.endSession === null ? {} : { end_session_endpoint: endpoints.endSession }),
      ...(endpoints.userInfo === null ? {} : { userinfo_endpoint: endpoints.userInfo }),
    };
    const configuration = new openid.Configuration(server, settings.clientId, metadata, authentication);
    configuration.timeout = TIMEOUT_SECONDS;
    configuration[openid.customFetch] = customFetch;
    const isClear = [endpoints.token, endpoints.userInfo].some((address) => address?.startsWith('http:'));
    if (isClear) openid.allowInsecureRequests(configuration);
    return configuration;
  }

  async #fetch(url: string, { method, headers, body, signal }: FetchOptions): Promise<Response> {
    if (body !== undefined && body !== null && typeof body !== 'string' && !(body instanceof URLSearchParams))
      throw new TypeError('openid-client sends a body that is no form');
    const asked: ProviderRequest = {
      method,
      headers,
      ...(body === undefined || body === null ? {} : { body: body.toString() }),
      ...(signal === undefined ? {} : { signal }),
    };
    const answer = await this.#provider.fetch(url, asked);
    // openid-client reads signed user info without looking at the signature (OpenID Connect Core section 5.3.2).
    if (/^application\/jwt\b/i.test(answer.headers.get('content-type') ?? ''))
      throw new UnreadAnswer('it answers with a JWT, which is not read there: have it answer with JSON');
    return answer;
  }
}

type FetchOptions = Parameters<NonNullable<Configuration[typeof import('openid-client').customFetch]>>[1];

function authenticationOf(openid: OpenidClient, { settings, assertionKey }: LoginProvider): ClientAuth {
  const { clientSecret, authentication } = settings;
  if (authentication === 'private_key_jwt') return byKey(openid, assertionKey);
  if (clientSecret === null || authentication === 'none') return openid.None();
  return authentication === 'client_secret_post'
    ? openid.ClientSecretPost(clientSecret.reveal())
    : openid.ClientSecretBasic(clientSecret.reveal());
}

/** The audience of an assertion is the issuer (RFC 7523bis): what one provider is shown is worth nothing at another. */
function byKey(openid: OpenidClient, assertionKey: AssertionKey | null): ClientAuth {
  if (assertionKey === null) throw new TypeError('private_key_jwt without a key');
  const { key, kid, x5tS256 } = assertionKey;
  return openid.PrivateKeyJwt(
    { key, kid },
    {
      [openid.modifyAssertion]: (header) => {
        if (x5tS256 !== null) header['x5t#S256'] = x5tS256;
      },
    },
  );
}
