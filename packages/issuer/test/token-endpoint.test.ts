import { once } from 'node:events';
import { connect } from 'node:net';
import { APIS, type Api, SCOPES } from '@stagedoor/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientWithSecret } from '../src/index.ts';
import { type Answer, FORM, KEYCLOAK, type OpenedIssuer, openIssuer, SAAS, type Sent } from './opened-issuer.ts';

let opened: OpenedIssuer;
let all: ClientWithSecret;
let reader: ClientWithSecret;

beforeEach(async () => {
  opened = await openIssuer();
  all = await opened.change((tx) => opened.commands.insertClient(tx, { id: 'all', name: 'all', scopes: SCOPES }));
  reader = await opened.change((tx) =>
    opened.commands.insertClient(tx, { id: 'reader', name: 'reader', scopes: ['operate', 'zeebe'] }),
  );
});
afterEach(() => opened.close());

const credentials = (client: ClientWithSecret) => ({ client_id: client.clientId, client_secret: client.clientSecret });
const good = (client = all) => ({ grant_type: 'client_credentials', ...credentials(client) });
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

type Issued = {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly token: string;
};

function issued({ json }: Answer): Issued {
  const token = typeof json === 'object' && json !== null && 'access_token' in json ? String(json.access_token) : '';
  const [header = {}, claims = {}] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  return { header, claims, token };
}

