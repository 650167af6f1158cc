import { describe, expect, it } from 'vitest';
import { accepted, FOREIGN, refused } from './resolve-with.ts';

const oidc = (block: string, more = '') =>
  `camunda.security.authentication:\n  method: oidc\n  oidc: { ${block} }\n${more}`;
const two = (more = '') => `
camunda.security.authentication:
  method: oidc
  providers.oidc:
    one: { issuer-uri: https://one.example.com, audiences: a, username-claim: preferred_username }
    two: { issuer-uri: https://two.example.com, audiences: b, client-id-claim: azp }
${more}`;

const only = (yaml: string) => {
  const [provider, ...others] = accepted({ yaml }).configuration.providers;
  expect(others).toEqual([]);
  return provider;
};
const anyOf = (...audiences: string[]) => ({ kind: 'any-of', audiences });

describe('the embedded issuer', () => {
  it.each(['none', 'basic', 'oidc'])('runs with %s, and its audiences open what the contract says', (method) => {
    const { issuer, providers } = accepted({ options: { method } }).configuration;
    expect(issuer).toEqual({
      listen: { hosts: ['127.0.0.1', '::1'], port: 18080, tls: null },
      origin: 'http://localhost:18080',
      tokenLifetimeSeconds: 300,
      algorithm: 'RS256',
      keyRotationMilliseconds: 90 * 86_400_000,
    });
    expect(providers).toEqual([
      {
        kind: 'embedded',
        audiences: {
          orchestration: anyOf('zeebe.camunda.io', 'zeebe-api', 'orchestration', 'orchestration-api'),
          operate: anyOf('operate.camunda.io', 'operate-api', 'orchestration', 'orchestration-api'),
          zeebe: anyOf('zeebe.camunda.io', 'zeebe-api', 'orchestration', 'orchestration-api'),
          tasklist: anyOf('tasklist.camunda.io', 'tasklist-api', 'orchestration', 'orchestration-api'),
          administration: anyOf('console-api', 'api.cloud.camunda.io'),
        },
      },
    ]);
  });

  it.each(['http://localhost:18080', 'http://localhost:18080/', 'http://localhost:18080/auth/realms/camunda-platform'])(
    'is meant by its own address %s',
    (uri) => {
      const { configuration, notes } = accepted({ yaml: oidc(`issuer-uri: '${uri}'`) });
      expect(configuration.providers.map(({ kind }) => kind)).toEqual(['embedded']);
      expect(configuration.issuer).not.toBeNull();
      expect(notes).toEqual([
        'camunda.security.authentication.oidc.issuer-uri (application.yaml:3) is the embedded issuer of this program',
      ]);
    },
  );

  it('refuses an address of its own that is another realm', () => {
    expect(refused({ yaml: oidc("issuer-uri: 'http://localhost:18080/auth/realms/other'") })[0]).toContain(
      'is an address of the embedded issuer that it does not answer to',
    );
  });

  it('is not meant by another port', () => {
    expect(
      accepted({ options: { issuerPort: '0' }, yaml: oidc("issuer-uri: 'http://localhost:18080', audiences: a") })
        .configuration,
    ).toMatchObject({
      issuer: null,
      providers: [{ kind: 'foreign', keysAt: { kind: 'discovery', issuer: 'http://localhost:18080' } }],
    });
  });

  it('warns of keys that are for a foreign issuer', () => {
    const { warnings } = accepted({ yaml: oidc('audiences: web, username-claim: email') });
    expect(warnings).toEqual([
      'camunda.security.authentication.oidc.audiences (application.yaml:3) is for a foreign issuer and has no effect on the embedded one, whose tokens have rules of their own',
      'camunda.security.authentication.oidc.username-claim (application.yaml:3) is for a foreign issuer and has no effect on the embedded one, whose tokens have rules of their own',
    ]);
  });

  it('refuses endpoints of an issuer that is not named', () => {
    expect(refused({ yaml: oidc("token-uri: 'https://idp.example.com/token'") })).toEqual([
      'camunda.security.authentication.oidc.token-uri (application.yaml:3) names an endpoint of an issuer that is not named itself: set camunda.security.authentication.oidc.issuer-uri or camunda.security.authentication.oidc.jwk-set-uri',
    ]);
  });

  it.each(['pins.tid: x', 'audience-check: false'])('refuses stagedoor.oidc.%s, which nobody would check', (key) => {
    expect(refused({ options: { method: 'oidc' }, yaml: `stagedoor.oidc.${key}` })[0]).toContain(
      'is for a foreign issuer, and none is configured',
    );
  });

  it('narrows one API, and refuses an audience that it never issues', () => {
    const narrowed = accepted({ yaml: 'stagedoor.apis.operate.audiences: operate-api' }).configuration.providers[0]
      .audiences;
    expect([narrowed.operate, narrowed.tasklist]).toMatchObject([anyOf('operate-api'), { kind: 'any-of' }]);
    expect(refused({ yaml: 'stagedoor.apis.operate.audiences: mine' })[0]).toContain(
      'names an audience that the embedded issuer does not issue',
    );
  });
});

