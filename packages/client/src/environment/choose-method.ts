import type { EnvironmentReading, Reading } from './read-environment.ts';
import type { Meaning } from './variables.ts';

export type Method = 'none' | 'basic' | 'oauth' | 'session' | 'token';

/** How `CAMUNDA_AUTH_STRATEGY` spells them. */
const STRATEGIES: Readonly<Record<string, Method>> = {
  NONE: 'none',
  BASIC: 'basic',
  OAUTH: 'oauth',
  COOKIE: 'session',
  BEARER: 'token',
};

/** What shows that a method is meant where no strategy is named. */
const SIGNS: Readonly<Record<Exclude<Method, 'none'>, readonly Meaning[]>> = {
  oauth: ['clientId', 'clientSecret', 'clientSecretFile', 'assertionKeystoreFile'],
  basic: ['username', 'password', 'passwordFile'],
  session: ['cookieUsername', 'cookiePassword', 'cookieUrl'],
  token: ['token'],
};

/** As `@camunda8/sdk` reads a switch. */
export function isTrue(reading: Reading | undefined): boolean {
  return reading?.value.reveal().toLowerCase() === 'true';
}

export type ChosenMethod = { readonly method: Method; readonly problems: readonly string[] };

/** The method that the environment means: the strategy it names, else the only one that it has credentials for. */
export function chooseMethod({ values }: EnvironmentReading): ChosenMethod {
  const named = values.method;
  if (isTrue(values.oauthDisabled)) {
    const contradicts = named !== undefined && named.value.reveal().toUpperCase() !== 'NONE';
    const problems = contradicts ? [`CAMUNDA_OAUTH_DISABLED and ${named.name} say different things: leave one`] : [];
    return { method: 'none', problems };
  }
  if (named !== undefined) {
    const method = STRATEGIES[named.value.reveal().toUpperCase()];
    if (method !== undefined) return { method, problems: [] };
    return { method: 'none', problems: [`${named.name} is none of ${Object.keys(STRATEGIES).join(', ')}`] };
  }
  const meant = (['oauth', 'basic', 'session', 'token'] as const).flatMap((method) => {
    const sign = SIGNS[method].map((meaning) => values[meaning]).find((reading) => reading !== undefined);
    return sign === undefined ? [] : [{ method, sign: sign.name }];
  });
  const [only, ...others] = meant;
  if (only === undefined) return { method: 'none', problems: [] };
  if (others.length === 0) return { method: only.method, problems: [] };
  const signs = meant.map(({ method, sign }) => `${sign} (${method})`).join(', ');
  return { method: only.method, problems: [`several methods are meant: ${signs}; name one in CAMUNDA_AUTH_STRATEGY`] };
}
