import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { makeCertificates } from '../program/make-certificates.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type StoppedClock, stopClock } from '../recorded/stopped-clock.ts';
import { Browser } from './browser.ts';
import { freePort, glewlwydIsMissing, startGlewlwyd } from './glewlwyd.ts';
import { keycloakIsMissing, startKeycloak } from './keycloak.ts';
import { CALLBACK, type LiveIssuer, PROGRAM_SECRET, type Target, WEB_SECRET } from './live-issuer.ts';
import { startOidcProvider } from './oidc-provider.ts';
import { trustingFetch } from './trusting-fetch.ts';

/** Identity providers that nobody here wrote, over TLS from a private CA, and Stagedoor's API between them and their clients. */
const PROVIDERS = [
  { name: 'Keycloak', missing: keycloakIsMissing(), start: startKeycloak, endsLogins: true },
  { name: 'glewlwyd', missing: glewlwydIsMissing(), start: startGlewlwyd, endsLogins: false },
  { name: 'oidc-provider', missing: undefined, start: startOidcProvider, endsLogins: false },
];
/** The start of Keycloak takes half a minute on a busy machine. */
const PATIENCE_MILLIS = 240_000;

/** Where no browser gets to. */
const NOWHERE = 'nowhere:';
const PAGE = { accept: 'text/html' };

const authority = mkdtempSync(join(tmpdir(), 'foreign-issuers-'));
beforeAll(() => makeCertificates(authority, 'machine', 'thief'));
afterAll(() => rmSync(authority, { recursive: true, force: true }));

