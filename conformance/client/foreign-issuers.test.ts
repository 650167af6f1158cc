import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, fixedSecret, TokenManager } from '@stagedoor/client';
import { type Credentials, credentialsFromEnvironment } from '@stagedoor/client/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { glewlwydIsMissing, startGlewlwyd } from '../foreign-issuers/glewlwyd.ts';
import { keycloakIsMissing, startKeycloak } from '../foreign-issuers/keycloak.ts';
import { type LiveIssuer, PROGRAM_SECRET } from '../foreign-issuers/live-issuer.ts';
import { startOidcProvider } from '../foreign-issuers/oidc-provider.ts';
import { makeCertificates } from '../program/make-certificates.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** Our client, unmodified, between identity providers that nobody here wrote and Stagedoor's API: all over TLS from a private CA. */
const REFUSED = { code: 'TOKEN_REFUSED', error: expect.stringMatching(/^(?:invalid|unauthorized)_client$/) };
const PROVIDERS = [
  { name: 'Keycloak', missing: keycloakIsMissing(), start: startKeycloak, refused: REFUSED },
  {
    ...{ name: 'glewlwyd', missing: glewlwydIsMissing(), start: startGlewlwyd },
    // It has no words for it.
    refused: { message: expect.stringMatching(/answered 403 without an OAuth error/) },
  },
  { name: 'oidc-provider', missing: undefined, start: startOidcProvider, refused: REFUSED },
];
/** The start of Keycloak takes half a minute on a busy machine. */
const PATIENCE_MILLIS = 240_000;
const DAY = 24 * 3_600_000;

const authority = mkdtempSync(join(tmpdir(), 'stagedoor-client-issuers-'));
const file = (name: string) => join(authority, name);
beforeAll(() => makeCertificates(authority, 'machine', 'thief'));
afterAll(() => rmSync(authority, { recursive: true, force: true }));

describe.each(PROVIDERS)('$name', { timeout: 60_000 }, ({ missing, start, refused }) => {
  let issuer: LiveIssuer;
  let program: Program;
  const opened: Credentials[] = [];
  /** How much further the client's clock is than the machine's. */
  let moved = 0;
  const clock: Clock = {
    monotonic: () => performance.now() + moved,
    wall: () => Date.now() + moved,
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
  };

  beforeEach((ctx) => ctx.skip(missing !== undefined, missing));
  beforeAll(async () => {
    if (missing !== undefined) return;
    issuer = await start(authority);
    program = await startProgram({
      args: ['--memory', ...FREE_PORTS],
      environment: { NODE_EXTRA_CA_CERTS: file('ca.pem') },
      yaml: `
server.ssl: { certificate: ${file('server.pem')}, certificate-private-key: ${file('server-key.pem')}, client-auth: want }
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.issuer}", ${issuer.oidc} }
stagedoor.oidc.providers.oidc: { ${issuer.own} }
`,
    });
  }, PATIENCE_MILLIS);
  afterEach(() => Promise.all(opened.splice(0).map((credentials) => credentials.close())));
  afterAll(async () => {
    await program?.stop();
    await issuer?.stop();
  });

  function credentials(more: Readonly<Record<string, string>>): Credentials {
    const target = {
      ...(issuer.ours.resource === undefined ? {} : { CAMUNDA_TOKEN_RESOURCE: issuer.ours.resource }),
      ...(issuer.ours.scope === undefined ? {} : { CAMUNDA_TOKEN_SCOPE: issuer.ours.scope }),
    };
    const environment = {
      CAMUNDA_REST_ADDRESS: program.rest,
      CAMUNDA_ISSUER_URL: issuer.issuer,
      CAMUNDA_CA_CERTIFICATE_PATH: file('ca.pem'),
      ...target,
      ...more,
    };
    const found = credentialsFromEnvironment(environment, { broker: false, clock });
    opened.push(found);
    return found;
  }

  const bySecret = (secret = PROGRAM_SECRET) =>
    credentials({ CAMUNDA_CLIENT_ID: 'program', CAMUNDA_CLIENT_SECRET: secret });
  const byCertificate = (name: string) =>
    credentials({
      CAMUNDA_AUTH_STRATEGY: 'OAUTH',
      CAMUNDA_CLIENT_ID: 'machine',
      CAMUNDA_MTLS_CERT_PATH: file(`${name}.pem`),
      CAMUNDA_MTLS_KEY_PATH: file(`${name}-key.pem`),
    });

  async function whoIs(caller: Credentials): Promise<unknown> {
    const response = await caller.fetchFor('orchestration')(`${program.rest}/v2/authentication/me`);
    const { username } = (await response.json()) as { username?: unknown };
    return { status: response.status, username };
  }

  it('gives our client a token for its secret, finds a new one due a day later, and the API takes both', async () => {
    const caller = bySecret();
    expect(await whoIs(caller)).toEqual({ status: 200, username: 'program' });
    const first = await (await caller.tokenFor('orchestration'))?.get();
    moved += DAY;
    expect(await whoIs(caller)).toEqual({ status: 200, username: 'program' });
    const second = await (await caller.tokenFor('orchestration'))?.get();
    expect(second?.value).not.toBe(first?.value);
    expect((second?.expires ?? 0) - (second?.obtained ?? 0)).toBeGreaterThan(10_000);
  });

  it('is heard in its own words when the secret is wrong, at once and the next time, too', async () => {
    const caller = bySecret('another');
    for (let call = 0; call < 2; call += 1) await expect(whoIs(caller)).rejects.toMatchObject(refused);
  });

  it('takes its certificate for the client, and the API the token that is bound to it', async () => {
    expect(await whoIs(byCertificate('machine'))).toEqual({ status: 200, username: 'machine' });
  });

  it('gives nothing to the same client with another certificate', async () => {
    await expect(whoIs(byCertificate('thief'))).rejects.toMatchObject(refused);
  });

  it('has the secret in the header where the program says so itself', async () => {
    const { transport } = bySecret();
    const metadata = await transport.fetch(`${issuer.issuer}/.well-known/openid-configuration`);
    const { token_endpoint: endpoint } = (await metadata.json()) as { token_endpoint: string };
    const token = new TokenManager({ fetch: transport.fetch, clock }).tokenFor({
      endpoint: new URL(endpoint),
      clientId: 'program',
      authentication: { kind: 'secret', secret: fixedSecret(PROGRAM_SECRET), sentIn: 'header' },
      ...(issuer.ours.scope === undefined ? {} : { scope: issuer.ours.scope }),
      ...(issuer.ours.resource === undefined ? {} : { resources: [issuer.ours.resource] }),
    });
    expect((await token.get()).value).toMatch(/^eyJ/);
  });
});
