import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { makeCertificates } from '../program/make-certificates.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { confirming, type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';
import { freePort, isPresent, PROXY_ADDRESS, REAL_PROXIES, startProxy } from './real-proxy.ts';

/** Where a client calls from: another place of this machine. */
const CLIENT = '127.0.0.5';
const HOST = 'stage.example.com';

type Asked = { readonly as?: 'reader' | 'thief'; readonly headers?: Readonly<Record<string, string>> };

describe.each(REAL_PROXIES)('behind $name, as docs/behind-a-proxy.md sets it up,', (proxy) => {
  const absent = !isPresent(proxy);
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-proxy-'));
  let issuer: ForeignIssuer;
  let program: Program;
  let port: number;
  let bound: string;

  beforeAll(async () => {
    if (absent) return;
    await makeCertificates(directory, 'reader', 'thief');
    issuer = await openForeignIssuer();
    program = await startProgram({
      args: ['--memory', ...FREE_PORTS],
      yaml: `
stagedoor:
  hosts: [${HOST}]
  forwarded: { peers: [${PROXY_ADDRESS}], headers: x-forwarded, certificate-header: Client-Cert }
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.origin}", audiences: [stage], client-id-claim: client_id }
`,
    });
    const cnf = confirming(new X509Certificate(file('reader.pem')));
    bound = issuer.token({ aud: 'stage', client_id: 'reader', cnf });
    port = await freePort();
    await startProxy(proxy, { directory, port, backend: new URL(program.rest.replace('localhost', '127.0.0.1')) });
  });
  afterAll(async () => {
    await program?.stop();
    await issuer?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const file = (name: string) => readFileSync(join(directory, name));
  const status = (token: string, { as, headers = {} }: Asked = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path: '/v2/topology',
        localAddress: CLIENT,
        servername: 'localhost',
        agent: false,
        ca: file('ca.pem'),
        headers: { host: HOST, ...bearer(token), ...headers },
        ...(as === undefined ? {} : { cert: file(`${as}.pem`), key: file(`${as}-key.pem`) }),
      } as const;
      const asked = request(options, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      asked.on('error', reject).end();
    });

  it('a bound token opens the API with its certificate, and with no other', async (ctx) => {
    ctx.skip(absent, `${proxy.name} is not installed`);
    expect(await status(bound, { as: 'reader' })).toBe(200);
    expect(await status(bound, { as: 'thief' })).toBe(401);
    expect(await status(bound)).toBe(401);
  });

  it('what a client writes into the headers itself is nowhere believed', async (ctx) => {
    ctx.skip(absent, `${proxy.name} is not installed`);
    const der = new X509Certificate(file('reader.pem')).raw.toString('base64');
    for (const value of [`:${der}:`, der, encodeURIComponent(file('reader.pem').toString())]) {
      expect(await status(bound, { headers: { 'client-cert': value } })).toBe(401);
      expect(await status(bound, { as: 'thief', headers: { 'client-cert': value } })).toBe(401);
    }
    const forged = {
      'x-forwarded-for': '198.51.100.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'for=198.51.100.8;host=evil.example',
    };
    expect(await status(bound, { as: 'reader', headers: forged })).toBe(200);
    expect(await status('no token', { headers: forged })).toBe(401);
    expect(program.output()).toContain(CLIENT);
    expect(program.output()).not.toContain('198.51.100.');
    expect(program.output()).not.toContain('evil.example');
  });

  it('a host that is not ours is refused', async (ctx) => {
    ctx.skip(absent, `${proxy.name} is not installed`);
    expect(await status(bound, { as: 'reader', headers: { host: 'evil.example' } })).toBe(421);
  });
});
