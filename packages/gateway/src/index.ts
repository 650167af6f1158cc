export type { Dialect } from './dialect.ts';
export { administrationDialect } from './dialects/administration/administration.ts';
export {
  type ClientRegistry,
  type RegisteredClient,
  RegistrationError,
} from './dialects/administration/client-registry.ts';
export { frontDialect } from './dialects/front/front.ts';
export type { FrontPage } from './dialects/front/front-page.ts';
export { loginDialect } from './dialects/login/login.ts';
export { providerLoginDialect } from './dialects/login/provider-login.ts';
export type {
  BegunLogin,
  FinishedLogin,
  ProviderUnavailable,
  ReadLogout,
  RelyingParty,
} from './dialects/login/relying-party.ts';
export { operateDialect } from './dialects/operate/operate.ts';
export { orchestrationDialect } from './dialects/orchestration/orchestration.ts';
export { Cursors } from './dialects/orchestration/search/cursors.ts';
export { type StagedoorParts, stagedoorDialect } from './dialects/stagedoor/stagedoor.ts';
export { zeebeDialect } from './dialects/zeebe/zeebe.ts';
export type { AuthenticationMethod, Door, DoorLog } from './door.ts';
export type { ExplainQuestion } from './explaining/explain.ts';
export { type ExplainInput, parseExplainInput } from './explaining/explain-input.ts';
export type { ExplainedStep, Explanation } from './explaining/explanation.ts';
export { WHAT_TO_DO } from './explaining/what-to-do.ts';
export { createGateway, type Gateway, openGateway } from './gateway.ts';
export { behindProxies, clientAddress, clientCertificate, type Forwarding } from './listening/behind-proxies.ts';
export { refuseStrangeHosts } from './listening/host-guard.ts';
export {
  ListenError,
  type Listener,
  listen,
  listenTls,
  type RequestHandler,
  type TlsListener,
} from './listening/listener.ts';
export type { TlsIdentity } from './listening/tls.ts';
export type { Network } from './listening/trusted-networks.ts';
export { createManagement, type Health } from './management/management.ts';
export { Metrics } from './metrics.ts';
export { PendingLogins } from './sessions/pending-logins.ts';
export { type ProviderLogin, ProviderLogins } from './sessions/provider-logins.ts';
export { type EndedSessions, type SessionSettings, Sessions } from './sessions/sessions.ts';
