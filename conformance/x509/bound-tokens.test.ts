import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { makeCertificates } from '../program/make-certificates.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { confirming, type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';

/** RFC 8705 section 3, on a listener that takes client certificates without needing them: the token alone asks for one. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-bound-'));
let issuer: ForeignIssuer;
let program: Program;
let bound: string;

beforeAll(async () => {
  await makeCertificates(directory, 'reader', 'thief');
  issuer = await openForeignIssuer();
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
server.ssl: { certificate: ${directory}/server.pem, certificate-private-key: ${directory}/server-key.pem, client-auth: want }
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.origin}", audiences: [stage], client-id-claim: client_id }
`,
  });
  const cnf = confirming(new X509Certificate(file('reader.pem')));
  bound = issuer.token({ aud: 'stage', client_id: 'reader', cnf });
});
afterAll(async () => {
  await program?.stop();
  await issuer?.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string) => readFileSync(join(directory, name));

type Asked = {
  readonly as?: 'reader' | 'thief';
  readonly headers?: Readonly<Record<string, string>>;
  readonly session?: Buffer;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
};
type Answer = { readonly status: number; readonly code: unknown; readonly session: Buffer; readonly resumed: boolean };

/** One request over a connection of its own, with the session that it could be resumed by. */
function ask(token: string, { as, headers = {}, session, version = 'TLSv1.3' }: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(program.rest);
  return new Promise((resolve, reject) => {
    let next: Buffer = Buffer.alloc(0);
    const options = {
      host: hostname,
      port,
      path: '/v2/topology',
      agent: false,
      ca: file('ca.pem'),
      minVersion: version,
      maxVersion: version,
      headers: { ...bearer(token), ...headers },
      ...(as === undefined ? {} : { cert: file(`${as}.pem`), key: file(`${as}-key.pem`) }),
      ...(session === undefined ? {} : { session }),
    };
    const asked = request(options, (response) => {
      const resumed = (response.socket as TLSSocket).isSessionReused();
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code?: unknown };
        resolve({ status: response.statusCode ?? 0, code, session: next, resumed });
      });
    });
    asked.on('socket', (socket) =>
      socket.on('session', (offered: Buffer) => {
        next = offered;
      }),
    );
    asked.on('error', reject).end();
  });
}

const REFUSED = { status: 401, code: 'TOKEN_BINDING_REFUSED' };

describe('a token that is bound to a certificate', () => {
  it('opens the API over a connection with that certificate', async () => {
    expect(await ask(bound, { as: 'reader' })).toMatchObject({ status: 200 });
  });

  it('is refused without it and with another one, also right after it was taken', async () => {
    expect(await ask(bound, { as: 'reader' })).toMatchObject({ status: 200 });
    expect(await ask(bound)).toMatchObject(REFUSED);
    expect(await ask(bound, { as: 'thief' })).toMatchObject(REFUSED);
    expect(await ask(bound, { as: 'reader' })).toMatchObject({ status: 200 });
  });

  it.each([
    'Client-Cert',
    'X-Client-Cert',
    'X-SSL-Client-Cert',
    'SSL-Client-Cert',
    'X-Forwarded-Tls-Client-Cert',
    'X-Forwarded-Client-Cert',
    'X-ARR-ClientCert',
  ])('is refused where the certificate is only in the header %s, which anybody can write', async (name) => {
    const pem = file('reader.pem').toString();
    const der = pem.replace(/-----[A-Z ]+-----|\n/g, '');
    for (const value of [encodeURIComponent(pem), der, `:${der}:`, `Cert="${encodeURIComponent(pem)}"`]) {
      expect(await ask(bound, { headers: { [name]: value } })).toMatchObject(REFUSED);
      expect(await ask(bound, { as: 'thief', headers: { [name]: value } })).toMatchObject(REFUSED);
    }
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is asked for its certificate in a resumed session of %s, too',
    async (version) => {
      for (const [as, expected] of [
        ['reader', { status: 200 }],
        ['thief', REFUSED],
        [undefined, REFUSED],
      ] as const) {
        const who = as === undefined ? {} : { as };
        const first = await ask(bound, { ...who, version });
        expect(first).toMatchObject({ ...expected, resumed: false });
        expect(first.session.length).toBeGreaterThan(0);
        expect(await ask(bound, { ...who, version, session: first.session })).toMatchObject({
          ...expected,
          resumed: true,
        });
      }
    },
  );

  it('leaves a token that is bound to nothing as it is', async () => {
    const free = issuer.token({ aud: 'stage', client_id: 'reader' });
    for (const as of ['reader', 'thief'] as const) expect(await ask(free, { as })).toMatchObject({ status: 200 });
    expect(await ask(free)).toMatchObject({ status: 200 });
  });
});
