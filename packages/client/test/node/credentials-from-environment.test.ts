import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/index.ts';
import { type Credentials, credentialsFromEnvironment } from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { granted, refused, TokenEndpoint } from '../token-endpoint.ts';

let api: Api;
let issuer: TokenEndpoint;
const opened: Credentials[] = [];
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-client-'));

beforeEach(async () => {
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
});
afterEach(async () => {
  await Promise.all([api.stop(), issuer.stop(), ...opened.splice(0).map((credentials) => credentials.close())]);
  rmSync(join(directory, 'secret'), { force: true });
});

function credentials(environment: Environment): Credentials {
  const found = credentialsFromEnvironment({ CAMUNDA_REST_ADDRESS: api.origin, ...environment }, { broker: false });
  opened.push(found);
  return found;
}

function client(more: Environment = {}): Environment {
  return { CAMUNDA_CLIENT_ID: 'worker', CAMUNDA_CLIENT_SECRET: 's3cret', CAMUNDA_OAUTH_URL: issuer.url.href, ...more };
}

async function carriedWith(environment: Environment): Promise<string | undefined> {
  await credentials(environment).fetchFor('orchestration')(`${api.origin}/v2/topology`);
  return api.seen.at(-1)?.headers.authorization;
}

describe('the method', () => {
  it('is the one that there are credentials for', async () => {
    expect(await carriedWith({})).toBeUndefined();
    expect(await carriedWith(client())).toBe('Bearer token-1');
    const basic = { CAMUNDA_BASIC_AUTH_USERNAME: 'demo', CAMUNDA_BASIC_AUTH_PASSWORD: 'demo' };
    expect(await carriedWith(basic)).toBe(`Basic ${btoa('demo:demo')}`);
    expect(await carriedWith({ CAMUNDA_OAUTH_TOKEN: 'given' })).toBe('Bearer given');
  });

  it('is the one that is named, whatever else is there', async () => {
    expect(await carriedWith(client({ CAMUNDA_AUTH_STRATEGY: 'NONE' }))).toBeUndefined();
    const both = { CAMUNDA_BASIC_AUTH_USERNAME: 'demo', CAMUNDA_BASIC_AUTH_PASSWORD: 'demo' };
    expect(await carriedWith(client({ ...both, CAMUNDA_AUTH_STRATEGY: 'OAUTH' }))).toBe('Bearer token-1');
  });

  it('is a session of cookies and a CSRF token, begun once for all and begun again when it has ended', async () => {
    let sessions = 0;
    api.answers = ({ path, headers, body }) => {
      if (path !== '/login') return { status: headers.cookie === `camunda-session=s${sessions}` ? 200 : 401 };
      if (body !== 'username=demo&password=d+e') return { status: 401 };
      sessions += 1;
      const cookies = [`camunda-session=s${sessions}; HttpOnly; Path=/`, 'OLD=; Max-Age=0'];
      return { status: 204, headers: { 'set-cookie': cookies, 'x-csrf-token': `c${sessions}` } };
    };
    const environment = {
      CAMUNDA_AUTH_STRATEGY: 'COOKIE',
      CAMUNDA_COOKIE_AUTH_USERNAME: 'demo',
      CAMUNDA_COOKIE_AUTH_PASSWORD: 'd e',
    };
    const call = credentials(environment).fetchFor('orchestration');
    const calls = await Promise.all(Array.from({ length: 20 }, () => call(`${api.origin}/v2/topology`)));
    expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(sessions).toBe(1);
    expect(api.seen.at(-1)?.headers).toMatchObject({ cookie: 'camunda-session=s1', 'x-csrf-token': 'c1' });
    sessions = 5;
    expect((await call(`${api.origin}/v2/topology`)).status).toBe(200);
    expect(sessions).toBe(6);
  });

  it('tells a refused login at once, and asks once for many', async () => {
    api.answers = () => ({ status: 401 });
    const environment = { CAMUNDA_COOKIE_AUTH_USERNAME: 'demo', CAMUNDA_COOKIE_AUTH_PASSWORD: 'wrong' };
    const call = credentials(environment).fetchFor('orchestration');
    for (let calls = 0; calls < 5; calls += 1)
      await expect(call(api.origin)).rejects.toMatchObject({
        code: 'LOGIN_REFUSED',
        message: expect.not.stringContaining('wrong'),
      });
    expect(api.seen).toHaveLength(1);
  });
});