describe.each([
  ['SaaS form', SAAS, ''],
  ['Keycloak form', KEYCLOAK, '/auth/realms/camunda-platform'],
])('a token in %s', (_name, path, issuerPath) => {
  it('is answered with the members of the pages, in their order, and the scope behind them', async () => {
    const answer = await opened.post(path, { ...good(), audience: 'operate.camunda.io' });
    expect(answer.status).toBe(200);
    const { token } = issued(answer);
    expect(answer.text).toBe(
      `{"access_token":"${token}","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"operate"}`,
    );
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('names its issuer, its client, its audience and its time', async () => {
    const { header, claims } = issued(await opened.post(path, { ...good(), audience: 'operate.camunda.io' }));
    const seconds = Math.floor(opened.clock.now() / 1000);
    expect(header).toEqual({ alg: 'RS256', kid: expect.any(String), typ: 'at+jwt' });
    expect(claims).toEqual({
      iss: `http://localhost:18080${issuerPath}`,
      sub: 'all',
      client_id: 'all',
      azp: 'all',
      aud: 'operate.camunda.io',
      iat: seconds,
      exp: seconds + 300,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      scope: 'operate',
    });
  });

  it('is never the same twice', async () => {
    const [one, other] = await Promise.all([opened.post(path, good()), opened.post(path, good())]);
    expect(issued(one).claims.jti).not.toBe(issued(other).claims.jti);
  });

  it('does not depend on the Host, Forwarded or Origin of the request', async () => {
    const answer = await opened.post(path, good(), {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      origin: 'http://evil.example',
    });
    expect(answer.status).toBe(200);
    expect(issued(answer).claims.iss).toBe(`http://localhost:18080${issuerPath}`);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('is given for a secret in the Authorization header, form-encoded or plain, in any case of the scheme', async () => {
    for (const headers of [
      basic('all', all.clientSecret),
      basic('%61ll', encodeURIComponent(all.clientSecret)),
      { authorization: basic('all', all.clientSecret).authorization.replace('Basic', 'bAsIc') },
    ]) {
      expect(await opened.post(path, { grant_type: 'client_credentials' }, headers)).toMatchObject({ status: 200 });
    }
    expect(
      await opened.post(path, { grant_type: 'client_credentials', client_id: 'all' }, basic('all', all.clientSecret)),
    ).toMatchObject({ status: 200 });
  });

  it('is given whatever the case and the parameters of the media type', async () => {
    for (const type of ['APPLICATION/X-WWW-FORM-URLENCODED', `${FORM}; charset=UTF-8`, ` ${FORM} ;charset=utf-8`]) {
      expect(await opened.post(path, good(), { 'content-type': type })).toMatchObject({ status: 200 });
    }
  });

  it('lasts no longer than its client', async () => {
    const expires = opened.clock.now() + 100_500;
    const brief = await opened.change((tx) =>
      opened.commands.insertClient(tx, { name: 'brief', scopes: ['operate'], expires }),
    );
    expect((await opened.post(path, good(brief))).json).toMatchObject({ expires_in: 100 });
    // The client has 300 milliseconds left, and no token can be that short.
    opened.clock.move(100_200);
    expect(await opened.post(path, good(brief))).toMatchObject({ status: 401 });
    opened.clock.move(300);
    expect(await opened.post(path, good(brief))).toMatchObject({ status: 401 });
  });

  describe('is for', () => {
    const audiencesFor = async (client: ClientWithSecret, more: Readonly<Record<string, string>>) => {
      const answer = await opened.post(path, { ...good(client), ...more });
      return answer.status === 200 ? [issued(answer).claims.aud, issued(answer).claims.scope] : answer.json;
    };

    it('all that the scopes allow where nothing is named', async () => {
      const both = [['operate.camunda.io', 'operate-api', 'zeebe.camunda.io', 'zeebe-api'], 'operate zeebe'];
      expect(await audiencesFor(reader, {})).toEqual(both);
      expect(await audiencesFor(reader, { scope: 'openid profile email' })).toEqual(both);
      expect(await audiencesFor(reader, { scope: '', audience: '' })).toEqual(both);
    });

    it.each([
      [{ audience: 'operate-api' }, 'operate-api', 'operate'],
      [{ scope: 'operate-api' }, 'operate-api', 'operate'],
      [{ scope: 'operate-api/.default' }, 'operate-api', 'operate'],
      [{ scope: 'openid zeebe-api' }, 'zeebe-api', 'zeebe'],
      [{ scope: 'zeebe' }, ['zeebe.camunda.io', 'zeebe-api'], 'zeebe'],
      [{ scope: 'zeebe operate-api' }, ['operate-api', 'zeebe.camunda.io', 'zeebe-api'], 'operate zeebe'],
      [{ audience: 'zeebe-api', scope: 'zeebe' }, 'zeebe-api', 'zeebe'],
      [{ audience: 'zeebe-api', scope: 'openid' }, 'zeebe-api', 'zeebe'],
    ])('%j', async (parameters, audience, scope) => {
      expect(await audiencesFor(reader, parameters)).toEqual([audience, scope]);
    });

    it.each([
      [{ audience: 'orchestration', scope: 'orchestration' }, 'orchestration'],
      [{ audience: 'orchestration', scope: 'orchestration/.default' }, 'orchestration'],
      [{ scope: 'orchestration' }, ['orchestration', 'orchestration-api']],
      [{ scope: 'orchestration/.default' }, 'orchestration'],
      [{ audience: 'console-api' }, 'console-api'],
      [{ audience: 'api.cloud.camunda.io' }, 'api.cloud.camunda.io'],
    ])('%j, as on the pages', async (parameters, audience) => {
      expect(await audiencesFor(all, parameters)).toEqual([audience, expect.any(String)]);
    });

    it('the APIs of its audience, and no other', async () => {
      const opens: readonly (readonly [string, readonly Api[]])[] = [
        ['operate.camunda.io', ['operate']],
        ['zeebe-api', ['orchestration', 'zeebe']],
        ['tasklist-api', ['tasklist']],
        ['orchestration', ['orchestration', 'operate', 'zeebe', 'tasklist']],
        ['console-api', ['administration']],
      ];
      for (const [audience, apis] of opens) {
        const { token } = issued(await opened.post(path, { ...good(), audience }));
        for (const api of APIS) {
          const expected = apis.includes(api)
            ? { kind: 'verified', subject: { subject: { kind: 'client', clientId: 'all' }, groups: null } }
            : { kind: 'refused', code: 'TOKEN_AUDIENCE_REFUSED' };
          expect(await opened.verify(token, api)).toMatchObject(expected);
        }
      }
    });
  });

  it('dies with its client, at once', async () => {
    const { token } = issued(await opened.post(path, good()));
    expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'verified' });
    await opened.change((tx) => opened.commands.deleteClient(tx, 'all'));
    expect(await opened.verify(token, 'operate')).toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await opened.post(path, good())).toMatchObject({ status: 401 });
  });
});

it('is given for JSON in SaaS form', async () => {
  const answer = await opened.send(SAAS, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ ...good(), audience: 'zeebe.camunda.io' }),
  });
  expect(answer.status).toBe(200);
  expect(issued(answer).claims.aud).toBe('zeebe.camunda.io');
});

