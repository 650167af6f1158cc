import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { fetchWithCertificate } from './fetch-with-certificate.ts';

/** The two ways of RFC 8705 section 2, with the libraries of `oauth-clients.test.ts`; here they have TLS, as they want it. */
const FORMS = ['', '/auth/realms/camunda-platform'] as const;
const METHODS = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;
type Method = (typeof METHODS)[number];

const directory = mkdtempSync(join(tmpdir(), 'stagedoor-oauth-clients-'));
const ours = (file: string) => join(directory, 'tls', file);
const others = (file: string) => join(directory, 'other', file);
let program: Program;

beforeAll(async () => {
  for (const [dir, client] of [
    ['tls', 'tls_client_auth'],
    ['other', 'self_signed_tls_client_auth'],
  ] as const) {
    const ran = await runCommandLine(['ca', '--dir', `./${dir}`, '--client', client], { directory });
    if (ran.code !== 0) throw new Error(ran.stderr);
  }
  program = await startProgram({
    directory,
    args: ['--method', 'oidc', '--memory', ...FREE_PORTS],
    yaml: `
server.ssl:
  certificate: ./tls/server.pem
  certificate-private-key: ./tls/server-key.pem
  client-auth: want
  trust-certificate: ./tls/ca.pem
`,
  });
  const create = (method: Method, ...by: string[]) =>
    command(program, ['client', 'create', '--name', method, '--id', method, ...by]);
  await create('tls_client_auth', '--certificate-subject', 'CN=tls_client_auth');
  await create('self_signed_tls_client_auth', '--certificate', others('self_signed_tls_client_auth.pem'));
});
afterAll(async () => {
  await program?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const file = (method: Method) => (method === 'tls_client_auth' ? ours : others);
const over = (method: Method) =>
  fetchWithCertificate({
    ca: ours('ca.pem'),
    cert: file(method)(`${method}.pem`),
    key: file(method)(`${method}-key.pem`),
  });
const issuerOf = (form: string) => new URL(`${program.issuer}${form}`);

async function topology(fetching: ReturnType<typeof over>, token: string): Promise<number> {
  return (await fetching(`${program.rest}/v2/topology`, { method: 'GET', headers: bearer(token) })).status;
}

describe.each(FORMS)('at the issuer %s/', (form) => {
  const configured = (clientId: string, fetching: ReturnType<typeof over>) =>
    openid.discovery(issuerOf(form), clientId, undefined, openid.TlsClientAuth(), { [openid.customFetch]: fetching });

  it.each(METHODS)(
    'openid-client, %s: a token that its connection alone can use, introspection, revocation',
    async (method) => {
      const config = await configured(method, over(method));
      expect(config.serverMetadata()).toMatchObject({
        token_endpoint_auth_methods_supported: expect.arrayContaining([method]),
        tls_client_certificate_bound_access_tokens: true,
      });
      const { access_token } = await openid.clientCredentialsGrant(config);
      expect(await topology(over(method), access_token)).toBe(200);
      const thief = METHODS.find((other) => other !== method) ?? method;
      expect(await topology(over(thief), access_token)).toBe(401);
      expect(await topology(fetchWithCertificate({ ca: ours('ca.pem') }), access_token)).toBe(401);
      const found = await openid.tokenIntrospection(config, access_token);
      expect(found).toMatchObject({ active: true, client_id: method, cnf: { 'x5t#S256': expect.any(String) } });
      await openid.tokenRevocation(config, access_token);
      expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false });
      expect(await topology(over(method), access_token)).toBe(401);
    },
  );

  it.each(METHODS)('oauth4webapi, %s: the same token', async (method) => {
    const options = { [oauth.customFetch]: over(method) };
    const issuer = issuerOf(form);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const client = { client_id: method };
    const answer = await oauth.clientCredentialsGrantRequest(as, client, oauth.TlsClientAuth(), {}, options);
    const { access_token } = await oauth.processClientCredentialsResponse(as, client, answer);
    expect(await topology(over(method), access_token)).toBe(200);
  });

  it('somebody else’s certificate, and none, are refused as a wrong secret is', async () => {
    for (const method of METHODS) {
      const thief = METHODS.find((other) => other !== method) ?? method;
      for (const fetching of [over(thief), fetchWithCertificate({ ca: ours('ca.pem') })]) {
        const config = await configured(method, fetching);
        await expect(openid.clientCredentialsGrant(config)).rejects.toMatchObject({ status: 401 });
      }
    }
  });
});
