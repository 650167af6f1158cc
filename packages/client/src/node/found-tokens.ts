import { refuseClearText } from '../clear-text.ts';
import type { Clock } from '../clock.ts';
import { discoverIssuer } from '../discover-endpoint.ts';
import { APIS, type Api, audienceFor } from '../environment/apis.ts';
import { isTrue } from '../environment/choose-method.ts';
import { issuerAddressIn } from '../environment/issuer-address.ts';
import type { EnvironmentReading } from '../environment/read-environment.ts';
import type { RenewedToken, TokenNeed } from '../renewed-token.ts';
import { requestToken } from '../request-token.ts';
import type { SecretSource } from '../secret.ts';
import { TokenManager } from '../token-manager.ts';
import type { ClientAuthentication, TokenRequest } from '../token-request.ts';
import { assertionKeyIn } from './assertion-key.ts';
import { askBroker } from './broker/ask-broker.ts';
import type { BrokerPlace } from './broker/place.ts';
import { whatIsSaid } from './found-files.ts';
import { clearTextHostsIn, secretIn, textOf } from './found-secrets.ts';
import { IssuerMetadata } from './issuer-metadata.ts';
import type { Complain } from './kept-files.ts';
import { keptInFiles } from './token-files.ts';
import type { Transport } from './transport.ts';

/** What everything that was found works with. */
export type Surroundings = {
  readonly values: EnvironmentReading['values'];
  readonly transport: Transport;
  readonly clock: Clock;
  readonly complain: Complain;
};

/** How to come by a token: at once, or after as long as the call that needs it is ready to wait. */
type TokenSupply = (need?: TokenNeed) => RenewedToken | Promise<RenewedToken>;

const DISCOVERY_TIMEOUT = 10_000;

/**
 * The tokens of all APIs. Those that ask for the same share one, and whoever is asked for it: the broker of this host, where
 * one is to be looked for, or the issuer.
 */
export function tokensOf(surroundings: Surroundings, place: BrokerPlace | undefined): ReadonlyMap<Api, TokenSupply> {
  const { values, transport, clock, complain } = surroundings;
  /** By the request itself: what is shown for it is no part of its key. */
  const askedBy = new WeakMap<TokenRequest, Api>();
  const environment = whatIsSaid(values);
  const ask =
    place === undefined
      ? requestToken
      : askBroker({ place, environment, complain, apiOf: (request) => askedBy.get(request) });
  const directory = isTrue(values.cacheDisabled) ? undefined : textOf(values.cacheDirectory);
  const asked = directory === undefined ? ask : keptInFiles(ask, directory, complain);
  const manager = new TokenManager({ fetch: transport.fetch, clock, ask: asked }, clearTextHostsIn(values));
  const tokenAs = (api: Api) => (request: TokenRequest) => {
    askedBy.set(request, api);
    return manager.tokenFor(request);
  };
  return new Map(APIS.map((api) => [api, tokenFor(api, tokenAs(api), surroundings)]));
}

/** How to come by the token of an API: at once, or after the issuer was asked where its tokens are. */
function tokenFor(
  api: Api,
  tokenAs: (request: TokenRequest) => RenewedToken,
  { values, transport, clock, complain }: Surroundings,
): TokenSupply {
  const ofAdministration = api === 'administration' && values.administrationClientId !== undefined;
  const clientId = (ofAdministration ? textOf(values.administrationClientId) : textOf(values.clientId)) ?? '';
  const secret = ofAdministration
    ? secretIn(values.administrationClientSecret, undefined, complain)
    : secretIn(values.clientSecret, values.clientSecretFile, complain);
  const authenticationIn = authenticationBy(secret, values, complain);
  const scope = textOf(values.scope);
  const resource = textOf(values.resource);
  const tokenAt = (endpoint: URL, secretSentIn: 'body' | 'header') => {
    const audience = audienceFor(api, values, endpoint);
    return tokenAs({
      endpoint,
      clientId,
      authentication: authenticationIn(secretSentIn),
      ...(transport.certificate === undefined ? {} : { certificate: transport.certificate }),
      ...(audience === undefined ? {} : { audience }),
      ...(scope === undefined ? {} : { scope }),
      ...(resource === undefined ? {} : { resources: [resource] }),
    });
  };
  const address = issuerAddressIn(values);
  if (address.kind === 'endpoint') {
    // As all official clients send it.
    const token = tokenAt(address.endpoint, 'body');
    return () => token;
  }
  // Who can change the metadata on their way decides where the secret goes.
  refuseClearText(address.document, 'the metadata at', clearTextHostsIn(values));
  const metadata = new IssuerMetadata(
    () => discoverIssuer(address, { fetch: transport.fetch, clock, timeout: DISCOVERY_TIMEOUT }),
    clock,
  );
  let token: RenewedToken | undefined;
  return (need) =>
    token ??
    metadata.get(need).then(({ tokenEndpoint, tokenEndpointForCertificates, takesSecretIn }) => {
      const endpoint = transport.certificate === undefined ? tokenEndpoint : tokenEndpointForCertificates;
      token ??= tokenAt(endpoint, takesSecretIn);
      return token;
    });
}

/** How the client shows who it is, where a secret is sent in that part of the request. */
function authenticationBy(
  secret: SecretSource | undefined,
  values: EnvironmentReading['values'],
  complain: Complain,
): (sentIn: 'body' | 'header') => ClientAuthentication {
  const keystore = textOf(values.assertionKeystoreFile);
  if (keystore !== undefined) {
    const secrets = {
      password: values.assertionKeystorePassword?.value,
      keyPassword: values.assertionKeyPassword?.value,
      alias: textOf(values.assertionKeyAlias),
    };
    const key = assertionKeyIn(keystore, secrets, complain);
    return () => ({ kind: 'assertion', key });
  }
  return (sentIn) => (secret === undefined ? { kind: 'certificate' } : { kind: 'secret', secret, sentIn });
}
