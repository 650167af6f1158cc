import { generateKeyPairSync, hash, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientRecordError, type ConfiguredClient } from '../src/index.ts';
import { OTHER, READER } from './client-certificates.ts';
import { type OpenedIssuer, openIssuer } from './opened-issuer.ts';

let opened: OpenedIssuer;
beforeEach(async () => {
  opened = await openIssuer();
});
afterEach(() => opened.close());

const newKeys = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const thumbprintOf = (pem: string) => hash('sha256', new X509Certificate(pem).raw, 'base64url');
const login = { redirectUris: ['https://app.example/callback'], postLogoutRedirectUris: ['https://app.example/bye'] };
const common = { id: 'fixed', name: 'fixed', scopes: ['operate'] };
const [KEYS, MORE_KEYS] = [newKeys(), newKeys()];
const WAYS: readonly [string, ConfiguredClient, object][] = [
  ['a secret', { ...common, secret: 'chosen' }, { authentication: { kind: 'secret' }, bindTokens: 'none' }],
  ['keys', { ...common, keys: KEYS }, { authentication: { kind: 'keys', thumbprints: [expect.any(String)] } }],
  [
    'certificates',
    { ...common, registration: { thumbprints: [thumbprintOf(READER)] } },
    { authentication: { kind: 'certificate', thumbprints: [thumbprintOf(READER)] }, bindTokens: 'certificate' },
  ],
  [
    'a subject',
    { ...common, registration: { subject: 'CN=reader,O=Stage' }, bindTokens: 'none' },
    { authentication: { kind: 'certificate-subject', subject: 'CN=reader,O=Stage' }, bindTokens: 'none' },
  ],
  ['nothing', { ...common, isPublic: true, login }, { authentication: { kind: 'none' }, login }],
];
const configure = (client: ConfiguredClient) =>
  opened.change((tx) => opened.commands.upsertConfiguredClient(tx, client));
const recorded = () => opened.issuer.client('fixed');
async function refusal(client: ConfiguredClient): Promise<ClientRecordError> {
  const error: unknown = await configure(client).catch((reason: unknown) => reason);
  if (error instanceof ClientRecordError) return error;
  throw new Error('nothing was refused');
}

describe.each(WAYS)('a configured client with %s', (_, client, expected) => {
  it('is created once, as it is said, and is the same at the next start', async () => {
    expect(await configure(client)).toBe('created');
    expect(recorded()).toMatchObject(expected);
    expect(await configure(client)).toBe('unchanged');
    await opened.restart();
    expect(recorded()).toMatchObject(expected);
  });

  it('gets what its tokens are like, and what changes of it at the next start', async () => {
    const like = {
      audiences: ['https://shop.example'],
      claims: '{"team":"a"}',
      tokenLifetimeSeconds: 60,
      bindTokens: 'dpop',
    };
    await configure({ ...client, ...like, login });
    const first = { ...like, claims: { team: 'a' }, login };
    expect(recorded()).toMatchObject(first);
    const moved = { redirectUris: ['https://elsewhere.example/'], postLogoutRedirectUris: [] };
    expect(await configure({ ...client, ...like, tokenLifetimeSeconds: 30, login: moved })).toBe('replaced');
    expect(recorded()).toMatchObject({ ...first, tokenLifetimeSeconds: 30, login: moved });
    expect(await configure({ ...client, ...like, tokenLifetimeSeconds: 30, login: moved })).toBe('unchanged');
  });

  it('keeps what is not said of it, its name and its scopes', async () => {
    await configure({ ...client, audiences: ['https://shop.example'], tokenLifetimeSeconds: 60, login });
    const { login: _, ...rest } = { login, ...client };
    const next = 'isPublic' in client ? client : rest;
    expect(await configure({ ...next, name: 'renamed', scopes: ['zeebe'] } as ConfiguredClient)).toBe('unchanged');
    expect(recorded()).toMatchObject({
      name: 'fixed',
      scopes: ['operate'],
      audiences: ['https://shop.example'],
      login,
    });
  });

  it('keeps its way to authenticate: any other is refused, and nothing changes', async () => {
    await configure(client);
    const before = recorded();
    for (const [, other] of WAYS.filter(([, one]) => one !== client)) {
      const { code, message } = await refusal({ ...other, login });
      expect([code, message]).toEqual(['INVALID_ARGUMENT', expect.stringContaining('another way to authenticate')]);
    }
    expect(recorded()).toEqual(before);
  });

  it('is never again what was deleted, and nothing that is built in', async () => {
    await configure(client);
    await opened.change((tx) => opened.commands.deleteClient(tx, 'fixed'));
    expect(await configure(client)).toBe('retired');
    expect(recorded()).toBeUndefined();
    expect(await refusal({ ...client, id: 'stagedoor-web' })).toMatchObject({ code: 'ALREADY_EXISTS' });
  });
});

describe('credentials that differ', () => {
  it('are replaced: the keys that were taken out are gone', async () => {
    await configure({ ...common, keys: KEYS });
    const before = recorded()?.authentication;
    expect(await configure({ ...common, keys: MORE_KEYS })).toBe('replaced');
    expect(recorded()?.authentication).toMatchObject({ kind: 'keys', thumbprints: [expect.any(String)] });
    expect(recorded()?.authentication).not.toEqual(before);
  });

  it('are replaced: the certificate that was taken out is gone', async () => {
    await configure({ ...common, registration: { thumbprints: [thumbprintOf(READER)] } });
    expect(await configure({ ...common, registration: { thumbprints: [thumbprintOf(OTHER)] } })).toBe('replaced');
    expect(recorded()?.authentication).toEqual({ kind: 'certificate', thumbprints: [thumbprintOf(OTHER)] });
  });
});

it.each<[string, ConfiguredClient]>([
  ['audiences', { ...common, secret: 'x', audiences: [] }],
  ['audiences', { ...common, secret: 'x', audiences: ['operate-api'] }],
  ['claims', { ...common, secret: 'x', claims: '{"sub":"admin"}' }],
  ['scopes', { ...common, secret: 'x', scopes: [] }],
  ['scopes', { ...common, secret: 'x', scopes: ['optimize'] }],
  ['tokenLifetimeSeconds', { ...common, secret: 'x', tokenLifetimeSeconds: 0 }],
  ['bindTokens', { ...common, secret: 'x', bindTokens: 'string' }],
  ['redirectUris', { ...common, isPublic: true, login: { redirectUris: [], postLogoutRedirectUris: [] } }],
  ['redirectUris', { ...common, secret: 'x', login: { ...login, redirectUris: ['http://app.example/#x'] } }],
  ['postLogoutRedirectUris', { ...common, secret: 'x', login: { ...login, postLogoutRedirectUris: ['nothing'] } }],
  ['secret', { ...common, secret: '' }],
  ['keys', { ...common, keys: 'nothing' }],
  ['registration', { ...common, registration: { subject: 'nothing' } }],
  ['registration', { ...common, registration: { thumbprints: [] } }],
])('what is wrong is named: %s', async (field, client) => {
  expect(await refusal(client)).toMatchObject({ code: 'INVALID_ARGUMENT', field });
  expect(recorded()).toBeUndefined();
});
