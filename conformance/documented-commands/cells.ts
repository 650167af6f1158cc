/** The pages' support matrix: which distribution serves which method, and what it is started with. */
type Method = 'none' | 'basic' | 'oidc';
export type Cell = { readonly profile: string; readonly method: Method; readonly args: readonly string[] };

const PROFILES = [
  { profile: 'c8run', byDefault: 'none' },
  { profile: 'docker-compose', byDefault: 'none' },
  { profile: 'docker-compose-full', byDefault: 'oidc' },
  { profile: 'helm', byDefault: 'basic' },
  { profile: 'saas', byDefault: 'oidc' },
] as const satisfies readonly { profile: string; byDefault: Method }[];

const METHODS = ['none', 'basic', 'oidc'] as const;

/** Every cell that starts; the default of a profile is started without a word about the method. */
export const CELLS: readonly Cell[] = PROFILES.flatMap(({ profile, byDefault }) =>
  METHODS.filter((method) => profile !== 'saas' || method === 'oidc').map((method) => ({
    profile,
    method,
    args: ['--profile', profile, ...(method === byDefault ? [] : ['--method', method])],
  })),
);

/** The cells that the pages cross out. */
export const REFUSED_CELLS: readonly Cell[] = (['none', 'basic'] as const).map((method) => ({
  profile: 'saas',
  method,
  args: ['--profile', 'saas', '--method', method],
}));
