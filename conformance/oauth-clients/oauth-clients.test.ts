import type { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, type Client } from '../program/credentials.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/**
 * Two client libraries that nobody here wrote, as their users have them: they read our metadata, and refuse answers that are
 * not what the RFCs say. Both want TLS unless told otherwise; that is the one option they are given.
 */
const FORMS = ['', '/auth/realms/camunda-platform'] as const;
const SHOP = 'https://shop.example/api';
const insecure = { [oauth.allowInsecureRequests]: true };

let program: Program;
let secret: Client;
let other: Client;
let shopper: Client;
let keyed: { readonly clientId: string };
let signing: webcrypto.CryptoKeyPair;

beforeAll(async () => {
  program = await startProgram({ args: ['--method', 'oidc', '--memory', ...FREE_PORTS] });
  const create = async (...args: string[]) =>
    JSON.parse(await command(program, ['client', 'create', '--json', '--name', ...args]));
  signing = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  );
  const file = join(program.directory, 'public.jwk');
  writeFileSync(file, JSON.stringify(await crypto.subtle.exportKey('jwk', signing.publicKey)));
  secret = await create('by secret');
  other = await create('another', '--scope', 'administration');
  const claims = JSON.stringify({ permissions: { 'shop-api': ['read:*'] } }, null, 2);
  shopper = await create('shopper', '--audience', SHOP, '--claims', claims);
  keyed = await create('by key', '--key-file', file);
});
afterAll(() => program?.stop());

const issuerOf = (form: string) => new URL(`${program.issuer}${form}`);

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

async function topologyStatus(token: string): Promise<number> {
  return (await fetch(`${program.rest}/v2/topology`, { headers: bearer(token) })).status;
}

describe.each(FORMS)('openid-client at the issuer %s/', (form) => {
  const methods: readonly [string, () => [string, openid.ClientAuth]][] = [
    ['client_secret_post', () => [secret.clientId, openid.ClientSecretPost(secret.clientSecret)]],
    ['client_secret_basic', () => [secret.clientId, openid.ClientSecretBasic(secret.clientSecret)]],
    ['private_key_jwt', () => [keyed.clientId, openid.PrivateKeyJwt(signing.privateKey)]],
  ];

  async function configuration([clientId, authentication]: [string, openid.ClientAuth], metadata?: 'oidc' | 'oauth2') {
    return openid.discovery(issuerOf(form), clientId, undefined, authentication, {
      execute: [openid.allowInsecureRequests],
      ...(metadata === undefined ? {} : { algorithm: metadata }),
    });
  }

  it.each(methods)('%s: discovery, a token that opens the API, introspection, revocation', async (_, who) => {
    const config = await configuration(who());
    const { access_token } = await openid.clientCredentialsGrant(config);
    expect(await topologyStatus(access_token)).toBe(200);
    const found = await openid.tokenIntrospection(config, access_token);
    expect(found).toMatchObject({ active: true, client_id: who()[0], iss: issuerOf(form).href.replace(/\/$/, '') });
    await openid.tokenRevocation(config, access_token);
    expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false });
    expect(await topologyStatus(access_token)).toBe(401);
  });

  it('resources by RFC 8707, and an audience and claims of the client’s own', async () => {
    const config = await configuration([shopper.clientId, openid.ClientSecretPost(shopper.clientSecret)]);
    const read = async (parameters: URLSearchParams | Record<string, string>) => {
      const { access_token } = await openid.clientCredentialsGrant(config, parameters);
      return { token: access_token, claims: claimsOf(access_token) };
    };
    const both = await read(
      new URLSearchParams([
        ['resource', 'api://operate-api'],
        ['resource', SHOP],
      ]),
    );
    expect(both.claims).toMatchObject({ aud: ['operate-api', SHOP], permissions: { 'shop-api': ['read:*'] } });
    const shops = await read({ resource: SHOP });
    expect(shops.claims).toMatchObject({ aud: SHOP, sub: shopper.clientId });
    expect(await topologyStatus(shops.token)).toBe(401);
    expect(await topologyStatus((await read({ scope: 'api://orchestration-api/.default' })).token)).toBe(200);
    await expect(read({ resource: 'https://elsewhere.example' })).rejects.toMatchObject({
      status: 400,
      error: 'invalid_target',
    });
  });

  it('the metadata of RFC 8414 does as well as that of OpenID', async () => {
    const config = await configuration([secret.clientId, openid.ClientSecretPost(secret.clientSecret)], 'oauth2');
    const { access_token } = await openid.clientCredentialsGrant(config);
    expect(await topologyStatus(access_token)).toBe(200);
  });

  it('a key that is not the registered one is refused as a wrong secret is', async () => {
    const { privateKey } = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ['sign', 'verify'],
    );
    const refusals: [string, openid.ClientAuth][] = [
      [keyed.clientId, openid.PrivateKeyJwt(privateKey)],
      [secret.clientId, openid.ClientSecretPost('wrong')],
      [secret.clientId, openid.ClientSecretBasic('wrong')],
      [keyed.clientId, openid.ClientSecretPost('wrong')],
    ];
    for (const refused of refusals) {
      const config = await configuration(refused);
      await expect(openid.clientCredentialsGrant(config)).rejects.toMatchObject({ status: 401 });
    }
  });
});

