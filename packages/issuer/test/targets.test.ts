import { APIS, SCOPES } from '@stagedoor/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientRecordError, type ClientWithSecret, type NewClient } from '../src/index.ts';
import { type Answer, INTROSPECTION, KEYCLOAK, type OpenedIssuer, openIssuer, SAAS } from './opened-issuer.ts';

const SHOP = 'https://shop.example/api';
const PERMISSIONS = { 'operate-api': ['read:*', 'write:*'], 'zeebe-api': ['write:*'] };

let opened: OpenedIssuer;
let reader: ClientWithSecret;
let buyer: ClientWithSecret;

const insert = (client: Partial<NewClient>) =>
  opened.change((tx) => opened.commands.insertClient(tx, { name: 'one', scopes: ['operate', 'zeebe'], ...client }));

beforeEach(async () => {
  opened = await openIssuer();
  reader = await insert({ id: 'reader' });
  buyer = await insert({
    id: 'buyer',
    audiences: [SHOP, 'warehouse'],
    claims: JSON.stringify({ permissions: PERMISSIONS, department: 'sales' }),
  });
});
afterEach(() => opened.close());

const credentials = (client: ClientWithSecret) => ({ client_id: client.clientId, client_secret: client.clientSecret });

function claimsOf({ json }: Answer): Record<string, unknown> {
  const token = typeof json === 'object' && json !== null && 'access_token' in json ? String(json.access_token) : '..';
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

function tokenOf({ json }: Answer): string {
  return typeof json === 'object' && json !== null && 'access_token' in json ? String(json.access_token) : '';
}

type Asked = readonly (readonly [string, string])[];

const ask = (path: string, client: ClientWithSecret, more: Asked) =>
  opened.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([
      ['grant_type', 'client_credentials'],
      ...Object.entries(credentials(client)),
      ...more.map(([name, value]): [string, string] => [name, value]),
    ]).toString(),
  });

describe.each([SAAS, KEYCLOAK])('a resource (RFC 8707) at %s', (path) => {
  it.each<[Asked, unknown, string]>([
    [[['resource', 'api://operate-api']], 'operate-api', 'operate'],
    [
      [
        ['resource', 'api://operate-api'],
        ['resource', 'api://zeebe.camunda.io'],
      ],
      ['operate-api', 'zeebe.camunda.io'],
      'operate zeebe',
    ],
    [[['resource', '']], ['operate.camunda.io', 'operate-api', 'zeebe.camunda.io', 'zeebe-api'], 'operate zeebe'],
    [
      [
        ['resource', 'api://operate-api'],
        ['scope', 'operate zeebe'],
      ],
      'operate-api',
      'operate',
    ],
    [
      [
        ['resource', 'api://operate-api'],
        ['audience', 'operate-api'],
      ],
      'operate-api',
      'operate',
    ],
    [[['scope', 'api://operate-api/.default']], 'operate-api', 'operate'],
  ])('%j chooses %j', async (asked, audience, scope) => {
    const answer = await ask(path, reader, asked);
    expect(answer.json).toMatchObject({ scope });
    expect(claimsOf(answer)).toMatchObject({ aud: audience, scope });
  });

  it.each([
    ['is no URI', ['operate-api']],
    ['has a fragment', ['api://operate-api#v2']],
    ['has a space', ['api://operate-api v2']],
    ['has characters of another alphabet', ['api://opérate-api']],
    ['is nobody’s', ['https://nobody.example']],
    ['is another client’s', [SHOP]],
    ['is an audience whose scope the client has not', ['api://console-api']],
    ['is good beside one that is not', ['api://operate-api', 'api://tasklist-api']],
    ['is longer than any', [`https://${'a'.repeat(2_000)}.example`]],
  ])('that %s is refused as RFC 8707 says, and not repeated', async (_, resources) => {
    const answer = await ask(
      path,
      reader,
      resources.map((one): [string, string] => ['resource', one]),
    );
    expect([answer.status, answer.json]).toMatchObject([400, { error: 'invalid_target' }]);
    expect(answer.text).not.toContain(resources.at(-1));
  });

  it.each([
    ['audience', 'zeebe-api'],
    ['scope', 'zeebe'],
  ])('that differs from the %s is refused', async (name, value) => {
    const answer = await ask(path, reader, [
      ['resource', 'api://operate-api'],
      [name, value],
    ]);
    expect([answer.status, answer.json]).toMatchObject([400, { error: 'invalid_target' }]);
  });

  it('is the one parameter that may come twice', async () => {
    for (const name of ['audience', 'scope', 'client_id', 'anything']) {
      const twice: Asked = [
        [name, 'operate-api'],
        [name, 'operate-api'],
      ];
      expect([name, (await ask(path, reader, twice)).status]).toEqual([name, 400]);
    }
    const many = Array.from({ length: 98 }, (): [string, string] => ['resource', 'api://operate-api']);
    expect((await ask(path, reader, many)).json).toMatchObject({ error: 'invalid_request' });
  });
});

