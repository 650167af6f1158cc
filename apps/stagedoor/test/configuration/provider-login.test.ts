import { describe, expect, it } from 'vitest';
import { accepted, FOREIGN, refused } from './resolve-with.ts';

const ISSUER = 'issuer-uri: https://one.example.com, audiences: a';
const KEYS = 'jwk-set-uri: https://one.example.com/keys, audiences: a, client-id: stage';
const ENDPOINTS = 'authorization-uri: https://one.example.com/a, token-uri: https://one.example.com/t';
const PINNED = 'stagedoor.oidc.pins.iss: https://one.example.com';
const oidc = (block: string, more = '') =>
  `camunda.security.authentication:\n  method: oidc\n  oidc: { ${block} }\n${more}`;

const loginOf = (yaml: string) => {
  const [provider] = accepted({ yaml }).configuration.providers;
  return provider.kind === 'foreign' ? provider.login : null;
};

describe('a log-in of browsers', () => {
  it('is opened by a client id, and asks for what Camunda asks for', () => {
    expect(loginOf(oidc(`${ISSUER}, client-id: stage, client-secret: s`))).toMatchObject({
      clientId: 'stage',
      name: 'oidc',
      authentication: 'client_secret_basic',
      redirectUri: null,
      scopes: ['openid', 'profile'],
      idTokenAlgorithm: 'RS256',
      preferIdTokenClaims: false,
      logoutAtProvider: true,
      userInfo: true,
    });
  });

  it('always asks for an ID token', () => {
    expect(loginOf(oidc(`${ISSUER}, client-id: stage, scope: [email]`))?.scopes).toEqual(['openid', 'email']);
  });

  it.each([
    ['without a client id', ISSUER, ''],
    ['without discovery and endpoints', KEYS, PINNED],
    ['without discovery and an issuer to check', `${KEYS}, ${ENDPOINTS}`, ''],
  ])('is not opened %s', (_what, block, more) => {
    expect(loginOf(oidc(block, more))).toBeNull();
  });

  it('says what stands in its way', () => {
    const { notes } = accepted({ yaml: oidc(KEYS, PINNED) });
    expect(notes.join()).toMatch(/oidc\.client-id .* opens no log-in of browsers: without discovery it needs/);
  });

  it('needs no discovery where everything is said', () => {
    const said = {
      authorization: 'https://one.example.com/a',
      token: 'https://one.example.com/t',
      endSession: null,
      userInfo: null,
    };
    expect(loginOf(oidc(`${KEYS}, ${ENDPOINTS}`, PINNED))?.endpoints).toEqual(said);
    const more = `${KEYS}, ${ENDPOINTS}, user-info-uri: https://one.example.com/u`;
    expect(loginOf(oidc(more, PINNED))?.endpoints).toEqual({ ...said, userInfo: 'https://one.example.com/u' });
  });

  const KEYED = `${ISSUER}, client-id: stage, client-authentication-method: private_key_jwt`;

  it('by a key says which file has it, and how the provider knows it', () => {
    expect(loginOf(oidc(`${KEYED}, assertion.keystore.path: a.p12`))?.assertionKey).toEqual({
      key: 'camunda.security.authentication.oidc.assertion.keystore.path',
      path: 'a.p12',
      password: null,
      keyPassword: null,
      alias: null,
      kid: { source: 'PUBLIC_KEY', digest: 'SHA256', encoding: 'BASE64URL', hexCase: 'LOWER' },
    });
    const kid = 'kid-source: certificate, kid-digest-algorithm: sha1, kid-encoding: hex, kid-case: upper';
    expect(loginOf(oidc(`${KEYED}, assertion: { keystore.path: a.p12, ${kid} }`))?.assertionKey?.kid).toEqual({
      source: 'CERTIFICATE',
      digest: 'SHA1',
      encoding: 'HEX',
      hexCase: 'UPPER',
    });
  });

  it('takes the older name of the key store, where the newer one says nothing', () => {
    const older = 'client-assertion.keystore: { path: b.p12, password: b, key-alias: one }';
    const key = loginOf(oidc(`${KEYED}, ${older}`))?.assertionKey;
    expect(key).toMatchObject({ path: 'b.p12', alias: 'one' });
    expect(key?.key).toContain('oidc.client-assertion.keystore.path');
    expect(key?.password?.reveal()).toBe('b');
    expect(loginOf(oidc(`${KEYED}, ${older}, assertion.keystore.path: a.p12`))?.assertionKey).toMatchObject({
      path: 'a.p12',
    });
  });

  it.each(['ASSERTION', 'CLIENT_ASSERTION', 'CLIENTASSERTION'])(
    'takes the key store from variables of %s',
    (spelling) => {
      const of = (name: string) => `CAMUNDA_SECURITY_AUTHENTICATION_OIDC_${name}`;
      const { configuration } = accepted({
        environment: {
          ...FOREIGN,
          [of('CLIENTID')]: 'stage',
          [of('CLIENTAUTHENTICATIONMETHOD')]: 'private_key_jwt',
          [of(`${spelling}_KEYSTORE_PATH`)]: 'a.p12',
          [of(`${spelling}_KEYSTORE_KEY_ALIAS`)]: 'one',
          [of(`${spelling}_KEYSTORE_KEY_PASSWORD`)]: 'k',
        },
      });
      const [provider] = configuration.providers;
      const key = provider.kind === 'foreign' ? provider.login?.assertionKey : null;
      expect([key?.path, key?.alias, key?.keyPassword?.reveal()]).toEqual(['a.p12', 'one', 'k']);
    },
  );

  it('looks at no key where a secret authenticates', () => {
    const login = loginOf(oidc(`${ISSUER}, client-id: stage, assertion.keystore.path: a.p12`));
    expect(login?.assertionKey).toBeNull();
  });

  it('does not start without the file of its key', () => {
    const [problem] = refused({ yaml: oidc(KEYED) });
    expect(problem).toMatch(
      /oidc\.client-authentication-method .* name the file of its key in .*oidc\.assertion\.keystore\.path/,
    );
  });

  it('does not start with a case for what has none', () => {
    const [problem] = refused({ yaml: oidc(`${KEYED}, assertion: { keystore.path: a.p12, kid-case: upper }`) });
    expect(problem).toMatch(/oidc\.assertion\.kid-case .* is for HEX alone/);
  });

  it('takes its own keys for a provider of the list', () => {
    const yaml = `camunda.security.authentication:
  method: oidc
  oidc: { ${ISSUER}, client-id: flat }
  providers.oidc.two: { issuer-uri: https://two.example.com, audiences: b, client-id: listed, client-name: Two }
stagedoor.oidc.shared-names: true`;
    const logins = accepted({ yaml }).configuration.providers.map((one) => (one.kind === 'foreign' ? one.login : null));
    expect(logins.map((login) => [login?.clientId, login?.name])).toEqual([
      ['flat', 'oidc'],
      ['listed', 'Two'],
    ]);
  });

  it('comes back to the page that its redirect URI belongs to, also from the embedded issuer', () => {
    const home = (block: string) => accepted({ yaml: oidc(block) }).configuration.browsersHome;
    expect(home(`${ISSUER}, client-id: stage`)).toBeNull();
    expect(home('redirect-uri: https://stage.example/camunda/sso-callback')).toBe('https://stage.example/camunda/');
  });

  it.each(['https://stage.example/', 'https://stage.example/sso-callback/x', 'https://stage.example/?x=/sso-callback'])(
    'does not start where it would come back to %s',
    (uri) => {
      const [problem] = refused({ yaml: oidc(`${ISSUER}, client-id: stage, redirect-uri: "${uri}"`) });
      expect(problem).toContain('oidc.redirect-uri');
      expect(problem).toContain('must end in /sso-callback');
    },
  );
});
