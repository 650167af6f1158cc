import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runToEnd } from '../program/run-to-end.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type HostileProvider, newKeyPair, startHostileProvider } from './hostile-provider.ts';
import { logInPerson } from './log-in-person.ts';
import { type PersonProvider, startPersonProvider } from './person-provider.ts';
import { locationOf, plainBrowser } from './plain-browser.ts';

/** Providers that know Stagedoor by a key alone: the one of the key store, or somebody else's. */
const PASSWORD = 'the password of the stage';
const directory = mkdtempSync(join(tmpdir(), 'private-key-jwt-'));
const at = (name: string) => join(directory, name);

let byStore: PersonProvider;
let byPem: PersonProvider;
let stranger: PersonProvider;
let watching: HostileProvider;
let program: Program;

/** The client as it is registered there: a key with the digest of its public half for a name. */
function clientOf(key: KeyObject): object {
  const kid = createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64url');
  return {
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'RS256',
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
  };
}

beforeAll(async () => {
  await runToEnd('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-subj', '/CN=stage', '-days', '2'],
    ...['-keyout', at('key.pem'), '-out', at('certificate.pem')],
  ]);
  const pair = ['-in', at('certificate.pem'), '-inkey', at('key.pem'), '-out', at('store.p12')];
  await runToEnd('openssl', ['pkcs12', '-export', ...pair, '-name', 'stage', '-passout', `pass:${PASSWORD}`]);
  chmodSync(at('store.p12'), 0o600);
  const key = createPublicKey(readFileSync(at('key.pem')));
  const [own, other] = [clientOf(key), clientOf(newKeyPair().publicKey)];
  [byStore, byPem, stranger, watching] = await Promise.all([
    startPersonProvider({ client: own }),
    startPersonProvider({ client: own }),
    startPersonProvider({ client: other }),
    startHostileProvider(),
  ]);
  for (const provider of [byStore, byPem, stranger]) provider.open();
  const provider = ({ issuer }: { readonly issuer: string }, more: string) =>
    `{ issuer-uri: "${issuer}", client-id: stage, audiences: stage, client-authentication-method: private_key_jwt, ${more} }`;
  const store = `assertion.keystore: { path: ${at('store.p12')}, password: ${PASSWORD}, key-alias: stage }`;
  const pem = `client-assertion.keystore.path: ${at('key.pem')}`;
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: ${provider(byStore, store)}
  providers.oidc.pem: ${provider(byPem, pem)}
  providers.oidc.stranger: ${provider(stranger, store)}
  providers.oidc.watching: ${provider(watching, store)}
stagedoor.oidc.shared-names: true
`,
  });
  byStore.know(program.rest, 'oidc');
  byPem.know(program.rest, 'pem');
  stranger.know(program.rest, 'stranger');
}, 60_000);
afterAll(async () => {
  await Promise.all([program?.stop(), byStore?.stop(), byPem?.stop(), stranger?.stop(), watching?.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

/** The form with which Stagedoor asks for tokens after a login. */
async function formOfLogin(): Promise<URLSearchParams> {
  const browser = plainBrowser();
  const { searchParams } = locationOf(await browser.ask(`${program.rest}/oauth2/authorization/watching`));
  const state = searchParams.get('state') ?? '';
  watching.asked.length = 0;
  watching.answer = (response) => response.writeHead(400).end();
  const query = new URLSearchParams({ code: 'a-code', state, iss: watching.issuer });
  await browser.ask(`${program.rest}/sso-callback?${query}`);
  const [asked] = watching.asked;
  expect(asked?.authorization).toBeUndefined();
  return asked?.form ?? new URLSearchParams();
}

const partsOf = (assertion: string): unknown[] =>
  assertion
    .split('.')
    .slice(0, 2)
    .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString()));

describe('oidc-provider, which demands private_key_jwt', () => {
  it.each([
    ['a key store', 'oidc'],
    ['PEM, by the older name of the key', 'pem'],
  ])('logs a person in whose Stagedoor signs with %s', async (_what, id) => {
    const arrived = await logInPerson(program, 'ann', id);
    expect(arrived.status).toBe(200);
    expect(JSON.parse(arrived.text)).toMatchObject({ username: 'ann' });
  });

  it('logs nobody in where it knows another key', async () => {
    expect((await logInPerson(program, 'ann', 'stranger')).status).toBe(401);
    await vi.waitFor(() => expect(program.output()).toContain('invalid_client'));
  });
});

describe('the assertion', () => {
  it('is for the issuer alone, good for a minute, and new each time', async () => {
    const form = await formOfLogin();
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    expect([form.get('client_id'), form.has('client_secret')]).toEqual(['stage', false]);
    const [header, claims] = partsOf(form.get('client_assertion') ?? '');
    const certificate = new X509Certificate(readFileSync(at('certificate.pem')));
    const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');
    expect(header).toEqual({ alg: 'RS256', kid: digest(spki), 'x5t#S256': digest(certificate.raw) });
    const now = Math.floor(Date.now() / 1000);
    expect(claims).toEqual({
      iss: 'stage',
      sub: 'stage',
      aud: watching.issuer,
      jti: expect.stringMatching(/^[\w-]{40,}$/),
      iat: expect.closeTo(now, -1),
      nbf: expect.closeTo(now, -1),
      exp: expect.closeTo(now + 60, -1),
    });
    const [, again] = partsOf((await formOfLogin()).get('client_assertion') ?? '');
    expect(again).not.toMatchObject({ jti: (claims as { readonly jti: string }).jti });
  });
});

describe('the start', () => {
  it.each([
    ['is not there', 'nowhere.p12', '', 'ENOENT'],
    ['has another password', 'store.p12', ', password: x', 'password'],
    ['others can read', 'shown.pem', '', 'chmod 600'],
  ])(
    'is refused where the file of the key %s, and names the key of the configuration',
    async (_what, file, more, words) => {
      writeFileSync(at('shown.pem'), readFileSync(at('key.pem')), { mode: 0o644 });
      const started = startProgram({
        args: ['--memory', ...FREE_PORTS],
        yaml: `
camunda.security.authentication:
  method: oidc
  oidc:
    issuer-uri: ${byStore.issuer}
    client-id: stage
    audiences: stage
    client-authentication-method: private_key_jwt
    assertion.keystore: { path: ${at(file)}${more} }
`,
      });
      const error: unknown = await started.catch((cause: unknown) => cause);
      expect(String(error)).toContain('camunda.security.authentication.oidc.assertion.keystore.path: ');
      expect(String(error)).toContain(words);
    },
  );
});
