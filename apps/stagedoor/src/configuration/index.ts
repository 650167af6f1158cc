export type {
  ApiAudiences,
  AssertionKeySettings,
  Configuration,
  EmbeddedProvider,
  FixedClient,
  ForeignProvider,
  ListenOn,
  LoginSettings,
  Members,
  Provider,
  TlsSettings,
} from './configuration.ts';
export { describeConfiguration } from './describe.ts';
export { MATRIX, METHODS, PROFILES } from './matrix.ts';
export { type Effective, type Resolution, resolveConfiguration, type Sources } from './resolve.ts';