/** What each form says of the same mistake. */
type Words = { readonly status: number; readonly json: Readonly<Record<string, string>> };
const words = (status: number, error: string, error_description?: string): Words => ({
  status,
  json: error_description === undefined ? { error } : { error, error_description },
});

const same = (status: number, error: string, description: string) =>
  [words(status, error, description), words(status, error, description)] as const;
const keycloakClient = words(401, 'invalid_client', 'Invalid client or Invalid client credentials');
const saasClient = words(401, 'access_denied', 'Unauthorized');
const clientRefused = [keycloakClient, saasClient] as const;
const encoded = (parameters: Readonly<Record<string, string>>) => new URLSearchParams(parameters).toString();

type Case = readonly [name: string, sent: () => Sent, keycloak: Words, saas: Words];

const posted = (body: string | Uint8Array | Readonly<Record<string, string>>, headers: Sent['headers'] = {}): Sent => ({
  method: 'POST',
  headers: { 'content-type': FORM, ...headers },
  body: typeof body === 'string' || body instanceof Uint8Array ? body : encoded(body),
});

const MISSING = 'Missing form parameter: grant_type';
const cases: readonly Case[] = [
  // 1. media type
  [
    'has no media type',
    () => ({ method: 'POST', body: encoded(good()) }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the media type has to be application/x-www-form-urlencoded or application/json'),
  ],
  [
    'is plain text',
    () => posted(good(), { 'content-type': 'text/plain' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the media type has to be application/x-www-form-urlencoded or application/json'),
  ],
  [
    'is multipart',
    () => posted('--b--', { 'content-type': 'multipart/form-data; boundary=b' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the media type has to be application/x-www-form-urlencoded or application/json'),
  ],
  [
    'is JSON that is not JSON',
    () => posted('{', { 'content-type': 'application/json' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the body is not JSON'),
  ],
  [
    'is a JSON list',
    () => posted('[]', { 'content-type': 'application/json' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the body is not a JSON object'),
  ],
  [
    'is JSON with a number',
    () => posted('{"grant_type":1}', { 'content-type': 'application/json' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the body has a member that is not a text'),
  ],
  [
    'is JSON with a member twice',
    () => posted('{"grant_type":"x","grant_type":"client_credentials"}', { 'content-type': 'application/json' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'the body names a member twice'),
  ],
  // 2. parameters
  [
    'has a lone percent sign',
    () => posted('grant_type=client_credentials&client_secret=%'),
    ...same(400, 'invalid_request', 'the form has a percent sign that encodes nothing'),
  ],
  [
    'has %zz',
    () => posted('grant_type=client_credentials&x=%zz'),
    ...same(400, 'invalid_request', 'the form has a percent sign that encodes nothing'),
  ],
  [
    'has two thousand parameters',
    () => posted(Array.from({ length: 2000 }, (_, index) => `p${index}=1`).join('&')),
    ...same(400, 'invalid_request', 'the request has more than 100 parameters'),
  ],
  [
    'repeats the grant type',
    () => posted(`${encoded(good())}&grant_type=client_credentials`),
    words(400, 'invalid_request', 'duplicated parameter'),
    words(400, 'invalid_request', 'the parameter grant_type is given more than once'),
  ],
  [
    'repeats the audience',
    () => posted(`${encoded(good())}&audience=operate-api&audience=zeebe-api`),
    words(400, 'invalid_request', 'duplicated parameter'),
    words(400, 'invalid_request', 'the parameter audience is given more than once'),
  ],
  [
    'repeats a parameter that nobody knows, once without a value',
    () => posted(`${encoded(good())}&x=1&x=`),
    words(400, 'invalid_request', 'duplicated parameter'),
    words(400, 'invalid_request', 'a parameter is given more than once'),
  ],
  [
    'repeats the secret, the right one behind a wrong one',
    () => posted(`client_secret=wrong&${encoded(good())}`),
    words(400, 'invalid_request', 'duplicated parameter'),
    words(400, 'invalid_request', 'the parameter client_secret is given more than once'),
  ],
  // 3. grant type
  [
    'has no body',
    () => posted(''),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'missing parameter: grant_type'),
  ],
  [
    'has no grant type',
    () => posted(credentials(all)),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'missing parameter: grant_type'),
  ],
  [
    'has an empty grant type',
    () => posted({ ...good(), grant_type: '' }),
    words(400, 'invalid_request', MISSING),
    words(400, 'invalid_request', 'missing parameter: grant_type'),
  ],
  [
    'wants a password grant',
    () => posted({ ...good(), grant_type: 'password' }),
    words(400, 'unsupported_grant_type', 'Unsupported grant_type'),
    words(
      403,
      'unsupported_grant_type',
      'the grant type has to be client_credentials, authorization_code or refresh_token',
    ),
  ],
  [
    'wants a grant in capitals',
    () => posted({ ...good(), grant_type: 'CLIENT_CREDENTIALS' }),
    words(400, 'unsupported_grant_type', 'Unsupported grant_type'),
    words(
      403,
      'unsupported_grant_type',
      'the grant type has to be client_credentials, authorization_code or refresh_token',
    ),
  ],
  // 4. client
  ['has a wrong secret', () => posted({ ...good(), client_secret: 'wrong' }), ...clientRefused],
  [
    'has the secret with a space behind it',
    () => posted({ ...good(), client_secret: `${all.clientSecret} ` }),
    ...clientRefused,
  ],
  [
    'has the secret of another client',
    () => posted({ ...good(), client_secret: reader.clientSecret }),
    ...clientRefused,
  ],
  ['has an empty secret', () => posted({ ...good(), client_secret: '' }), ...clientRefused],
  ['has no secret', () => posted({ grant_type: 'client_credentials', client_id: 'all' }), ...clientRefused],
  ['has an unknown client', () => posted({ ...good(), client_id: 'nobody' }), ...clientRefused],
  ['has a client in capitals', () => posted({ ...good(), client_id: 'ALL' }), ...clientRefused],
  [
    'has a client that is a member of every object',
    () => posted({ ...good(), client_id: '__proto__' }),
    ...clientRefused,
  ],
  ['has a client with a NUL', () => posted({ ...good(), client_id: 'all\0' }), ...clientRefused],
  ['has a client with a line feed', () => posted({ ...good(), client_id: 'all\r\n' }), ...clientRefused],
  [
    'has a client that is not UTF-8',
    () => posted('grant_type=client_credentials&client_id=%ff%fe&client_secret=x'),
    ...clientRefused,
  ],
  [
    'is not UTF-8',
    () => posted(Buffer.from('grant_type=client_credentials&client_secret=x&client_id=ÿþ', 'latin1')),
    ...clientRefused,
  ],
  ['has a client of 64 kB', () => posted({ ...good(), client_id: 'x'.repeat(65_536) }), ...clientRefused],
  [
    'has no client',
    () => posted({ grant_type: 'client_credentials', client_secret: all.clientSecret }),
    ...clientRefused,
  ],
  [
    'has a Bearer token for a client',
    () => posted({ grant_type: 'client_credentials' }, { authorization: 'Bearer x' }),
    ...clientRefused,
  ],
  [
    'has a client assertion, which is not taken',
    () => posted({ grant_type: 'client_credentials', client_id: 'all', client_assertion: 'x' }),
    ...clientRefused,
  ],
  [
    'has a secret in the body and in the header',
    () => posted(good(), basic('all', all.clientSecret)),
    ...same(400, 'invalid_request', 'the client may authenticate in one way only, once'),
  ],
  [
    'has a wrong secret in the body and the right one in the header',
    () => posted({ ...good(), client_secret: 'wrong' }, basic('all', all.clientSecret)),
    ...same(400, 'invalid_request', 'the client may authenticate in one way only, once'),
  ],
  [
    'has a secret and a client assertion',
    () => posted({ ...good(), client_assertion: 'x' }),
    ...same(400, 'invalid_request', 'the client may authenticate in one way only, once'),
  ],
  [
    'has two Authorization headers',
    () =>
      posted(
        { grant_type: 'client_credentials' },
        { authorization: [basic('all', all.clientSecret).authorization, basic('all', 'x').authorization] },
      ),
    ...same(400, 'invalid_request', 'the client may authenticate in one way only, once'),
  ],
  // 5. audience and scope
  [
    'wants an unknown audience',
    () => posted({ ...good(), audience: 'no-such-api' }),
    words(400, 'invalid_target', 'Invalid audience: no-such-api'),
    words(403, 'access_denied', 'Service not enabled within domain: no-such-api'),
  ],
  [
    'wants an audience that every object has',
    () => posted({ ...good(), audience: 'constructor' }),
    words(400, 'invalid_target', 'Invalid audience: constructor'),
    words(403, 'access_denied', 'Service not enabled within domain: constructor'),
  ],
  [
    'wants an audience that its scopes do not allow',
    () => posted({ ...good(reader), audience: 'console-api' }),
    words(400, 'invalid_target', 'Invalid audience: console-api'),
    words(403, 'access_denied', 'Service not enabled within domain: console-api'),
  ],
  [
    'wants a scope that it does not have',
    () => posted({ ...good(reader), scope: 'administration' }),
    words(400, 'invalid_target', 'Invalid audience: console-api'),
    words(403, 'access_denied', 'Service not enabled within domain: console-api'),
  ],
  [
    'wants a scope that it has and one that it does not',
    () => posted({ ...good(reader), scope: 'operate tasklist' }),
    words(400, 'invalid_target', 'Invalid audience: tasklist.camunda.io'),
    words(403, 'access_denied', 'Service not enabled within domain: tasklist.camunda.io'),
  ],
  [
    'wants an unknown scope',
    () => posted({ ...good(), scope: 'operate no-such-scope' }),
    words(400, 'invalid_scope', 'Invalid scopes: operate no-such-scope'),
    words(400, 'invalid_scope', 'unknown scope in: operate no-such-scope'),
  ],
  [
    'wants a scope in capitals',
    () => posted({ ...good(), scope: 'OPERATE' }),
    words(400, 'invalid_scope', 'Invalid scopes: OPERATE'),
    words(400, 'invalid_scope', 'unknown scope in: OPERATE'),
  ],
  [
    'wants scopes with two spaces between them',
    () => posted({ ...good(), scope: 'operate  zeebe' }),
    words(400, 'invalid_scope', 'Invalid scopes: operate  zeebe'),
    words(400, 'invalid_scope', 'unknown scope in: operate  zeebe'),
  ],
  [
    'wants a scope with quotes, which RFC 6749 keeps out of a description',
    () => posted({ ...good(), scope: 'a"b\\c\u00fc' }),
    words(400, 'invalid_scope', 'Invalid scopes: a?b?c?'),
    words(400, 'invalid_scope', 'unknown scope in: a?b?c?'),
  ],
  [
    'wants a scope of 64 kB',
    () => posted({ ...good(), scope: 'x'.repeat(65_536) }),
    words(400, 'invalid_scope', 'Invalid scopes: too long'),
    words(400, 'invalid_scope', 'unknown scope in: too long'),
  ],
  [
    'names an audience and another scope',
    () => posted({ ...good(), audience: 'operate-api', scope: 'zeebe' }),
    ...same(400, 'invalid_target', 'audience, resource and scope name different services'),
  ],
  // The envelope
  [
    'is larger than 128 kB',
    () => posted({ ...good(), filler: 'x'.repeat(200_000) }),
    words(413, 'HTTP 413 Request Entity Too Large'),
    words(413, 'invalid_request', 'the body is larger than 128 kB'),
  ],
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map(
    (method): Case => [
      `is a ${method}`,
      () => (method.startsWith('P') ? { ...posted(good()), method } : { method }),
      words(405, 'HTTP 405 Method Not Allowed'),
      words(405, 'invalid_request', 'this method is not allowed here'),
    ],
  ),
  [
    'is a GET with everything in the query',
    () => ({}),
    words(405, 'HTTP 405 Method Not Allowed'),
    words(405, 'invalid_request', 'this method is not allowed here'),
  ],
];

describe('a token request that', () => {
  it.each(cases)('%s is refused in the words of each form', async (name, sent, keycloak, saas) => {
    for (const [path, expected] of [
      [KEYCLOAK, keycloak],
      [SAAS, saas],
    ] as const) {
      const url = name.includes('query') ? `${path}?${encoded(good())}` : path;
      const answer = await opened.send(url, sent());
      expect([path, answer.status, answer.json]).toEqual([
        path,
        expected.status,
        sent().method === 'HEAD' ? undefined : expected.json,
      ]);
      expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.headers['www-authenticate']).toBeUndefined();
      if (expected.status === 405) expect(answer.headers.allow).toBe('POST');
      expect(answer.text).not.toContain(all.clientSecret);
    }
    expect(opened.faults).toEqual([]);
  });

  it.each([
    ['has a wrong secret', () => basic('all', 'wrong')],
    ['has an unknown client', () => basic('nobody', all.clientSecret)],
    ['has no secret', () => basic('all', '')],
    ['has no colon', () => ({ authorization: `Basic ${Buffer.from('all').toString('base64')}` })],
    ['is not base64', () => ({ authorization: 'Basic %%%%' })],
    ['is empty', () => ({ authorization: 'Basic ' })],
    ['is not UTF-8', () => ({ authorization: 'Basic //46/w==' })],
    ['has a percent sign that encodes nothing', () => basic('all', '%zz')],
    ['has 10 kB', () => basic('x'.repeat(10_000), 'x')],
  ])('authenticates by Basic and %s is refused with a challenge (RFC 6749 5.2)', async (_name, headers) => {
    for (const [path, expected] of [
      [KEYCLOAK, keycloakClient],
      [SAAS, saasClient],
    ] as const) {
      const answer = await opened.post(path, { grant_type: 'client_credentials' }, headers());
      expect([answer.status, answer.json]).toEqual([401, expected.json]);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
    }
  });

  it('names another client in its body than in its header is refused', async () => {
    const answer = await opened.post(
      KEYCLOAK,
      { grant_type: 'client_credentials', client_id: 'reader' },
      basic('all', all.clientSecret),
    );
    expect([answer.status, answer.json]).toEqual([401, keycloakClient.json]);
  });

  it('breaks its body off harms nobody, and is no fault', async () => {
    const socket = connect(opened.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST ${SAAS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\ngrant_`,
    );
    // The request is being read when the answer to another one comes.
    expect(await opened.post(SAAS, good())).toMatchObject({ status: 200 });
    socket.destroy();
    await once(socket, 'close');
    expect(await opened.post(SAAS, good())).toMatchObject({ status: 200 });
    expect(opened.faults).toEqual([]);
  });

  it('meets a fault inside gets a 500 without a word of it, and the operator the rest', async () => {
    await opened.change((tx) =>
      opened.commands.upsertConfiguredClient(tx, { id: 'weak', name: 'weak', scopes: ['operate'], secret: 'chosen' }),
    );
    opened.hashing.verify = () => Promise.reject(new Error('damaged hash of weak'));
    const answer = await opened.post(KEYCLOAK, { ...good(), client_secret: 'wrong' });
    expect([answer.status, answer.json]).toEqual([
      500,
      { error: 'unknown_error', error_description: 'For more on this error consult the server log.' },
    ]);
    expect(opened.faults).toEqual([new Error('damaged hash of weak')]);
  });
});
