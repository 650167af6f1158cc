import { describe, expect, it } from 'vitest';
import { describeConfiguration } from '../../src/configuration/index.ts';
import { accepted, entry, refused } from './resolve-with.ts';

const FLAT = 'camunda.security.authentication.oidc';
const OWN = 'stagedoor.oidc.providers.oidc';
const TENANT = '0f0f0f0f-1111-2222-3333-444444444444';

const yamlOf = (oidc: string, own: string, more = '') =>
  `${FLAT}: { ${oidc} }\ncamunda.security.authentication.method: oidc\n${OWN}: { ${own} }\n${more}`;
const providerOf = (yaml: string) => {
  const [provider, ...others] = accepted({ yaml }).configuration.providers;
  expect(others).toEqual([]);
  return provider;
};
const AUTH0 = 'issuer-uri: "https://tenant.eu.auth0.com/", audiences: stage';

describe('a preset', () => {
  it.each([
    [
      'keycloak',
      'issuer-uri: "https://idp.example/realms/one", audiences: stage',
      {
        usernameClaim: 'preferred_username',
        clientIdClaim: 'client_id',
        mark: null,
        algorithms: [],
      },
    ],
    [
      'entra-v1',
      `issuer-uri: "https://sts.windows.net/${TENANT}/", audiences: "api://stage"`,
      {
        usernameClaim: 'oid',
        clientIdClaim: 'appid',
        mark: { of: 'user', claim: 'scp' },
        algorithms: ['RS256'],
        pins: new Map([['ver', ['1.0']]]),
      },
    ],
    [
      'entra-v2',
      `issuer-uri: "https://login.microsoftonline.com/${TENANT}/v2.0", audiences: stage`,
      {
        usernameClaim: 'oid',
        clientIdClaim: 'azp',
        mark: { of: 'user', claim: 'scp' },
        pins: new Map([['ver', ['2.0']]]),
      },
    ],
    [
      'auth0',
      AUTH0,
      {
        usernameClaim: 'sub',
        clientIdClaim: 'azp',
        mark: { of: 'client', values: [{ claim: 'gty', oneOf: ['client-credentials'] }] },
      },
    ],
    [
      'okta',
      'issuer-uri: "https://org.okta.com/oauth2/default", audiences: stage',
      {
        usernameClaim: 'sub',
        clientIdClaim: 'cid',
        mark: { of: 'user', claim: 'uid' },
      },
    ],
  ])('%s knows the claims of its issuer', (preset, oidc, expected) => {
    expect(providerOf(yamlOf(oidc, `preset: ${preset}`))).toMatchObject(expected);
  });

  it('cognito pins the kind of token in the place of an audience that there is none of', () => {
    const yaml = yamlOf(
      'issuer-uri: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc"',
      'preset: cognito, pins: { client_id: [worker, web] }',
    );
    expect(providerOf(yaml)).toMatchObject({
      audiences: { orchestration: { kind: 'unchecked' }, administration: { kind: 'any-of', audiences: [] } },
      pins: new Map([
        ['token_use', ['access']],
        ['client_id', ['worker', 'web']],
      ]),
      mark: { of: 'user', claim: 'username' },
    });
    expect(accepted({ yaml }).warnings).toEqual([
      expect.stringContaining(`${OWN}.audience-check (preset cognito) is false`),
    ]);
  });

  it('of a listed provider stands below its own keys, and touches no other', () => {
    const { providers } = accepted({
      yaml: `
camunda.security.authentication:
  method: oidc
  providers.oidc:
    one: { issuer-uri: "https://org.okta.com/oauth2/default", audiences: stage }
    two: { issuer-uri: "https://idp.example/realms/one", audiences: stage }
stagedoor.oidc: { shared-names: true, providers: { one: { preset: okta } } }`,
    }).configuration;
    expect(providers).toMatchObject([
      { id: 'one', clientIdClaim: 'cid', mark: { of: 'user' } },
      { id: 'two', clientIdClaim: null, usernameClaim: 'sub', mark: null, pins: new Map(), algorithms: [] },
    ]);
  });

  it('is overruled by every key that is given, from the file or the environment', () => {
    const yaml = yamlOf(`${AUTH0}, username-claim: email`, 'preset: auth0, algorithms: [ES256, EdDSA]');
    const environment = { CAMUNDA_SECURITY_AUTHENTICATION_OIDC_CLIENTIDCLAIM: 'client_id' };
    expect(accepted({ yaml, environment }).configuration.providers[0]).toMatchObject({
      usernameClaim: 'email',
      clientIdClaim: 'client_id',
      algorithms: ['ES256', 'EdDSA'],
    });
  });

  it('is named by `stagedoor config` beside every value that came from it', () => {
    const resolution = accepted({ yaml: yamlOf(AUTH0, 'preset: auth0') });
    expect(entry(resolution, `${FLAT}.client-id-claim`)).toMatchObject({
      shown: 'azp',
      origin: { kind: 'preset', preset: 'auth0' },
    });
    expect(describeConfiguration(resolution.effective, { json: false })).toContain(
      `${FLAT}.client-id-claim = azp  (preset auth0)`,
    );
  });

  it('that is not known, or of a provider that is not there, refuses the start', () => {
    expect(refused({ yaml: yamlOf(AUTH0, 'preset: azure') })[0]).toContain(`${OWN}.preset`);
    const misspelt = yamlOf(AUTH0, 'preset: auth0', 'stagedoor.oidc.providers.other: { preset: okta }');
    expect(refused({ yaml: misspelt })[0]).toContain('names no foreign identity provider that is configured');
  });
});