describe.each(FORMS)('oauth4webapi at the issuer %s/', (form) => {
  async function server(): Promise<oauth.AuthorizationServer> {
    const issuer = issuerOf(form);
    const answer = await oauth.discoveryRequest(issuer, insecure);
    expect(answer.status).toBe(200);
    return oauth.processDiscoveryResponse(issuer, answer);
  }
  const client = () => ({ client_id: secret.clientId });
  const authentication = () => oauth.ClientSecretPost(secret.clientSecret);

  async function token(parameters: Record<string, string>): Promise<oauth.TokenEndpointResponse> {
    const as = await server();
    const answer = await oauth.clientCredentialsGrantRequest(as, client(), authentication(), parameters, insecure);
    return oauth.processClientCredentialsResponse(as, client(), answer);
  }

  it('takes our access token for one of RFC 9068, with its audience, and for no other audience', async () => {
    const as = await server();
    const { access_token } = await token({ audience: 'operate-api' });
    const request = new Request('http://resource.example/', { headers: bearer(access_token) });
    const claims = await oauth.validateJwtAccessToken(as, request, 'operate-api', insecure);
    expect(claims).toMatchObject({ client_id: secret.clientId, sub: secret.clientId });
    const elsewhere = oauth.validateJwtAccessToken(as, request, 'zeebe-api', insecure);
    await expect(elsewhere).rejects.toThrow(oauth.OperationProcessingError);
  });

  it('reads our refusals as the errors that they are', async () => {
    const target = form === '' ? [403, 'access_denied'] : [400, 'invalid_target'];
    const refused: readonly [Record<string, string>, readonly (number | string)[]][] = [
      [{ audience: 'nobody' }, target],
      [{ scope: 'nothing' }, [400, 'invalid_scope']],
    ];
    for (const [parameters, [status, error]] of refused)
      await expect(token(parameters)).rejects.toMatchObject({ status, error });
  });

  it('introspects a token that is meant for somebody else as one that is not active', async () => {
    const as = await server();
    const { access_token } = await token({ audience: 'operate-api' });
    const stranger = { client_id: other.clientId };
    const answer = await oauth.introspectionRequest(
      as,
      stranger,
      oauth.ClientSecretBasic(other.clientSecret),
      access_token,
      insecure,
    );
    expect(await oauth.processIntrospectionResponse(as, stranger, answer)).toEqual({ active: false });
    const revoking = await oauth.revocationRequest(
      as,
      stranger,
      oauth.ClientSecretBasic(other.clientSecret),
      access_token,
      insecure,
    );
    await expect(oauth.processRevocationResponse(revoking)).rejects.toMatchObject({ status: 400 });
    expect(await topologyOfOperate(access_token)).not.toBe(401);
  });
});

async function topologyOfOperate(token: string): Promise<number> {
  const headers = { ...bearer(token), 'content-type': 'application/json' };
  return (await fetch(`${program.rest}/v1/process-definitions/search`, { method: 'POST', headers, body: '{}' })).status;
}

it('claims that are the issuer’s to say, and audiences that come with a scope, register no client', async () => {
  for (const wrong of [
    ['--claims', '{"sub":"admin"}'],
    ['--claims', 'department=sales'],
    ['--audience', 'console-api'],
  ]) {
    const ran = await runCommandLine(
      ['client', 'create', '--name', 'wrong', ...wrong, '--data', program.data],
      program,
    );
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/the (?:claims|audiences) have|the claims are not/);
    expect(ran.stderr).not.toMatch(/admin|sales/);
  }
  expect(await command(program, ['client', 'list', '--json'])).not.toContain('wrong');
});