describe.each(PROVIDERS)('$name', { timeout: 120_000 }, ({ missing, start, endsLogins }) => {
  let issuer: LiveIssuer;
  let program: Program;
  let clock: StoppedClock;
  let shown = 0;
  beforeEach((ctx) => {
    ctx.skip(missing !== undefined, missing);
    // The clock of the issuer goes on by itself.
    pass(Math.max(0, Date.now() - shown));
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    const port = await freePort();
    const pages = `https://localhost:${port}`;
    issuer = await start(authority, pages);
    shown = Date.now();
    clock = stopClock(shown);
    program = await startProgram({
      args: ['--memory', ...FREE_PORTS, '--port', String(port)],
      environment: { ...clock.environment, NODE_EXTRA_CA_CERTS: join(authority, 'ca.pem') },
      yaml: `
server.ssl: { certificate: ${authority}/server.pem, certificate-private-key: ${authority}/server-key.pem, client-auth: want }
camunda.security.initialization.default-roles:
  admin: { clients: [program, machine] }
  readonly-admin: { users: [person] }
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.issuer}", ${issuer.oidc}, client-id: web, client-secret: ${WEB_SECRET}, redirect-uri: ${pages}/sso-callback, ${issuer.login} }
stagedoor.oidc.providers.oidc: { ${issuer.own} }
`,
    });
  }, PATIENCE_MILLIS);
  afterAll(async () => {
    await program?.stop();
    await issuer?.stop();
    clock?.remove();
  });

  /** Time passes for the program. */
  function pass(milliseconds: number): void {
    shown += milliseconds;
    clock.move(milliseconds);
  }

  /** The client, which finds its endpoints by discovery. */
  function clientOf(
    id: string,
    authentication: openid.ClientAuth,
    certificate?: string,
  ): Promise<openid.Configuration> {
    const customFetch = trustingFetch(authority, certificate);
    return openid.discovery(new URL(issuer.issuer), id, undefined, authentication, {
      [openid.customFetch]: (url, { method, headers, body }) =>
        customFetch(url, {
          method,
          headers,
          ...(typeof body === 'string' || body instanceof URLSearchParams ? { body } : {}),
        }),
    });
  }

  async function ofProgram(target: Target = issuer.ours): Promise<string> {
    const client = await clientOf('program', openid.ClientSecretBasic(PROGRAM_SECRET));
    return (await openid.clientCredentialsGrant(client, { ...target })).access_token;
  }

  async function ofMachine(): Promise<string> {
    const client = await clientOf('machine', openid.TlsClientAuth(), 'machine');
    return (await openid.clientCredentialsGrant(client, { ...issuer.ours })).access_token;
  }

  const ofWeb = () => clientOf('web', openid.ClientSecretBasic(WEB_SECRET));

  async function ofPerson(
    client: openid.Configuration,
    bound: openid.DPoPOptions = {},
  ): Promise<openid.TokenEndpointResponse> {
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const nonce = openid.randomNonce();
    const authorization = openid.buildAuthorizationUrl(client, {
      ...issuer.ours,
      redirect_uri: CALLBACK,
      scope: ['openid', issuer.ours.scope ?? ''].join(' ').trim(),
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await issuer.logIn(new Browser(trustingFetch(authority)), authorization.href, CALLBACK);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    return openid.authorizationCodeGrant(client, new URL(back.url), checks, undefined, bound);
  }

  /** Who the API takes the bearer for, or why not. */
  async function taken(token: string, certificate?: string): Promise<unknown> {
    const fetch = trustingFetch(authority, certificate);
    const answer = await fetch(`${program.rest}/v2/authentication/me`, { headers: bearer(token) });
    const { username, roles, code } = (await answer.json()) as Record<string, unknown>;
    return answer.status === 200 ? { username, roles } : { status: answer.status, code };
  }

  const refused = (code: string) => ({ status: 401, code });
  const PROGRAM = { username: 'program', roles: ['admin'] };

  it('a program with a secret is the client of its name', async () => {
    expect(await taken(await ofProgram())).toEqual(PROGRAM);
  });

  it('a token for another API is refused', async () => {
    expect(await taken(await ofProgram(issuer.elsewhere))).toEqual(refused('TOKEN_AUDIENCE_REFUSED'));
  });

  it('a token with other claims than were signed is refused', async () => {
    const [header, claims = '', signature] = (await ofProgram()).split('.');
    const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), admin: true };
    const forged = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
    expect(await taken(forged)).toEqual(refused('TOKEN_SIGNATURE_INVALID'));
  });

  it('a program with a certificate is the client of its name, with that certificate and no other', async () => {
    const token = await ofMachine();
    expect(await taken(token, 'machine')).toEqual({ username: 'machine', roles: ['admin'] });
    expect(await taken(token)).toEqual(refused('TOKEN_BINDING_REFUSED'));
    expect(await taken(token, 'thief')).toEqual(refused('TOKEN_BINDING_REFUSED'));
  });

  it('a person who logs in is the user of her name; what says who she is opens nothing', async () => {
    const { access_token: token, id_token: id, refresh_token: refresh } = await ofPerson(await ofWeb());
    expect(await taken(token)).toEqual({ username: 'person', roles: ['readonly-admin'] });
    expect(await taken(String(id))).toMatchObject({ status: 401 });
    if (refresh !== undefined) expect(await taken(refresh)).toMatchObject({ status: 401 });
  });

  /** A browser in which `person` logged in at the pages of Stagedoor, and whom those take it for. */
  async function atThePages() {
    const browser = new Browser(trustingFetch(authority));
    const begin = async () => {
      const begun = await browser.ask(`${program.rest}/oauth2/authorization/oidc`);
      return String(begun.headers.get('location'));
    };
    const me = async () => {
      const answer = await browser.ask(`${program.rest}/v2/authentication/me`);
      const { username } = (await answer.json()) as { username?: unknown };
      return answer.status === 200 ? username : answer.status;
    };
    expect(await me()).toBe(401);
    const page = await issuer.logIn(browser, await begin(), NOWHERE);
    expect([page.status, new URL(page.url).origin]).toEqual([200, program.rest]);
    expect(await me()).toBe('person');
    return { browser, begin, me };
  }

  it('a person who logs in at the pages of Stagedoor is the same user there, until she logs out', async () => {
    const { browser, me } = await atThePages();
    const left = await browser.open(`${program.rest}/logout`, NOWHERE, { method: 'POST', headers: PAGE });
    expect([left.status, await me()]).toEqual([200, 401]);
  });

  if (endsLogins) {
    it('whoever logs out is asked for the password again', async () => {
      const { browser, begin } = await atThePages();
      const left = await browser.open(`${program.rest}/logout`, NOWHERE, { method: 'POST', headers: PAGE });
      expect(left.url).toBe(`${program.rest}/`);
      expect((await browser.open(await begin(), NOWHERE)).text).toContain('type="password"');
    });

    it('whose logins an administrator of the provider ends is out here, too', async () => {
      const endedAtOnce = async () => {
        const { me } = await atThePages();
        await issuer.endLogins?.();
        return me();
      };
      // The provider tells once, and gives up where a busy machine takes its time: then the next login is the one.
      await expect.poll(endedAtOnce, { timeout: 60_000, interval: 1_000 }).toBe(401);
    });
  }

  it('what the provider sends to another browser opens no session in it', async () => {
    const { begin } = await atThePages();
    const back = await issuer.logIn(
      new Browser(trustingFetch(authority)),
      await begin(),
      `${program.rest}/sso-callback`,
    );
    const victim = new Browser(trustingFetch(authority));
    await victim.ask(`${program.rest}/oauth2/authorization/oidc`);
    expect((await victim.ask(back.url)).status).toBe(401);
    expect((await victim.ask(`${program.rest}/v2/authentication/me`)).status).toBe(401);
  });

  it('a token that is bound to a key opens the API with that key alone', async () => {
    const client = await ofWeb();
    const DPoP = openid.getDPoPHandle(client, await openid.randomDPoPKeyPair());
    const { access_token: token } = await ofPerson(client, { DPoP });
    const url = new URL(`${program.rest}/v2/authentication/me`);
    const ask = (proof: openid.DPoPOptions) =>
      openid.fetchProtectedResource(client, token, url, 'GET', null, undefined, proof);
    expect(await (await ask({ DPoP })).json()).toMatchObject({ username: 'person' });
    expect(await taken(token)).toEqual(refused('TOKEN_BINDING_REFUSED'));
    const thief = openid.getDPoPHandle(client, await openid.randomDPoPKeyPair());
    await expect(ask({ DPoP: thief })).rejects.toMatchObject({ status: 401 });
  });

  it('a key that is replaced: its successor counts at once, and it counts until it is taken back', async () => {
    const old = await ofProgram();
    expect(await taken(old)).toEqual(PROGRAM);
    await issuer.rotate();
    const next = await ofProgram();
    pass(10_000);
    expect(await taken(next)).toEqual(PROGRAM);
    expect(await taken(old)).toEqual(PROGRAM);
    await issuer.retire();
    // A key that nobody has seen has the set fetched; what is no longer in it is refused from then on.
    await issuer.rotate();
    pass(10_000);
    expect(await taken(await ofProgram())).toEqual(PROGRAM);
    expect(await taken(next)).toEqual(PROGRAM);
    expect(await taken(old)).toEqual(refused('TOKEN_KEY_UNKNOWN'));
  });
});
