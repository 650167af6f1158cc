import {
  type Configuration,
  type Effective,
  resolveConfiguration,
  type Sources,
} from '../../src/configuration/index.ts';

export type Given = { options?: Sources['options']; environment?: Sources['environment']; yaml?: string };
export type Accepted = {
  configuration: Configuration;
  effective: Effective;
  warnings: readonly string[];
  notes: readonly string[];
};

function resolve({ options = {}, environment = {}, yaml }: Given) {
  return resolveConfiguration({
    options,
    environment,
    yaml: yaml === undefined ? null : { path: 'application.yaml', text: yaml },
  });
}

/** The resolution of sources that must start; fails with their errors. */
export function accepted(given: Given): Accepted {
  const resolution = resolve(given);
  if (!resolution.ok) throw new Error(`refused:\n${resolution.errors.join('\n')}`);
  return resolution;
}

/** The errors of sources that must not start. */
export function refused(given: Given): readonly string[] {
  const resolution = resolve(given);
  if (resolution.ok)
    throw new Error(`accepted as ${resolution.configuration.profile} ${resolution.configuration.method}`);
  return resolution.errors;
}

/** What `stagedoor config` has for a key. */
export function entry({ effective }: Accepted, key: string) {
  return effective.entries.find((one) => one.key === key);
}

export const FOREIGN = {
  CAMUNDA_SECURITY_AUTHENTICATION_METHOD: 'oidc',
  CAMUNDA_SECURITY_AUTHENTICATION_OIDC_ISSUERURI: 'https://idp.example.com/realms/one',
  CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES: 'orchestration',
};
