export type {
  ApiAudiences,
  AudienceRule,
  Configuration,
  EmbeddedProvider,
  FixedClient,
  ForeignProvider,
  InitializationPlan,
  IssuerSettings,
  KeysAt,
  ListenOn,
  Members,
  Provider,
} from './configuration.ts';
export { describeConfiguration } from './describe.ts';
export { MATRIX, METHODS, type Method, PROFILES, type Profile } from './matrix.ts';
export type { StartOptions } from './option-source.ts';
export { type Effective, type Resolution, resolveConfiguration, type Sources } from './resolve.ts';
export { SecretText } from './secret-text.ts';
export type { YamlFile } from './yaml-source.ts';
