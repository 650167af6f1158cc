import type { Fields, ValuesOf } from '../value-type.ts';
import { initializationFields } from './initialization.ts';
import { oidcFields } from './oidc.ts';
import { securityFields } from './security.ts';
import { serverFields } from './server.ts';
import { stagedoorFields } from './stagedoor.ts';
import { tlsFields } from './tls.ts';

/** The sections of the table, in the order of the documents. */
export const SECTIONS = [
  { title: 'Stagedoor', fields: stagedoorFields },
  { title: 'Authentication, authorization, sessions', fields: securityFields },
  { title: 'OIDC', fields: oidcFields },
  { title: 'Records from configuration', fields: initializationFields },
  { title: 'TLS', fields: tlsFields },
  { title: 'Server, and older keys of Camunda', fields: serverFields },
] as const satisfies readonly { readonly title: string; readonly fields: Fields }[];

/** The only place where a key, its type, its default, its secrecy and its documentation stand. */
export const TABLE = {
  ...stagedoorFields,
  ...securityFields,
  ...oidcFields,
  ...initializationFields,
  ...tlsFields,
  ...serverFields,
};

/** What each key is once everything is read: derived from the table. */
export type Settings = ValuesOf<typeof TABLE>;