describe('the credentials of one API', () => {
  it('go to no other one, though both are of this environment', async () => {
    const operate = await Api.start();
    const found = credentials(client({ CAMUNDA_OPERATE_BASE_URL: operate.origin }));
    expect((await found.fetchFor('operate')(operate.origin)).status).toBe(200);
    await expect(found.fetchFor('operate')(api.origin)).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
    await expect(found.fetchFor('orchestration')(operate.origin)).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
    expect([operate.seen.length, api.seen.length]).toEqual([1, 0]);
    await operate.stop();
  });
});

describe('what is refused before anything is sent', () => {
  it.each<[string, () => Environment, RegExp]>([
    [
      'two values for one thing',
      () => client({ ZEEBE_CLIENT_SECRET: 'another' }),
      /CAMUNDA_CLIENT_SECRET and ZEEBE_CLIENT_SECRET say different things/,
    ],
    [
      'two methods',
      () => ({ CAMUNDA_CLIENT_ID: 'a', CAMUNDA_BASIC_AUTH_USERNAME: 'b' }),
      /several methods are meant: CAMUNDA_CLIENT_ID \(oauth\)/,
    ],
    [
      'a method that nobody knows',
      () => ({ CAMUNDA_AUTH_STRATEGY: 'KERBEROS' }),
      /none of NONE, BASIC, OAUTH, COOKIE, BEARER/,
    ],
    ['a client without a secret', () => ({ CAMUNDA_CLIENT_ID: 'a' }), /oauth needs CAMUNDA_CLIENT_SECRET/],
    ['a secret without a client', () => ({ CAMUNDA_CLIENT_SECRET: 'a' }), /oauth needs CAMUNDA_CLIENT_ID/],
    ['a secret and its file', () => client({ CAMUNDA_CLIENT_SECRET_FILE: '/x' }), /in different ways/],
    [
      'a name without a password',
      () => ({ CAMUNDA_BASIC_AUTH_USERNAME: 'a' }),
      /basic needs CAMUNDA_BASIC_AUTH_PASSWORD/,
    ],
    [
      'a certificate without a key',
      () => client({ CAMUNDA_MTLS_CERT_PATH: '/x' }),
      /CAMUNDA_MTLS_CERT_PATH stands alone/,
    ],
    [
      'two certificates',
      () => client({ CAMUNDA_SSL_CLIENT_KEYSTORE_PATH: '/x', CAMUNDA_MTLS_CERT: 'a', CAMUNDA_MTLS_KEY: 'b' }),
      /name a certificate each/,
    ],
    ['two bundles of CAs', () => client({ CAMUNDA_CA_CERTIFICATE_PATH: '/x', CAMUNDA_MTLS_CA: 'a' }), /name CAs each/],
    [
      'an address that is none',
      () => client({ CAMUNDA_OAUTH_URL: 'issuer.example.com' }),
      /CAMUNDA_OAUTH_URL is not an absolute URL/,
    ],
    [
      'a token endpoint in the clear',
      () => client({ CAMUNDA_OAUTH_URL: 'http://issuer.example.com/token' }),
      /in the clear/,
    ],
  ])('is %s', (_what, environment, message) => {
    expect(() => credentials(environment())).toThrow(message);
  });

  it('is no token endpoint in the clear whose host was named, and every other', () => {
    const named = { CAMUNDA_OAUTH_URL: 'http://keycloak:8080/token', STAGEDOOR_CLEAR_TEXT_HOSTS: 'identity, keycloak' };
    expect(() => credentials(client(named))).not.toThrow();
    expect(() => credentials(client({ ...named, CAMUNDA_OAUTH_URL: 'http://keycloak.evil/token' }))).toThrow(
      /in the clear/,
    );
  });

  it('is said all at once, slips of the pen among it', () => {
    const wrong = { CAMUNDA_CLIENTID: 'a', CAMUNDA_CLIENT_SECRET: 'b', ZEEBE_CLIENT_SECRET: 'c' };
    expect(() => credentials({ ...wrong, CAMUNDA_AUTH_STRATEGY: 'OAUTH' })).toThrow(
      /say different things[\s\S]*oauth needs CAMUNDA_CLIENT_ID[\s\S]*CAMUNDA_CLIENTID is not known; did you mean CAMUNDA_CLIENT_ID\?/,
    );
  });
});

