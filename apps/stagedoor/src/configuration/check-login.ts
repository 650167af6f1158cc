import type { ProviderCheck } from './check-embedded.ts';
import { sentence } from './problems.ts';
import { isSaid, joinKey } from './property.ts';
import { CALLBACK, obstacleOf } from './provider-login.ts';
import type { ConfiguredProvider } from './providers.ts';

const FLAT = 'camunda.security.authentication.oidc';
const LISTED = 'camunda.security.authentication.providers.oidc';

/** What keeps people out of a provider whose client we are is said. */
export function checkLogin(one: ConfiguredProvider, { bound, reports }: Omit<ProviderCheck, 'providers'>): void {
  checkAssertionKey(one, { bound, reports });
  const obstacle = one.login === null ? null : obstacleOf(one);
  if (obstacle === null) return;
  const key = `${one.key}.client-id`;
  reports.notes.add(sentence(key, bound.originOf(key), `opens no log-in of browsers: ${obstacle}`));
}

/** Not checked here: what is in the file. */
function checkAssertionKey({ login, key }: ConfiguredProvider, { bound, reports }: Omit<ProviderCheck, 'providers'>) {
  if (login?.authentication !== 'private_key_jwt') return;
  const refuse = (name: string, rule: string) =>
    reports.problems.addUnless([], `${key}.${name}`, bound.originOf(`${key}.${name}`), rule);
  if (login.assertionKey === null)
    refuse(
      'client-authentication-method',
      `is private_key_jwt: name the file of its key in ${key}.assertion.keystore.path`,
    );
  else if (login.assertionKey.kid.encoding !== 'HEX' && isSaid(bound.originOf(`${key}.assertion.kid-case`)))
    refuse('assertion.kid-case', `is for HEX alone: remove it, or set ${key}.assertion.kid-encoding to HEX`);
}

/** The addresses that people are sent back to are ones that this program answers. */
export function checkCallbacks({ bound, reports }: Omit<ProviderCheck, 'providers'>): void {
  const { settings } = bound;
  const said = [...settings[LISTED]].map(([id, values]) => [joinKey(LISTED, [id]), values['redirect-uri']] as const);
  for (const [provider, uri] of [[FLAT, settings[`${FLAT}.redirect-uri`]] as const, ...said]) {
    if (uri === undefined || isCallback(uri)) continue;
    const key = `${provider}.redirect-uri`;
    const rule = `must end in /${CALLBACK}, where this program takes people back`;
    reports.problems.addUnless([], key, bound.originOf(key), rule);
  }
}

function isCallback(uri: string): boolean {
  const { pathname } = new URL(uri);
  return uri.endsWith(`/${CALLBACK}`) && pathname.endsWith(`/${CALLBACK}`);
}
