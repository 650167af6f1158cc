import { generateKeyPairSync, type webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentTo, typePassword } from '../login-of-people/type-password.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';

/** Clients that stand in a file, with a library that nobody here wrote. */
const CALLBACK = 'http://127.0.0.1/callback';
const MOVED = 'http://127.0.0.1/moved';
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-declared-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function newKey(file: string): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  writeFileSync(join(directory, file), JSON.stringify(await crypto.subtle.exportKey('jwk', publicKey)));
  return privateKey;
}
const yaml = (keyFile: string, redirectUri: string) => `
camunda.security:
  authentication.method: basic
  initialization.users: [{ username: alice, name: Alice, email: alice@example.org, password: alice in the wings }]
stagedoor.clients:
  - id: keyed
    key-file: ./${keyFile}
    scopes: [orchestration]
    audiences: [https://shop.example/api]
    claims: '{"team": "stage"}'
    token-lifetime: 90s
  - id: spa
    name: The application
    public: true
    redirect-uris: ['${redirectUri}']
`;
const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));

let program: Program;
let firstKey: webcrypto.CryptoKey;
let secondKey: webcrypto.CryptoKey;
beforeAll(async () => {
  [firstKey, secondKey] = [await newKey('first.jwk'), await newKey('second.jwk')];
  program = await startProgram({ directory, args: FREE_PORTS, yaml: yaml('first.jwk', CALLBACK) });
});
afterAll(() => program?.stop());

const configured = (clientId: string, authentication: openid.ClientAuth) =>
  openid.discovery(new URL(program.issuer ?? ''), clientId, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  });
const tokenBy = async (key: webcrypto.CryptoKey, parameters: Record<string, string> = {}) =>
  openid.clientCredentialsGrant(await configured('keyed', openid.PrivateKeyJwt(key)), parameters);

async function logIn(redirect_uri: string): Promise<openid.UserInfoResponse> {
  const config = await configured('spa', openid.None());
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const back = sentTo(await typePassword(url, { username: 'alice', password: 'alice in the wings' }));
  const { access_token } = await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier });
  return openid.fetchUserInfo(config, access_token, 'alice');
}

describe('clients that are declared in application.yaml', () => {
  it('authenticate with the key of their file, and get tokens as they are declared', async () => {
    const { access_token, expires_in } = await tokenBy(firstKey, { audience: 'https://shop.example/api' });
    expect(expires_in).toBe(90);
    expect(claimsOf(access_token)).toMatchObject({ sub: 'keyed', aud: 'https://shop.example/api', team: 'stage' });
    await expect(tokenBy(secondKey)).rejects.toMatchObject({ status: 401 });
  });

  it('log people in, where they are public, at the declared address', async () => {
    expect(await logIn(CALLBACK)).toEqual({
      sub: 'alice',
      username: 'alice',
      preferred_username: 'alice',
      name: 'Alice',
      email: 'alice@example.org',
    });
    await expect(logIn(MOVED)).rejects.toThrow();
  });

  it('are as they are declared at the next start, which says so: what was taken out is refused', async () => {
    await program.stop();
    program = await startProgram({ directory, args: FREE_PORTS, yaml: yaml('second.jwk', MOVED) });
    expect(program.output()).toContain('client keyed is now as stagedoor.clients[0] has it');
    expect(program.output()).toContain('client spa is now as stagedoor.clients[1] has it');
    expect((await tokenBy(secondKey)).expires_in).toBe(90);
    await expect(tokenBy(firstKey)).rejects.toMatchObject({ status: 401 });
    expect(await logIn(MOVED)).toMatchObject({ sub: 'alice' });
    await expect(logIn(CALLBACK)).rejects.toThrow();
    await program.stop();
    program = await startProgram({ directory, args: FREE_PORTS, yaml: yaml('second.jwk', MOVED) });
    expect(program.output()).not.toContain('is now as');
  });
});

describe('a start is refused, with the key named,', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  beforeAll(() => {
    writeFileSync(join(directory, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  });

  it.each([
    [
      'an audience that comes with a scope',
      'secret: long enough, audiences: [operate-api]',
      '.audiences',
      'the audiences have one',
    ],
    ['a claim of the issuer’s', `secret: long enough, claims: '{"sub":"admin"}'`, '.claims', 'the claims have'],
    ['a redirect URI that is none', 'public: true, redirect-uris: [nothing]', '.redirect-uris', 'a redirect URI'],
    ['a public client without one', 'public: true', '.redirect-uris', 'needs a redirect URI'],
    ['a thumbprint that is none', 'certificate-thumbprints: [nothing]', '.certificate-thumbprints', 'not the SHA-256'],
    [
      'a subject of OpenSSL’s order',
      'certificate-subject: "C=DE,O=Stage,CN=reader"',
      '.certificate-subject',
      'RFC 4514',
    ],
    ['a private key', `key-file: ${join(directory, 'private.pem')}`, '.key-file', 'private key'],
    ['a certificate file that is not there', 'certificates: [./none.pem]', '.certificates', 'cannot be read'],
  ])('for %s', async (_, client, field, problem) => {
    const declared = `stagedoor.clients: [{ id: wrong, ${client} }]`;
    const args = ['--method', 'oidc', '--memory', ...FREE_PORTS];
    const { code, stderr } = await refusedStart({ args, yaml: declared });
    expect(code).toBe(1);
    expect(stderr).toContain(`stagedoor.clients[0]${field}`);
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/admin|PRIVATE KEY|long enough/);
  });
});
