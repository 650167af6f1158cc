import { describe, expect, it } from 'vitest';
import { KNOWN_NAMES, MEANINGS, type Meaning, SECRET_MEANINGS, VARIABLES } from '../src/environment/variables.ts';
import { chooseMethod, readEnvironment } from '../src/index.ts';
import { credentialsFromEnvironment } from '../src/node/index.ts';

/** As the documentation since 8.6, the Java client and both SDKs for JavaScript spell what is about credentials. */
const SPELLINGS: { readonly [M in Meaning]?: readonly string[] } = {
  clientId: ['CAMUNDA_CLIENT_ID', 'ZEEBE_CLIENT_ID'],
  clientSecret: ['CAMUNDA_CLIENT_SECRET', 'ZEEBE_CLIENT_SECRET'],
  tokenUrl: ['CAMUNDA_OAUTH_URL', 'ZEEBE_AUTHORIZATION_SERVER_URL', 'CAMUNDA_AUTHORIZATION_SERVER_URL'],
  audience: ['CAMUNDA_TOKEN_AUDIENCE', 'ZEEBE_TOKEN_AUDIENCE'],
  zeebeAudience: ['CAMUNDA_ZEEBE_OAUTH_AUDIENCE'],
  operateAudience: ['CAMUNDA_OPERATE_OAUTH_AUDIENCE'],
  administrationAudience: ['CAMUNDA_CONSOLE_OAUTH_AUDIENCE'],
  scope: ['CAMUNDA_TOKEN_SCOPE', 'CAMUNDA_OAUTH_SCOPE'],
  certificateFile: ['OAUTH_SSL_CLIENT_CERT_PATH', 'CAMUNDA_CUSTOM_CERT_CHAIN_PATH', 'CAMUNDA_MTLS_CERT_PATH'],
  keyFile: ['OAUTH_SSL_CLIENT_KEY_PATH', 'CAMUNDA_CUSTOM_PRIVATE_KEY_PATH', 'CAMUNDA_MTLS_KEY_PATH'],
  keystoreFile: ['CAMUNDA_SSL_CLIENT_KEYSTORE_PATH'],
  truststoreFile: ['CAMUNDA_SSL_CLIENT_TRUSTSTORE_PATH'],
  authorityFile: ['CAMUNDA_CA_CERTIFICATE_PATH', 'CAMUNDA_CUSTOM_ROOT_CERT_PATH', 'CAMUNDA_MTLS_CA_PATH'],
  cacheDirectory: ['CAMUNDA_TOKEN_CACHE_DIR', 'CAMUNDA_OAUTH_CACHE_DIR'],
  restAddress: ['CAMUNDA_REST_ADDRESS', 'ZEEBE_REST_ADDRESS'],
  administrationAddress: ['CAMUNDA_BASE_URL', 'CAMUNDA_CONSOLE_BASE_URL'],
  operateAddress: ['CAMUNDA_OPERATE_BASE_URL'],
};

const SPELLED = Object.entries(SPELLINGS).flatMap(([meaning, names]) => names.map((name) => [name, meaning] as const));
const SEVERAL = MEANINGS.filter((meaning) => VARIABLES[meaning].length > 1);

