export type { AuthorityFiles } from './authorities.ts';
export { type Broker, BrokerRunsError, type BrokerSettings, openBroker } from './broker/open-broker.ts';
export { type BrokerPlace, brokerPlace } from './broker/place.ts';
export type { CertificateFiles } from './client-certificate.ts';
export { cookieSession, type LoginSettings } from './cookie-session.ts';
export {
  type Credentials,
  credentialsFromEnvironment,
  type EnvironmentOptions,
} from './credentials-from-environment.ts';
export { authorizedDispatcher, type DispatcherSettings } from './dispatcher/authorized-dispatcher.ts';
export type { Complain } from './kept-files.ts';
export {
  type OrchestrationClusterApiOptions,
  orchestrationClusterApiOptions,
  type SdkHeadersProvider,
  sdkHeadersProvider,
} from './official-clients.ts';
export { SecretFile } from './secret-file.ts';
export { type ConnectionMaterial, openTransport, type Transport, type TransportSettings } from './transport.ts';
