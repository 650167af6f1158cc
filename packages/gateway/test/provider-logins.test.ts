import { expect, it } from 'vitest';
import { type ProviderLogin, ProviderLogins } from '../src/index.ts';
import { usernameOf } from './records.ts';

const DEMO: ProviderLogin = {
  provider: 'one',
  username: usernameOf('demo'),
  subject: { subject: { kind: 'user', username: usernameOf('demo') }, groups: null, claims: {} },
  issuer: 'https://one.example',
  sub: 'd',
  sid: null,
  idToken: 'an ID token',
  stands: () => true,
};

it('of too many sessions the one that was idle longest ends', () => {
  const logins = new ProviderLogins({ now: () => 0 });
  for (let at = 0; at < 10_000; at += 1) logins.begin(`session ${at}`, DEMO, 1);
  logins.prolong('session 0', 2);
  logins.begin('one more', DEMO, 1);
  const found = ['session 0', 'session 1', 'session 2', 'one more'].map((id) => logins.find(id) !== null);
  expect(found).toEqual([true, false, true, true]);
});

it('a provider that names a session, whose ID tokens named none, ends those of the person', () => {
  const logins = new ProviderLogins({ now: () => 0 });
  logins.begin('his, without a name', DEMO, 1);
  logins.begin('his, by another name', { ...DEMO, sid: 't' }, 1);
  logins.begin('hers', { ...DEMO, sub: 'e' }, 1);
  const ended = (sub: string | null) => logins.endAtProvider({ issuer: DEMO.issuer, sub, sid: 's', at: 0 }).length;
  expect(ended(null)).toBe(0);
  expect(ended('d')).toBe(1);
  const found = ['his, without a name', 'his, by another name', 'hers'].map((id) => logins.find(id) !== null);
  expect(found).toEqual([false, true, true]);
});
