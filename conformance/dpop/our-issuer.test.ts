import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, type Client } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { proofKey } from './proof-key.ts';

/** RFC 9449 from the token endpoint to the API, with two client libraries that nobody here wrote, and by hand. */
const FORMS = ['', '/auth/realms/camunda-platform'] as const;
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-dpop-'));
let program: Program;
let client: Client;

beforeAll(async () => {
  program = await startProgram({ directory, args: ['--method', 'oidc', '--data', './data', ...FREE_PORTS] });
  client = JSON.parse(await command(program, ['client', 'create', '--json', '--name', 'prover']));
});
afterAll(async () => {
  await program?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const topology = () => new URL(`${program.rest}/v2/topology`);
const issuerOf = (form: string) => new URL(`${program.issuer}${form}`);

function configurationOf(form: string): Promise<openid.Configuration> {
  const authentication = openid.ClientSecretPost(client.clientSecret);
  return openid.discovery(issuerOf(form), client.clientId, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  });
}

describe.each(FORMS)('openid-client with a proof at the issuer %s/', (form) => {
  it.each(['ES256', 'RS256', 'PS256', 'Ed25519'])('is offered %s, and opens the API with it', async (alg) => {
    const config = await configurationOf(form);
    expect(config.serverMetadata().dpop_signing_alg_values_supported).toContain(alg);
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair(alg));
    const { access_token, token_type } = await openid.clientCredentialsGrant(config, {}, { DPoP });
    expect(token_type).toBe('dpop');
    const fetched = () =>
      openid.fetchProtectedResource(config, access_token, topology(), 'GET', null, undefined, { DPoP });
    for (let time = 0; time < 3; time += 1) expect((await fetched()).status).toBe(200);
    const found = await openid.tokenIntrospection(config, access_token);
    expect(found).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: await DPoP.calculateThumbprint() } });
    await openid.tokenRevocation(config, access_token);
    await expect(fetched()).rejects.toMatchObject({ status: 401, cause: [{ parameters: { error: 'invalid_token' } }] });
  });

  it('refuses its token as Bearer, and to another key', async () => {
    const config = await configurationOf(form);
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
    const { access_token } = await openid.clientCredentialsGrant(config, {}, { DPoP });
    expect((await fetch(topology(), { headers: bearer(access_token) })).status).toBe(401);
    const thief = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
    await expect(
      openid.fetchProtectedResource(config, access_token, topology(), 'GET', null, undefined, thief),
    ).rejects.toMatchObject({ status: 401, cause: [{ scheme: 'dpop', parameters: { error: 'invalid_dpop_proof' } }] });
  });
});

describe('oauth4webapi with a proof', () => {
  it('gets a token that opens the API for reading and for writing', async () => {
    const options = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(
      issuerOf(''),
      await oauth.discoveryRequest(issuerOf(''), { ...options, algorithm: 'oauth2' }),
    );
    const self: oauth.Client = { client_id: client.clientId };
    const bound = { ...options, DPoP: oauth.DPoP(self, await oauth.generateKeyPair('ES256')) };
    const authentication = oauth.ClientSecretBasic(client.clientSecret);
    const granted = await oauth.processClientCredentialsResponse(
      server,
      self,
      await oauth.clientCredentialsGrantRequest(server, self, authentication, {}, bound),
    );
    expect(granted.token_type).toBe('dpop');
    const answer = await oauth.protectedResourceRequest(
      granted.access_token,
      'GET',
      topology(),
      undefined,
      null,
      bound,
    );
    expect(answer.status).toBe(200);
  });
});

describe('a proof that was used', () => {
  const key = proofKey();
  const url = () => `${program.issuer}/oauth/token`;
  const token = async (dpop: string) => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    });
    const answer = await fetch(url(), { method: 'POST', body, headers: { dpop } });
    const { access_token = '', error } = (await answer.json()) as { access_token?: string; error?: string };
    return { status: answer.status, access_token, error };
  };
  const REFUSED = { status: 400, error: 'invalid_dpop_proof' };

  it('at the token endpoint gets no other token there, also after the program was killed', async () => {
    const proof = key.proof({ method: 'POST', url: url() });
    expect(await token(proof)).toMatchObject({ status: 200 });
    expect(await token(proof)).toMatchObject(REFUSED);
    const [{ port }, { port: issuerPort }] = [new URL(program.rest), new URL(program.issuer ?? '')];
    await program.kill();
    program = await startProgram({
      directory,
      args: ['--method', 'oidc', '--data', './data', ...FREE_PORTS, '--port', port, '--issuer-port', issuerPort],
    });
    expect(await token(proof)).toMatchObject(REFUSED);
  });

  it('at the token endpoint is none for the API, and the other way round', async () => {
    const { access_token } = await token(key.proof({ method: 'POST', url: url() }));
    const ask = (dpop: string) => fetch(topology(), { headers: { authorization: `DPoP ${access_token}`, dpop } });
    expect((await ask(key.proof({ method: 'POST', url: url() }))).status).toBe(401);
    const forApi = key.proof({ method: 'GET', url: topology().href, token: access_token });
    expect(await token(forApi)).toMatchObject(REFUSED);
    expect((await ask(forApi)).status).toBe(200);
  });
});