describe('a foreign issuer', () => {
  it('takes the place of the embedded one', () => {
    const { configuration, warnings } = accepted({ environment: FOREIGN });
    expect(warnings).toEqual([]);
    expect(configuration.issuer).toBeNull();
    expect(configuration.providers).toEqual([
      {
        kind: 'foreign',
        id: 'oidc',
        keysAt: { kind: 'discovery', issuer: 'https://idp.example.com/realms/one' },
        additionalJwkSetUris: [],
        keysGraceMilliseconds: 3_600_000,
        audiences: {
          orchestration: anyOf('orchestration'),
          operate: anyOf('orchestration'),
          zeebe: anyOf('orchestration'),
          tasklist: anyOf('orchestration'),
          administration: anyOf(),
        },
        pins: new Map(),
        usernameClaim: 'sub',
        clientIdClaim: null,
        groupsClaim: null,
        preferUsernameClaim: false,
        mark: null,
        issuerAliases: [],
        algorithms: [],
        tokenTypes: [],
        clockSkewMilliseconds: 60_000,
        componentPermissions: false,
        login: null,
      },
    ]);
  });

  it('keeps the Administration API closed, and says so, until it has audiences', () => {
    expect(accepted({ environment: FOREIGN }).notes.join()).toContain('the Administration API is closed');
    const open = accepted({ environment: { ...FOREIGN, STAGEDOOR_APIS_ADMINISTRATION_AUDIENCES: 'console' } });
    expect(open.notes).toEqual([]);
    expect(open.configuration.providers[0].audiences.administration).toEqual(anyOf('console'));
  });

  it('keeps its identifier to the letter', () => {
    expect(only(oidc("issuer-uri: 'https://Tenant.eu.auth0.com/', audiences: a"))).toMatchObject({
      keysAt: { issuer: 'https://Tenant.eu.auth0.com/' },
    });
  });

  it('is found by discovery where both addresses are set', () => {
    expect(
      only(oidc("issuer-uri: 'https://a.example.com', jwk-set-uri: 'https://b.example.com', audiences: a")),
    ).toMatchObject({
      keysAt: { kind: 'discovery', issuer: 'https://a.example.com' },
    });
  });

  it('has its keys in a file where one is named: nothing of it is fetched, and its identifier is still checked', () => {
    const file = '\nstagedoor.oidc.providers.oidc.jwk-set-file: ./keys.json\nstagedoor.oidc.jwk-set-grace: 2h';
    const { configuration, warnings } = accepted({
      yaml: `${oidc("issuer-uri: 'http://idp.example.com', audiences: a")}${file}`,
    });
    expect(configuration.providers).toMatchObject([
      {
        keysAt: { kind: 'file', path: './keys.json', issuer: 'http://idp.example.com' },
        keysGraceMilliseconds: 7_200_000,
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('refuses the start with a file beside an address of keys, or without its identifier', () => {
    const file = '\nstagedoor.oidc.providers.oidc.jwk-set-file: ./keys.json';
    const keys = "jwk-set-uri: 'https://a.example.com/keys', audiences: a";
    for (const provider of [keys, `issuer-uri: 'https://a.example.com', ${keys}`])
      expect(refused({ yaml: `${oidc(provider)}${file}` })).toEqual([
        expect.stringContaining('stands in place of camunda.security.authentication.oidc.jwk-set-uri'),
      ]);
  });

  it('refuses a grace of more than a day', () => {
    const yaml = `${oidc("issuer-uri: 'https://a.example.com', audiences: a")}\nstagedoor.oidc.jwk-set-grace: 2d`;
    expect(refused({ yaml })).toEqual([expect.stringContaining('stagedoor.oidc.jwk-set-grace')]);
  });

  it('refuses the start without audiences', () => {
    expect(refused({ yaml: oidc("issuer-uri: 'https://a.example.com'") })).toEqual([
      'camunda.security.authentication.oidc.issuer-uri (application.yaml:3) is a foreign issuer whose every token would be taken: set camunda.security.authentication.oidc.audiences to the audiences of this cluster (often the client id of the Orchestration Cluster)',
    ]);
  });

  it.each([
    ['', 'is false and nothing stands in its place: pin a claim with stagedoor.oidc.pins'],
    [
      'audiences: a, ',
      'is false, which contradicts camunda.security.authentication.oidc.audiences: remove one of them',
    ],
  ])('refuses an unchecked audience %#', (block, rule) => {
    const yaml = oidc(`${block}issuer-uri: 'https://a.example.com'`, 'stagedoor.oidc.audience-check: false');
    expect(refused({ yaml })).toEqual([`stagedoor.oidc.audience-check (application.yaml:4) ${rule}`]);
  });

  it('takes an unchecked audience with a pin, says so at every start, and opens no Administration', () => {
    const yaml = oidc(
      "issuer-uri: 'https://a.example.com'",
      'stagedoor.oidc: { audience-check: false, pins: { azp: [one, two] } }',
    );
    const { configuration, warnings } = accepted({ yaml });
    expect(warnings).toEqual([
      'stagedoor.oidc.audience-check (application.yaml:4) is false: the audience of tokens of oidc is not checked, only its pins are',
    ]);
    expect(configuration.providers[0]).toMatchObject({
      pins: new Map([['azp', ['one', 'two']]]),
      audiences: { orchestration: { kind: 'unchecked' }, tasklist: { kind: 'unchecked' }, administration: anyOf() },
    });
  });

  it('refuses a pin without value', () => {
    const [error] = refused({ environment: { ...FOREIGN, STAGEDOOR_OIDC_PINS_TID: '' } });
    expect(error).toContain('stagedoor.oidc.pins.tid (env STAGEDOOR_OIDC_PINS_TID) has no value');
  });

  it('warns where its identifier is not known, unless iss is pinned', () => {
    const yaml = oidc("jwk-set-uri: 'https://a.example.com/keys', audiences: a");
    expect(accepted({ yaml }).warnings.join()).toContain(
      'is set without issuer-uri, so that the issuer of tokens is not checked',
    );
    expect(accepted({ yaml: `${yaml}stagedoor.oidc.pins.iss: https://a.example.com` }).warnings).toEqual([]);
  });

  it.each([
    ['http://keycloak:18080/realms/a', 1],
    ['http://127.0.0.1:9/realms/a', 0],
    ['http://[::1]:9/realms/a', 0],
    ['https://keycloak/realms/a', 0],
  ])('warns of keys without TLS: %s', (uri, warnings) => {
    expect(accepted({ yaml: oidc(`issuer-uri: '${uri}', audiences: a`) }).warnings).toHaveLength(warnings);
  });

  it('refuses a skew that makes expiry meaningless', () => {
    expect(refused({ yaml: oidc("issuer-uri: 'https://a.example.com', audiences: a, clock-skew: 1h") })[0]).toContain(
      'must be a duration from 0s to 10m',
    );
  });

  it('refuses clients of an issuer that does not run', () => {
    const environment = { ...FOREIGN, STAGEDOOR_CLIENTS_0_ID: 'ci', STAGEDOOR_CLIENTS_0_SECRET: 'x' };
    expect(refused({ environment })[0]).toContain(
      'are clients of the embedded issuer, which does not run beside a foreign one',
    );
  });
});

describe('an issuer that many customers share', () => {
  const TENANT = '6f6f3a5e-3b2a-4c1d-9e8f-0a1b2c3d4e5f';
  it.each([
    ['https://login.microsoftonline.com/common/v2.0', 'Microsoft Entra ID', 'tid'],
    ['https://login.microsoftonline.com/organizations/v2.0', 'Microsoft Entra ID', 'tid'],
    ['https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0', 'Microsoft Entra ID', 'tid'],
    ['https://LOGIN.microsoftonline.com./common/v2.0', 'Microsoft Entra ID', 'tid'],
    ['https://login.windows.net/common', 'Microsoft Entra ID', 'tid'],
    ['https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0', 'Microsoft Entra ID', 'tid'],
    [
      'https://weblogin.cloud.camunda.io/',
      'Camunda SaaS',
      'the claim of the organization and the claim of the cluster',
    ],
    ['https://login.cloud.camunda.io/', 'Camunda SaaS', 'the claim of the organization and the claim of the cluster'],
    ['https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc', 'Amazon Cognito', 'client_id and token_use'],
    ['https://accounts.google.com', 'Google', 'sub or email or hd or azp'],
    [
      'https://token.actions.githubusercontent.com',
      'GitHub Actions',
      'repository_owner_id or repository_owner or repository_id or repository or sub',
    ],
  ])('refuses %s without its second pin', (uri, name, lacking) => {
    const errors = refused({ yaml: oidc(`issuer-uri: '${uri}', audiences: zeebe.camunda.io`) });
    expect(errors).toEqual([
      `camunda.security.authentication.oidc.issuer-uri (application.yaml:3) names an issuer that many customers share (${name}): pin ${lacking} with stagedoor.oidc.pins, so that the tokens of others are refused`,
    ]);
  });

  it('takes an Entra issuer that names its tenant, whose keys alone name none', () => {
    const issuer = `https://login.microsoftonline.com/${TENANT}`;
    expect(accepted({ yaml: oidc(`issuer-uri: '${issuer}/v2.0', audiences: a`) }).warnings).toEqual([]);
    expect(refused({ yaml: oidc(`jwk-set-uri: '${issuer}/discovery/v2.0/keys', audiences: a`) })[0]).toContain(
      'pin tid',
    );
    const additional = `jwk-set-uri: 'https://a.example.com', additional-jwk-set-uris: '${issuer}/keys', audiences: a`;
    expect(refused({ yaml: oidc(additional) })[0]).toMatch(/additional-jwk-set-uris .* pin tid/);
  });

  it.each([
    ['https://login.microsoftonline.com/common/v2.0', `pins.tid: ${TENANT}`],
    ['https://login.cloud.camunda.io/', "pins: { 'https://camunda.com/orgId': o, 'https://camunda.com/clusterId': c }"],
  ])('takes %s with its second pin', (uri, pins) => {
    expect(
      accepted({ yaml: oidc(`issuer-uri: '${uri}', audiences: a`, `stagedoor.oidc: { ${pins} }`) }).warnings,
    ).toEqual([]);
  });

  it('refuses half of a second pin', () => {
    const yaml = oidc("issuer-uri: 'https://login.cloud.camunda.io/', audiences: a", 'stagedoor.oidc.pins.orgId: o');
    expect(refused({ yaml })[0]).toContain('pin the claim of the cluster with');
  });

  const COGNITO = "issuer-uri: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc'";
  it('takes Cognito, whose access tokens have no audience, by two pins', () => {
    const yaml = oidc(
      COGNITO,
      'stagedoor.oidc: { audience-check: false, pins: { client_id: [a, b], token_use: access } }',
    );
    expect(only(yaml)).toMatchObject({
      pins: new Map([
        ['client_id', ['a', 'b']],
        ['token_use', ['access']],
      ]),
    });
  });

  it('refuses the ID tokens of Cognito', () => {
    const yaml = oidc(COGNITO, 'stagedoor.oidc: { audience-check: false, pins: { client_id: a, token_use: id } }');
    expect(refused({ yaml })).toEqual([
      'stagedoor.oidc.pins.token_use (application.yaml:4) must be access: ID tokens are not for APIs',
    ]);
  });
});

describe('several issuers', () => {
  it('refuse the start, since both speak for the same names', () => {
    expect(refused({ yaml: two() })).toEqual([
      'camunda.security.authentication.providers.oidc.two.issuer-uri (application.yaml:6) is a second issuer beside camunda.security.authentication.providers.oidc.one, and both speak for the same names of users and clients: keep one, or consent with stagedoor.oidc.shared-names',
    ]);
  });

  it('start with consent, each with its own rules', () => {
    const yaml = two('stagedoor.oidc: { shared-names: true, providers.two.pins.org: x }');
    expect(accepted({ yaml }).configuration.providers).toMatchObject([
      {
        id: 'one',
        usernameClaim: 'preferred_username',
        clientIdClaim: null,
        pins: new Map(),
        audiences: { zeebe: anyOf('a') },
      },
      {
        id: 'two',
        usernameClaim: 'sub',
        clientIdClaim: 'azp',
        pins: new Map([['org', ['x']]]),
        audiences: { zeebe: anyOf('b') },
      },
    ]);
  });

  it('switch the audience check of one of them off, not of the other', () => {
    const yaml = two(
      'stagedoor.oidc: { shared-names: true, providers.two: { pins.org: x, audience-check: false } }',
    ).replace(', audiences: b', '');
    expect(accepted({ yaml }).configuration.providers).toMatchObject([
      { audiences: { zeebe: anyOf('a') } },
      { audiences: { zeebe: { kind: 'unchecked' } } },
    ]);
  });

  it('refuse pins for a provider that is not there', () => {
    const [error] = refused({ yaml: two('stagedoor.oidc: { shared-names: true, providers.tow.pins.org: x }') });
    expect(error).toContain(
      'stagedoor.oidc.providers.tow (application.yaml:7) names no foreign identity provider that is configured',
    );
  });

  it('need an issuer each', () => {
    const yaml = two('stagedoor.oidc.shared-names: true').replace(
      'issuer-uri: https://two.example.com',
      'jwk-set-uri: https://two.example.com',
    );
    expect(refused({ yaml })).toEqual([
      'camunda.security.authentication.providers.oidc.two.issuer-uri (application.yaml:6) is missing: each of several identity providers is told by its issuer',
    ]);
  });

  it('refuse the same issuer twice', () => {
    const yaml = two('stagedoor.oidc.shared-names: true').replace('two.example.com', 'one.example.com');
    expect(refused({ yaml })[0]).toContain(
      'is the same issuer as camunda.security.authentication.providers.oidc.one.issuer-uri',
    );
  });

  it('count the flat block, unless a listed one has its name', () => {
    const flat =
      "camunda.security.authentication: { method: oidc, oidc: { issuer-uri: 'https://f.example.com', audiences: f } }\n";
    const listed = (id: string) =>
      `${flat}camunda.security.authentication.providers.oidc.${id}: { issuer-uri: 'https://l.example.com', audiences: l }`;
    expect(refused({ yaml: listed('other') })[0]).toContain(
      'is a second issuer beside camunda.security.authentication.oidc',
    );
    expect(only(listed('oidc'))).toMatchObject({ id: 'oidc', keysAt: { issuer: 'https://l.example.com' } });
  });

  it('trust the embedded issuer beside a foreign one only where it is listed', () => {
    const yaml = two('stagedoor.oidc.shared-names: true').replace('https://two.example.com', 'http://localhost:18080');
    const { providers, issuer } = accepted({ yaml }).configuration;
    expect(providers.map(({ kind }) => kind)).toEqual(['foreign', 'embedded']);
    expect(issuer).not.toBeNull();
    expect(accepted({ environment: FOREIGN }).configuration.issuer).toBeNull();
  });
});

describe('the permissions of Camunda 8.6 in foreign tokens', () => {
  const ofBoth = (more: string) =>
    accepted({ yaml: two(`stagedoor.oidc: { shared-names: true, ${more} }`) }).configuration.providers.map(
      (provider) => provider.kind === 'foreign' && provider.componentPermissions,
    );

  it('grant nothing unless that is said, of all issuers or of one', () => {
    expect(ofBoth('pins: {}')).toEqual([false, false]);
    expect(ofBoth('component-permissions: true')).toEqual([true, true]);
    expect(ofBoth('providers.two.component-permissions: true')).toEqual([false, true]);
  });
});
