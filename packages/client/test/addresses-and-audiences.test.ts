import { describe, expect, it } from 'vitest';
import { APIS, addressOf, audienceFor, type Environment, issuerAddressIn, readEnvironment } from '../src/index.ts';

const SAAS = new URL('https://login.cloud.camunda.io/oauth/token');
const ELSEWHERE = new URL('https://issuer.example.com/token');

const valuesOf = (environment: Environment) => readEnvironment(environment).values;

function audiences(environment: Environment, tokenUrl: URL) {
  return Object.fromEntries(APIS.map((api) => [api, audienceFor(api, valuesOf(environment), tokenUrl)]));
}

describe('the audience of an API', () => {
  const own = {
    orchestration: 'zeebe.camunda.io',
    zeebe: 'zeebe.camunda.io',
    operate: 'operate.camunda.io',
    administration: 'api.cloud.camunda.io',
  };

  it('in SaaS is its own, and the one for all is that of Zeebe alone', () => {
    expect(audiences({}, SAAS)).toEqual(own);
    const forAll = audiences({ CAMUNDA_TOKEN_AUDIENCE: 'one' }, SAAS);
    expect(forAll).toEqual({ ...own, orchestration: 'one', zeebe: 'one' });
  });

  it.each(['https://login.cloud.camunda.io.example.com/', 'https://notcamunda.io/', 'https://issuer.example.com/'])(
    'is none that nobody named where the issuer is not SaaS: %s',
    (address) => {
      const none = { orchestration: undefined, zeebe: undefined, operate: undefined, administration: undefined };
      expect(audiences({}, new URL(address))).toEqual(none);
    },
  );

  it('is the one that is named for it, wherever', () => {
    const named = {
      CAMUNDA_TOKEN_AUDIENCE: 'all',
      CAMUNDA_ZEEBE_OAUTH_AUDIENCE: 'z',
      CAMUNDA_OPERATE_OAUTH_AUDIENCE: 'o',
      CAMUNDA_CONSOLE_OAUTH_AUDIENCE: 'c',
    };
    for (const issuer of [SAAS, ELSEWHERE])
      expect(audiences(named, issuer)).toEqual({ orchestration: 'all', zeebe: 'z', operate: 'o', administration: 'c' });
  });
});

describe('the address of an API', () => {
  const addresses = (environment: Environment) => APIS.map((api) => addressOf(api, valuesOf(environment)));

  it('is its own, else that of the cluster, else this machine', () => {
    expect(new Set(addresses({}))).toEqual(new Set(['http://localhost:8080']));
    const cluster = { CAMUNDA_REST_ADDRESS: 'https://cluster' };
    expect(new Set(addresses(cluster))).toEqual(new Set(['https://cluster']));
    const each = { ...cluster, CAMUNDA_OPERATE_BASE_URL: 'https://operate', CAMUNDA_BASE_URL: 'https://console' };
    expect(addresses(each)).toEqual(['https://cluster', 'https://cluster', 'https://operate', 'https://console']);
  });
});

describe('where tokens are asked for', () => {
  const at = (environment: Environment) => issuerAddressIn(valuesOf(environment));

  it('is the address that is named, before an issuer, and SaaS where nothing is', () => {
    const both = { CAMUNDA_OAUTH_URL: ELSEWHERE.href, CAMUNDA_ISSUER_URL: 'https://other.example.com' };
    expect(at(both)).toEqual({ kind: 'endpoint', endpoint: ELSEWHERE });
    expect(at({})).toEqual({ kind: 'endpoint', endpoint: SAAS });
  });

  it.each(['https://issuer.example.com/realm', 'https://issuer.example.com/realm/'])(
    'is what the metadata of the issuer say, which are below it: %s',
    (issuer) => {
      const document = new URL('https://issuer.example.com/realm/.well-known/openid-configuration');
      expect(at({ CAMUNDA_ISSUER_URL: issuer })).toEqual({ kind: 'metadata', issuer, document });
    },
  );

  it('is what the metadata say that are named, be there an issuer or not', () => {
    const CAMUNDA_WELL_KNOWN_CONFIGURATION_URL = 'https://elsewhere.example.com/metadata';
    const document = new URL(CAMUNDA_WELL_KNOWN_CONFIGURATION_URL);
    expect(at({ CAMUNDA_WELL_KNOWN_CONFIGURATION_URL })).toEqual({ kind: 'metadata', issuer: undefined, document });
    const issuer = 'https://issuer.example.com';
    expect(at({ CAMUNDA_WELL_KNOWN_CONFIGURATION_URL, CAMUNDA_ISSUER_URL: issuer })).toEqual({
      kind: 'metadata',
      issuer,
      document,
    });
  });
});