describe('an issuer that many share asks for its second pin', () => {
  it.each([
    ['camunda-saas', 'the claim of the organization and the claim of the cluster', 'pins: { orgId: o, clusterId: c }'],
    ['entra-v1', 'tid', 'pins: { tid: t }'],
    ['entra-v2', 'tid', 'pins: { tid: t }'],
  ])('by its preset %s, also under another address', (preset, lacking, pins) => {
    const oidc = 'issuer-uri: "https://login.example/common", audiences: stage';
    expect(refused({ yaml: yamlOf(oidc, `preset: ${preset}`) })[0]).toContain(
      `pin ${lacking} with stagedoor.oidc.pins`,
    );
    expect(providerOf(yamlOf(oidc, `preset: ${preset}, ${pins}`))).toMatchObject({ kind: 'foreign' });
  });

  it('by its preset cognito: the application, since the kind of token is pinned already', () => {
    const oidc = 'issuer-uri: "https://users.example/pool"';
    expect(refused({ yaml: yamlOf(oidc, 'preset: cognito') })[0]).toContain('pin client_id with stagedoor.oidc.pins');
    const wrong = refused({ yaml: yamlOf(oidc, 'preset: cognito, pins: { client_id: c, token_use: id }') });
    expect(wrong[0]).toContain('must be access: ID tokens are not for APIs');
  });

  it('by its host, whatever preset is given', () => {
    const oidc = 'issuer-uri: "https://login.microsoftonline.com/common/v2.0", audiences: stage';
    expect(refused({ yaml: yamlOf(oidc, 'preset: keycloak') })[0]).toContain('pin tid');
  });

  it('by the host of an alias, with and without a scheme', () => {
    const oidc = 'issuer-uri: "https://idp.example", audiences: stage';
    for (const alias of ['accounts.google.com', 'https://sts.windows.net/common/'])
      expect(refused({ yaml: yamlOf(oidc, `issuer-aliases: ["${alias}"]`) })[0]).toContain(
        `${OWN}.issuer-aliases (application.yaml:3) names an issuer that many customers share`,
      );
    expect(providerOf(yamlOf(oidc, `issuer-aliases: ["https://sts.windows.net/${TENANT}/"]`))).toMatchObject({
      issuerAliases: [`https://sts.windows.net/${TENANT}/`],
    });
  });
});

describe('what is said of tokens', () => {
  const oidc = 'issuer-uri: "https://idp.example", audiences: stage';

  it('is taken to the letter', () => {
    const own = 'issuer-aliases: ["http://Idp.example", idp], token-types: [none, JWT], algorithms: [ES512]';
    expect(providerOf(yamlOf(oidc, own))).toMatchObject({
      issuerAliases: ['http://Idp.example', 'idp'],
      tokenTypes: [null, 'JWT'],
      algorithms: ['ES512'],
    });
  });

  it.each([
    ['algorithms: [HS256]', 'algorithms'],
    ['algorithms: [none]', 'algorithms'],
    ['algorithms: [PS256]', 'algorithms'],
    ['issuer-aliases: ["https://idp.example"]', 'is the same issuer as'],
    ['issuer-aliases: [idp, idp]', 'is the same issuer as'],
    ['user-where: scp', `nothing names a client: set ${FLAT}.client-id-claim`],
    ['client-where: { gty: client-credentials }', `nothing names a client: set ${FLAT}.client-id-claim`],
    ['client-where: { gty: [] }', 'has no value'],
    ['user-where: scp, client-where: { gty: c }', 'tell users and clients apart in one way'],
  ])('and cannot be meant refuses the start: %s', (own, rule) => {
    expect(refused({ yaml: yamlOf(oidc, own) }).join('\n')).toContain(rule);
  });

  it('tells users and clients apart in one way only', () => {
    const preferring = `${oidc}, client-id-claim: azp, prefer-username-claim: true`;
    expect(refused({ yaml: yamlOf(preferring, 'user-where: scp') })[0]).toContain(
      `${FLAT}.prefer-username-claim (application.yaml:1) contradicts ${OWN}.user-where`,
    );
  });

  it('names no alias of an issuer that has no name', () => {
    const keys = 'jwk-set-uri: "https://idp.example/keys", audiences: stage';
    expect(refused({ yaml: yamlOf(keys, 'issuer-aliases: [idp]') })[0]).toContain(
      'other names of an issuer that has none',
    );
  });

  it('names no alias that is another issuer', () => {
    const errors = refused({
      yaml: `
camunda.security.authentication:
  method: oidc
  providers.oidc:
    one: { issuer-uri: "https://one.example", audiences: stage }
    two: { issuer-uri: "https://two.example", audiences: stage }
stagedoor.oidc: { shared-names: true, providers: { two: { issuer-aliases: ["https://one.example"] } } }`,
    });
    expect(errors[0]).toContain(
      'is the same issuer as camunda.security.authentication.providers.oidc.one.issuer-uri: remove one of them',
    );
  });
});
