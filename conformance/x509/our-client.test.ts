import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsFromEnvironment } from '@stagedoor/client/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../program/make-certificates.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** RFC 8705 with the client of this project, as docs/x509.md sets it up. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-our-client-'));
const file = (name: string) => join(directory, 'tls', name);
let program: Program;

beforeAll(async () => {
  await makeCertificates(join(directory, 'tls'), 'reader', 'thief');
  program = await startProgram({
    directory,
    args: ['--method', 'oidc', '--data', './data', ...FREE_PORTS],
    yaml: `
server.ssl:
  certificate: ./tls/server.pem
  certificate-private-key: ./tls/server-key.pem
  client-auth: want
  trust-certificate: ./tls/ca.pem
`,
  });
  await command(program, [
    'client',
    'create',
    '--name',
    'reader',
    '--id',
    'reader',
    '--certificate-subject',
    'CN=reader',
  ]);
});
afterAll(async () => {
  await program?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Credentials of the client `reader`, with the certificate of whoever has them. */
function credentials(by: 'reader' | 'thief') {
  const environment = {
    CAMUNDA_AUTH_STRATEGY: 'OAUTH',
    CAMUNDA_CLIENT_ID: 'reader',
    CAMUNDA_OAUTH_URL: `${program.issuer}/oauth/token`,
    CAMUNDA_TOKEN_AUDIENCE: 'orchestration-api',
    CAMUNDA_REST_ADDRESS: program.rest,
    CAMUNDA_MTLS_CERT_PATH: file(`${by}.pem`),
    CAMUNDA_MTLS_KEY_PATH: file(`${by}-key.pem`),
    CAMUNDA_CA_CERTIFICATE_PATH: file('ca.pem'),
  };
  return credentialsFromEnvironment(environment, { broker: false });
}

describe('our client with a certificate and no secret', () => {
  it('fetches a token and calls the API with it', async () => {
    const own = credentials('reader');
    const answer = await own.fetchFor('orchestration')(`${program.rest}/v2/topology`);
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ clusterSize: 1 })]);
    await own.close();
  });

  it('has a token that is worth nothing to whoever steals it', async () => {
    const [own, thief] = [credentials('reader'), credentials('thief')];
    const { headers } = await own.authorizerFor('orchestration').authorize();
    expect(headers).toMatchObject({ authorization: expect.stringMatching(/^Bearer eyJ/) });
    const statuses = [];
    for (const { transport } of [own, thief])
      statuses.push((await transport.fetch(new Request(`${program.rest}/v2/topology`, { headers }))).status);
    expect(statuses).toEqual([200, 401]);
    await Promise.all([own.close(), thief.close()]);
  });

  it('gets no token with the certificate of another client', async () => {
    const thief = credentials('thief');
    await expect(thief.fetchFor('orchestration')(`${program.rest}/v2/topology`)).rejects.toThrow();
    await thief.close();
  });
});