describe('what contradicts itself', () => {
  it('is not said to be missing as well', () => {
    const both = { CAMUNDA_CLIENT_ID: 'a', CAMUNDA_CLIENT_SECRET: 'b', ZEEBE_CLIENT_SECRET: 'c' };
    expect(() => credentials(both)).toThrow(
      /^CAMUNDA_CLIENT_SECRET and ZEEBE_CLIENT_SECRET say different things: leave one$/,
    );
  });
});

describe('what a token is asked for', () => {
  async function askedFor(name: 'orchestration' | 'zeebe' | 'operate' | 'administration', environment: Environment) {
    await credentials(environment).authorizerFor(name).authorize();
    return Object.fromEntries(issuer.seen.at(-1)?.body ?? []);
  }

  it('is the audience for all, or that of one API', async () => {
    const environment = client({ CAMUNDA_TOKEN_AUDIENCE: 'cluster', CAMUNDA_OPERATE_OAUTH_AUDIENCE: 'operate' });
    expect(await askedFor('orchestration', environment)).toMatchObject({ audience: 'cluster' });
    expect(await askedFor('administration', environment)).toMatchObject({ audience: 'cluster' });
    expect(await askedFor('operate', environment)).toMatchObject({ audience: 'operate' });
  });

  it('has scope and resource, and no audience where none is named outside of SaaS', async () => {
    const environment = client({
      CAMUNDA_OAUTH_SCOPE: 'id/.default',
      CAMUNDA_TOKEN_RESOURCE: 'https://api.example.com',
    });
    const asked = await askedFor('orchestration', environment);
    expect(asked).toMatchObject({ scope: 'id/.default', resource: 'https://api.example.com' });
    expect(asked).not.toHaveProperty('audience');
  });

  it('is asked for by another client at Administration where one is named', async () => {
    const environment = client({ CAMUNDA_CONSOLE_CLIENT_ID: 'admin', CAMUNDA_CONSOLE_CLIENT_SECRET: 'a' });
    expect(await askedFor('administration', environment)).toMatchObject({ client_id: 'admin', client_secret: 'a' });
    expect(await askedFor('zeebe', environment)).toMatchObject({ client_id: 'worker' });
  });

  it('is asked for where the issuer says, once for all, and not of an issuer that says it is another', async () => {
    issuer.answers(({ path }) =>
      path.startsWith('/.well-known')
        ? { status: 200, body: { issuer: new URL(issuer.url).origin, token_endpoint: issuer.url.href } }
        : granted('discovered'),
    );
    const environment = { CAMUNDA_CLIENT_ID: 'a', CAMUNDA_CLIENT_SECRET: 'b', CAMUNDA_ISSUER_URL: issuer.url.origin };
    const found = credentials(environment);
    await Promise.all(Array.from({ length: 20 }, () => found.fetchFor('orchestration')(api.origin)));
    expect(issuer.seen.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration', '/oauth/token']);
    const elsewhere = credentials({ ...environment, CAMUNDA_ISSUER_URL: `${issuer.url.origin}/` });
    await expect(elsewhere.fetchFor('orchestration')(api.origin)).rejects.toThrow(/speaks for issuer/);
  });
});

describe('what the metadata of the issuer say', () => {
  const environment = () => ({
    CAMUNDA_CLIENT_ID: 'a',
    CAMUNDA_CLIENT_SECRET: 'b',
    CAMUNDA_ISSUER_URL: issuer.url.origin,
  });

  async function sentWith(metadata: Readonly<Record<string, unknown>>) {
    const whole = { issuer: issuer.url.origin, token_endpoint: issuer.url.href, ...metadata };
    issuer.answers(({ path }) => (path.startsWith('/.well-known') ? { status: 200, body: whole } : granted('found')));
    await credentials(environment()).fetchFor('orchestration')(api.origin);
    const sent = issuer.seen.at(-1);
    return { header: sent?.headers.authorization, body: Object.fromEntries(sent?.body ?? []), path: sent?.path };
  }

  it('decides where the secret is sent: in the body where it is taken there, else in the header', async () => {
    const inBody = { header: undefined, body: { client_id: 'a', client_secret: 'b' } };
    const post = ['client_secret_basic', 'client_secret_post'];
    expect(await sentWith({ token_endpoint_auth_methods_supported: post })).toMatchObject(inBody);
    for (const methods of [['client_secret_basic', 'tls_client_auth'], undefined]) {
      const { header, body } = await sentWith({ token_endpoint_auth_methods_supported: methods });
      expect(header).toBe(`Basic ${btoa('a:b')}`);
      expect(body).toEqual({ grant_type: 'client_credentials' });
    }
  });

  it('has an address of its own for connections with a certificate, which others do not use', async () => {
    const aliases = { token_endpoint: `${issuer.url.origin}/with-certificate` };
    expect(await sentWith({ mtls_endpoint_aliases: aliases })).toMatchObject({ path: '/oauth/token' });
  });

  it.each([
    ['has no token endpoint', { token_endpoint: undefined }, /names no token endpoint/],
    ['has one that is no address', { token_endpoint: 'oauth/token' }, /names no token endpoint/],
    ['is of another issuer', { issuer: 'https://issuer.example.com' }, /speaks for issuer/],
    ['sends the secret over a network in the clear', { token_endpoint: 'http://issuer.example.com/' }, /in the clear/],
  ])('is refused where it %s', async (_what, metadata, message) => {
    await expect(sentWith(metadata)).rejects.toThrow(message);
    expect(issuer.seen.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration']);
  });

  it('is not asked for in the clear over a network: who changes it decides where the secret goes', () => {
    const inTheClear = { ...environment(), CAMUNDA_ISSUER_URL: 'http://issuer.example.com' };
    expect(() => credentials(inTheClear)).toThrow(/the metadata at http:\/\/issuer.example.com.* in the clear/);
    expect(() => credentials({ ...inTheClear, STAGEDOOR_CLEAR_TEXT_HOSTS: 'issuer.example.com' })).not.toThrow();
  });
});

describe('a secret in a file', () => {
  it('is read again when it changes, before a call fails for it', async () => {
    const path = join(directory, 'secret');
    writeFileSync(path, 'old\n');
    const { CAMUNDA_CLIENT_SECRET: _, ...rest } = client({ CAMUNDA_CLIENT_SECRET_FILE: path });
    issuer.answers(({ body }) =>
      body.get('client_secret') === 'old' ? granted('first', { expires_in: 1 }) : refused('invalid_client'),
    );
    const call = credentials(rest).fetchFor('orchestration');
    await call(api.origin);
    issuer.answers(({ body }) => {
      writeFileSync(path, 'renewed\n');
      return body.get('client_secret') === 'renewed' ? granted('second') : refused('invalid_client');
    });
    expect((await call(api.origin, { tokenNeed: { minimumLife: 5_000 } })).status).toBe(200);
  });
});

describe('what is shown of it', () => {
  it('is which names won, without a secret, and what was probably meant', () => {
    const found = credentials(client({ ZEEBE_CLIENT_ID: 'worker', CAMUNDA_TOKEN_AUDIENC: 'x' }));
    expect(found.explained).toContainEqual({
      meaning: 'clientId',
      name: 'CAMUNDA_CLIENT_ID',
      alsoIn: ['ZEEBE_CLIENT_ID'],
      shown: 'worker',
    });
    expect(found.explained).toContainEqual({
      meaning: 'clientSecret',
      name: 'CAMUNDA_CLIENT_SECRET',
      alsoIn: [],
      shown: '[secret]',
    });
    expect(found.warnings).toEqual(['CAMUNDA_TOKEN_AUDIENC is not known; did you mean CAMUNDA_TOKEN_AUDIENCE?']);
    expect(inspect(found, { depth: 9, showHidden: true })).not.toContain('s3cret');
  });
});
