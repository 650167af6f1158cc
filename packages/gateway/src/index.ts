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
export { operateDialect } from './dialects/operate/operate.ts';
export { orchestrationDialect } from './dialects/orchestration/orchestration.ts';
export { zeebeDialect } from './dialects/zeebe/zeebe.ts';
export type { AuthenticationMethod, Door, DoorLog } from './door.ts';
export { createGateway } from './gateway.ts';
export { refuseStrangeHosts } from './listening/host-guard.ts';
export { ListenError, type Listener, listen, type RequestHandler } from './listening/listener.ts';
export { createManagement, type Health } from './management/management.ts';
export { Metrics } from './metrics.ts';
export { type EndedSessions, type SessionSettings, Sessions } from './sessions/sessions.ts';
