import type { ProviderCheck } from './check-embedded.ts';
import { sentence } from './problems.ts';
import { obstacleOf } from './provider-login.ts';
import type { ConfiguredProvider } from './providers.ts';

const CALLBACK = '/sso-callback';

/** The address that people are sent back to is one that this program answers; what keeps people out is said. */
export function checkLogin(one: ConfiguredProvider, { bound, reports }: Omit<ProviderCheck, 'providers'>): void {
  if (one.login === null) return;
  const { redirectUri } = one.login;
  const at = (name: string) => [`${one.key}.${name}`, bound.originOf(`${one.key}.${name}`)] as const;
  if (redirectUri !== null && !isCallback(redirectUri)) {
    const [key, origin] = at('redirect-uri');
    reports.problems.addUnless([], key, origin, `must end in ${CALLBACK}, where this program takes people back`);
  }
  const obstacle = obstacleOf(one);
  if (obstacle === null) return;
  reports.notes.add(sentence(...at('client-id'), `opens no log-in of browsers: ${obstacle}`));
}

function isCallback(uri: string): boolean {
  const { pathname, search, hash } = new URL(uri);
  return pathname.endsWith(CALLBACK) && search === '' && hash === '';
}
