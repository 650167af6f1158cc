export { type AuthorizedFetch, authorizedFetch } from './authorized-fetch.ts';
export type { Authorization, Authorizer } from './authorizer.ts';
export { anonymous, basic, renewedBearer, suppliedToken } from './authorizers.ts';
export type { AssertionKey, AssertionKeySource } from './client-assertion.ts';
export { type Clock, systemClock } from './clock.ts';
export { type DiscoveredIssuer, discoverIssuer } from './discover-endpoint.ts';
export { APIS, type Api, addressOf, audienceFor } from './environment/apis.ts';
export { chooseMethod, type Method } from './environment/choose-method.ts';
export { type IssuerAddress, issuerAddressIn } from './environment/issuer-address.ts';
export {
  type Environment,
  type EnvironmentReading,
  type Reading,
  readEnvironment,
  shownValue,
} from './environment/read-environment.ts';
export { MEANINGS, type Meaning } from './environment/variables.ts';
export {
  CredentialError,
  ForeignOriginError,
  LoginRefusedError,
  LoginUnavailableError,
  QueueFullError,
  TokenAnswerError,
  TokenRefusedError,
  TokenUnavailableError,
  UnusableCredentialsError,
} from './errors.ts';
export { type RenewalSettings, RenewedToken, type TokenNeed } from './renewed-token.ts';
export type { AccessToken, Fetch } from './request-token.ts';
export { fixedSecret, Secret, type SecretSource } from './secret.ts';
export { TokenManager } from './token-manager.ts';
export { type CertificateSource, type ClientAuthentication, type TokenRequest, tokenKey } from './token-request.ts';