describe('a name that one of the clients has', () => {
  it.each(SPELLED)('is understood: %s', (name, meaning) => {
    const { values, slips, contradictions } = readEnvironment({ [name]: 'said' });
    expect(Object.keys(values)).toEqual([meaning]);
    expect([slips, contradictions]).toEqual([[], []]);
  });

  it('means one thing only', () => {
    const names = Object.values(VARIABLES).flat();
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(SEVERAL)('is held against the others of %s', (meaning) => {
    const names = VARIABLES[meaning];
    const same = readEnvironment(Object.fromEntries(names.map((name) => [name, 'same'])));
    expect(same.contradictions).toEqual([]);
    expect(same.values[meaning]).toMatchObject({ name: names[0], alsoIn: names.slice(1) });
    const different = readEnvironment(Object.fromEntries(names.map((name, at) => [name, `canary-${at}`])));
    expect(different.values[meaning]).toBeUndefined();
    expect(different.contradictions).toMatchObject([{ meaning, names: [...names] }]);
    expect(JSON.stringify(different)).not.toContain('canary');
  });

  // Families that others have names in as well are not looked at.
  it.each([...KNOWN_NAMES].filter((name) => !/^(?:STAGEDOOR|ZEEBE_GRPC)_/.test(name)))(
    'is missed by a letter and told: %s',
    (name) => {
      expect(readEnvironment({ [name]: 'x' }).slips).toEqual([]);
      const miss = `${name.slice(0, -2)}${name.slice(-1)}`;
      if (KNOWN_NAMES.has(miss)) return;
      expect(readEnvironment({ [miss]: 'x' }).slips).toEqual([{ name: miss, meant: expect.any(String) }]);
    },
  );
});

describe('what must not be shown', () => {
  it('is everything that is a secret by its name', () => {
    for (const meaning of MEANINGS) {
      const looksSecret = VARIABLES[meaning].some((name) =>
        /(?:SECRET|PASSWORD|PASSPHRASE|OAUTH_TOKEN|MTLS_KEY)$/.test(name),
      );
      expect([meaning, SECRET_MEANINGS.has(meaning)]).toEqual([meaning, looksSecret]);
    }
  });
});

describe('a switch', () => {
  const client = { CAMUNDA_CLIENT_ID: 'a', CAMUNDA_CLIENT_SECRET: 'b' };

  it.each(['true', 'True', 'TRUE'])('turns OAuth off: CAMUNDA_OAUTH_DISABLED=%s', (on) => {
    expect(chooseMethod(readEnvironment({ ...client, CAMUNDA_OAUTH_DISABLED: on }))).toEqual({
      method: 'none',
      problems: [],
    });
  });

  it.each(['false', '', '0', 'no'])('leaves it on: CAMUNDA_OAUTH_DISABLED=%s', (off) => {
    expect(chooseMethod(readEnvironment({ ...client, CAMUNDA_OAUTH_DISABLED: off })).method).toBe('oauth');
  });

  it('that contradicts the strategy is refused', () => {
    const both = { ...client, CAMUNDA_OAUTH_DISABLED: 'true', CAMUNDA_AUTH_STRATEGY: 'OAUTH' };
    expect(() => credentialsFromEnvironment(both)).toThrow(
      /CAMUNDA_OAUTH_DISABLED and CAMUNDA_AUTH_STRATEGY say different things/,
    );
    expect(() => credentialsFromEnvironment({ ...both, CAMUNDA_AUTH_STRATEGY: 'none' })).not.toThrow();
  });

  it.each(['none', 'Basic', 'oauth', 'COOKIE', 'bearer'])('of the method may be written as %s', (named) => {
    expect(chooseMethod(readEnvironment({ CAMUNDA_AUTH_STRATEGY: named })).problems).toEqual([]);
  });

  it.each(['OAUTH2', 'BASIC AUTH', 'toString', '__proto__'])('of the method is refused as %s', (named) => {
    expect(chooseMethod(readEnvironment({ CAMUNDA_AUTH_STRATEGY: named })).problems).toHaveLength(1);
  });
});

describe('an address', () => {
  it.each([
    ['CAMUNDA_REST_ADDRESS', 'localhost:8080'],
    ['CAMUNDA_REST_ADDRESS', 'zeebe.example.com'],
    ['CAMUNDA_REST_ADDRESS', 'grpc://zeebe.example.com:26500'],
    ['CAMUNDA_REST_ADDRESS', 'https://canary@zeebe.example.com'],
    ['CAMUNDA_OPERATE_BASE_URL', '/operate'],
    ['CAMUNDA_CONSOLE_BASE_URL', 'https://a:canary@console.example.com'],
    ['CAMUNDA_COOKIE_AUTH_URL', 'login'],
    ['CAMUNDA_OAUTH_URL', 'https://a:canary@issuer.example.com/token'],
    ['CAMUNDA_ISSUER_URL', 'issuer.example.com:8080'],
  ])('is refused by the name that says it: %s=%s', (name, value) => {
    const environment = { CAMUNDA_CLIENT_ID: 'a', CAMUNDA_CLIENT_SECRET: 'b', [name]: value };
    const asked = () => credentialsFromEnvironment(environment);
    expect(asked).toThrow(new RegExp(`${name} is not an absolute URL without a name or password in it, such as`));
    expect(asked).not.toThrow(/canary/);
  });
});