it('resources may be a list where the request is JSON', async () => {
  const request = { grant_type: 'client_credentials', ...credentials(reader) };
  const send = (resource: unknown) =>
    opened.send(SAAS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, resource }),
    });
  expect(claimsOf(await send(['api://operate-api', 'api://zeebe-api'])).aud).toEqual(['operate-api', 'zeebe-api']);
  expect(claimsOf(await send('api://operate-api')).aud).toBe('operate-api');
  for (const wrong of [[['api://operate-api']], [1], { 0: 'api://operate-api' }, null])
    expect([wrong, (await send(wrong)).status]).toEqual([wrong, 400]);
});

describe('an audience of the client’s own', () => {
  it.each<[Asked, unknown]>([
    [[['audience', SHOP]], SHOP],
    [[['audience', 'warehouse']], 'warehouse'],
    [[['resource', SHOP]], SHOP],
    [[['scope', SHOP]], SHOP],
    [[['scope', `openid ${SHOP}/.default`]], SHOP],
    [[['scope', `operate-api warehouse`]], ['operate-api', 'warehouse']],
  ])('is in a token that asks for it: %j', async (asked, audience) => {
    expect(claimsOf(await ask(KEYCLOAK, buyer, asked)).aud).toEqual(audience);
  });

  it('is in no token that does not ask for it', async () => {
    const { aud } = claimsOf(await ask(SAAS, buyer, []));
    expect(aud).toEqual(['operate.camunda.io', 'operate-api', 'zeebe.camunda.io', 'zeebe-api']);
  });

  it('opens no API here, and has no scope', async () => {
    const answer = await ask(SAAS, buyer, [['audience', SHOP]]);
    expect([answer.status, answer.json]).toEqual([200, expect.not.objectContaining({ scope: expect.anything() })]);
    expect(claimsOf(answer)).not.toHaveProperty('scope');
    for (const api of APIS)
      expect(await opened.verify(tokenOf(answer), api)).toMatchObject({ code: 'TOKEN_AUDIENCE_REFUSED' });
  });

  it('is refused to everybody else, by whatever name', async () => {
    for (const name of ['audience', 'scope', 'resource'])
      expect([name, (await ask(KEYCLOAK, reader, [[name, SHOP]])).status]).toEqual([name, 400]);
  });

  it('lets its service look into the token, and nobody without it', async () => {
    const shop = await insert({ id: 'shop', scopes: ['tasklist'], audiences: [SHOP] });
    const token = tokenOf(await ask(SAAS, buyer, [['audience', SHOP]]));
    const look = async (client: ClientWithSecret) =>
      (await opened.post(INTROSPECTION.saas, { token, ...credentials(client) })).json;
    expect(await look(shop)).toMatchObject({ active: true, aud: SHOP });
    expect(await look(reader)).toEqual({ active: false });
  });

  it.each([
    ['of the table', ['tasklist-api']],
    ['of the table, by its URI', ['api://tasklist-api']],
    ['that is a scope', ['operate']],
    ['that means nothing in a scope', ['openid']],
    ['that ends as Entra’s scopes do', ['warehouse/.default']],
    ['with a space', ['ware house']],
    ['with a quote', ['ware"house']],
    ['without a name', ['']],
    ['longer than any', ['a'.repeat(257)]],
    ['beyond sixteen', Array.from({ length: 17 }, (_, index) => `service-${index}`)],
  ])('%s cannot be registered', async (_, audiences) => {
    await expect(insert({ audiences })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(opened.issuer.clients()).toHaveLength(2);
  });
});

describe('claims of the client’s own', () => {
  it('stand in its tokens as they were registered, also after a restart', async () => {
    await opened.restart();
    const claims = claimsOf(await ask(SAAS, buyer, [['audience', 'operate-api']]));
    expect(claims).toMatchObject({ permissions: PERMISSIONS, department: 'sales', aud: 'operate-api', sub: 'buyer' });
    expect(claimsOf(await ask(SAAS, reader, []))).not.toHaveProperty('permissions');
  });

  it('change nothing of what its tokens may do here', async () => {
    const none = await insert({
      id: 'none',
      scopes: ['tasklist'],
      claims: JSON.stringify({ permissions: PERMISSIONS }),
    });
    const token = tokenOf(await ask(SAAS, none, []));
    expect(await opened.verify(token, 'operate')).toMatchObject({ code: 'TOKEN_AUDIENCE_REFUSED' });
    expect(await opened.verify(token, 'tasklist')).toMatchObject({
      kind: 'verified',
      subject: { subject: { kind: 'client', clientId: 'none' }, groups: null },
    });
  });

  it('are no business of whoever introspects the token', async () => {
    const token = tokenOf(await ask(SAAS, buyer, []));
    const found = await opened.post(INTROSPECTION.saas, { token, ...credentials(reader) });
    expect(found.json).toMatchObject({ active: true, client_id: 'buyer' });
    expect(found.text).not.toContain('sales');
  });

  it.each([
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'azp', 'scope', 'scp', 'cnf', 'typ'],
    ...['preferred_username', 'email', 'sid', 'nonce', 'auth_time', 'act', 'idtyp', 'token_use', 'stagedoor_user'],
  ])('cannot say %s', async (name) => {
    await expect(insert({ claims: JSON.stringify({ [name]: 'admin' }) })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(name),
    });
  });

  it.each([
    ['no JSON', 'department=sales'],
    ['a list', '["sales"]'],
    ['null', 'null'],
    ['a name twice', '{"a":{"b":1,"b":2}}'],
    ['a prototype', '{"__proto__":{"sub":"admin"}}'],
    ['a name without characters', '{"":1}'],
    ['a name in another alphabet', '{"ѕub":"admin"}'],
    ['more than anybody needs', JSON.stringify({ text: 'a'.repeat(4_100) })],
    ['as much in another alphabet', JSON.stringify({ text: 'ѕ'.repeat(2_050) })],
    [
      'more names than anybody needs',
      JSON.stringify(Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`c${i}`, 1]))),
    ],
    ['a depth that nobody needs', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('that are %s cannot be registered', async (_, claims) => {
    await expect(insert({ claims })).rejects.toBeInstanceOf(ClientRecordError);
    expect(opened.issuer.clients()).toHaveLength(2);
  });
});

it('every scope, audience and URI of the table means the same audience however it is asked for', async () => {
  const all = await insert({ id: 'all', scopes: SCOPES });
  for (const audience of [
    'operate.camunda.io',
    'zeebe-api',
    'tasklist.camunda.io',
    'orchestration-api',
    'console-api',
  ]) {
    const forms: Asked = [
      ['audience', audience],
      ['scope', `${audience}/.default`],
      ['scope', `api://${audience}`],
      ['resource', `api://${audience}`],
    ];
    for (const form of forms) expect([form, claimsOf(await ask(KEYCLOAK, all, [form])).aud]).toEqual([form, audience]);
  }
});
