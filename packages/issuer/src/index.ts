export type { ClientLogin } from './authorizing/client-login.ts';
export type { People } from './authorizing/people.ts';
export { WEB_PAGES_CLIENT_ID, type WebPages } from './authorizing/web-pages-client.ts';
export { turnedRound, writtenSubjectOf } from './certificate-subject.ts';
export type { NewClient } from './checked-client.ts';
export type { CertificateRegistration } from './client-certificates.ts';
export {
  type ClientCommandParts,
  type ClientCommands,
  type ClientWithSecret,
  clientCommands,
  type NewCertifiedClient,
  type NewKeyedClient,
} from './client-commands.ts';
export { type ClientField, ClientRecordError, type ClientRecordErrorCode } from './client-record-error.ts';
export { ClientSecrets, type SlowHashing } from './client-secrets.ts';
export type { ConfiguredClient } from './configured-client.ts';
export { embeddedAudiences, embeddedPolicy } from './embedded-policy.ts';
export { createIssuer, type Issuer, type IssuerOptions } from './issuer.ts';
export { issuerMigrations } from './migrations.ts';
export {
  audiencesOf,
  audiencesOfScopes,
  type RegisteredClient,
} from './registered-client.ts';
export type { IssuerDatabase, IssuerTables } from './tables.ts';
export type { TokenBinding } from './token-bindings.ts';
