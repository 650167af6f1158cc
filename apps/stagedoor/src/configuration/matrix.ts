/** The distributions of the pages' authentication support matrix, and the methods that each of them supports. */
export const PROFILES = ['c8run', 'docker-compose', 'docker-compose-full', 'helm', 'saas'] as const;
export type Profile = (typeof PROFILES)[number];

export const METHODS = ['none', 'basic', 'oidc'] as const;
export type Method = (typeof METHODS)[number];

type Row = { readonly default: Method; readonly supported: readonly Method[] };

export const MATRIX = {
  c8run: { default: 'none', supported: METHODS },
  'docker-compose': { default: 'none', supported: METHODS },
  'docker-compose-full': { default: 'oidc', supported: METHODS },
  helm: { default: 'basic', supported: METHODS },
  saas: { default: 'oidc', supported: ['oidc'] },
} as const satisfies Record<Profile, Row>;

export function supports(profile: Profile, method: Method): boolean {
  const supported: readonly Method[] = MATRIX[profile].supported;
  return supported.includes(method);
}
