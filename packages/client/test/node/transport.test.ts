import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizedFetch, renewedBearer, Secret, TokenManager } from '../../src/index.ts';
import {
  type CertificateFiles,
  credentialsFromEnvironment,
  openTransport,
  SecretFile,
  type Transport,
  type TransportSettings,
} from '../../src/node/index.ts';
import { readKeystore } from '../../src/node/keystore.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';
import { granted, TokenEndpoint } from '../token-endpoint.ts';
import { Authority, type Certified, isPresent } from './authority.ts';

const OPENSSL = isPresent('openssl', 'version');

let ours: Authority;
let theirs: Authority;
let worker: Certified;

beforeAll(() => {
  if (!OPENSSL) return;
  [ours, theirs] = [new Authority('ours'), new Authority('theirs')];
  worker = ours.issue('worker');
});
afterAll(() => {
  ours?.remove();
  theirs?.remove();
});

/** Issuer and API in one, that takes nobody without a certificate of its CA, and takes a token only with the certificate that got it. */
let server: Server;
let origin: string;
let shown: string[];

beforeEach(async (ctx) => {
  ctx.skip(!OPENSSL, 'needs openssl');
  const { certificate, key } = ours.issue('server', 'serverAuth');
  const files = { cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(ours.authorities) };
  shown = [];
  server = createServer({ ...files, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const peer = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate().fingerprint256 : '';
    shown.push(peer);
    if (request.url?.startsWith('/moved/')) {
      response.writeHead(307, { location: decodeURIComponent(request.url.slice('/moved/'.length)) }).end();
      return;
    }
    if (request.url === '/token') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: peer.replaceAll(':', ''), token_type: 'Bearer', expires_in: 300 }));
      return;
    }
    response.statusCode = request.headers.authorization === `Bearer ${peer.replaceAll(':', '')}` ? 200 : 401;
    response.end(`${request.headers['content-length'] ?? ''}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

const opened: Transport[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close()));
});

function transportWith(settings: TransportSettings): Transport {
  const transport = openTransport({ authorities: ours.trusted, ...settings });
  opened.push(transport);
  return transport;
}

function pem({ certificate, key }: Certified): CertificateFiles {
  return { kind: 'pem', certificate, key };
}

function callWith(transport: Transport, clock = new MovableClock()) {
  const certificate = transport.certificate === undefined ? {} : { certificate: transport.certificate };
  const request = { endpoint: new URL('/token', origin), clientId: 'worker', ...certificate };
  const token = new TokenManager({ fetch: transport.fetch, clock }).tokenFor({
    ...request,
    authentication: { kind: 'certificate' },
  });
  return authorizedFetch(renewedBearer(token), { origins: [origin], fetch: transport.fetch });
}

describe('a certificate of the client', () => {
  it('is shown to the issuer and to the API', async () => {
    const call = callWith(transportWith({ certificate: pem(worker) }));
    const response = await call(`${origin}/v2/jobs`, { method: 'POST', body: 'four' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('4');
    expect(shown).toHaveLength(2);
    expect(new Set(shown).size).toBe(1);
  });

  it('and what goes with it follow no redirect: neither that of the API nor that of the issuer', async () => {
    const foreign = await Api.start();
    const transport = transportWith({ certificate: pem(worker) });
    const moved = `${origin}/moved/${encodeURIComponent(`${foreign.origin}/token`)}`;
    await expect(callWith(transport)(moved)).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
    const token = new TokenManager({ fetch: transport.fetch, clock: new MovableClock() }).tokenFor({
      endpoint: new URL(moved),
      clientId: 'worker',
      authentication: { kind: 'certificate' },
    });
    await expect(token.get()).rejects.toMatchObject({ code: 'TOKEN_ANSWER_UNREADABLE' });
    expect(foreign.seen).toEqual([]);
    await foreign.stop();
  });

  it('takes the token where the issuer has it for connections that show one', async () => {
    const issuer = await TokenEndpoint.start();
    const metadata = {
      issuer: issuer.url.origin,
      token_endpoint: issuer.url.href,
      mtls_endpoint_aliases: { token_endpoint: `${issuer.url.origin}/with-certificate` },
    };
    issuer.answers(({ path }) => (path.startsWith('/.well') ? { status: 200, body: metadata } : granted('bound')));
    const variables = { CAMUNDA_MTLS_CERT_PATH: worker.certificate, CAMUNDA_MTLS_KEY_PATH: worker.key };
    const credentials = credentialsFromEnvironment(
      {
        ...variables,
        CAMUNDA_CLIENT_ID: 'worker',
        CAMUNDA_AUTH_STRATEGY: 'OAUTH',
        CAMUNDA_ISSUER_URL: metadata.issuer,
      },
      { broker: false },
    );
    expect((await (await credentials.tokenFor('orchestration'))?.get())?.value).toBe('bound');
    expect(issuer.seen.map(({ path }) => path).at(-1)).toBe('/with-certificate');
    await credentials.close();
    await issuer.stop();
  });

  it('ends its calls with their signals', async () => {
    const hangingUp = new AbortController();
    const held = await Api.start();
    held.holds = () => new Promise(() => undefined);
    const call = transportWith({ certificate: pem(worker) }).fetch(held.origin, { signal: hangingUp.signal });
    while (held.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    hangingUp.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    await held.stop();
  });

  it('may be in PKCS#12 as OpenSSL writes it', async () => {
    const keystore = ours.keystore(worker, 'changeit');
    const certificate = { kind: 'pkcs12', keystore, secrets: { password: new Secret('changeit') } } as const;
    expect((await callWith(transportWith({ certificate }))(`${origin}/v2/jobs`)).status).toBe(200);
  });

  it('is taken anew when its files change: the next call has it, and a token that is bound to it', async () => {
    const renewed = ours.issue('renewed');
    const clock = new MovableClock();
    const call = callWith(transportWith({ certificate: pem(renewed), clock }), clock);
    expect((await call(`${origin}/v2/jobs`)).status).toBe(200);
    ours.issue('renewed');
    clock.move(2_000);
    expect((await call(`${origin}/v2/jobs`)).status).toBe(200);
    expect(new Set(shown).size).toBe(2);
    expect(shown).toHaveLength(4);
  });

  it('stays what it was while its files are half replaced, and somebody is told', async () => {
    const torn = ours.issue('torn');
    const [clock, told] = [new MovableClock(), [] as string[]];
    const transport = transportWith({
      certificate: pem(torn),
      clock,
      complain: (problem) => told.push(problem.message),
    });
    const call = callWith(transport, clock);
    await call(`${origin}/v2/jobs`);
    writeFileSync(torn.key, readFileSync(worker.key));
    for (let second = 0; second < 3; second += 1) {
      clock.move(2_000);
      expect((await call(`${origin}/v2/jobs`)).status).toBe(200);
    }
    expect(told).toEqual([`${torn.key} is not the key of the certificate in ${torn.certificate}`]);
  });

  it.each<[string, () => TransportSettings, RegExp]>([
    [
      'no file',
      () => ({ certificate: pem({ ...worker, key: ours.path('none.pem') }) }),
      /none\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'a key that is not its own',
      () => ({ certificate: pem({ ...worker, key: theirs.issue('x').key }) }),
      /x-key\.pem is not the key/,
    ],
    [
      'no key',
      () => ({ certificate: pem({ ...worker, key: worker.certificate }) }),
      /worker\.pem holds no private key/,
    ],
    [
      'no certificate',
      () => ({ certificate: pem({ ...worker, certificate: worker.key }) }),
      /worker-key\.pem holds no certificate/,
    ],
    [
      'no CA',
      () => ({ certificate: pem(worker), authorities: { kind: 'pem', path: worker.key } }),
      /worker-key\.pem holds no certificate/,
    ],
    ['a directory', () => ({ certificate: pem({ ...worker, key: ours.directory }) }), /is no file of at most/],
    [
      'a keystore with another password',
      () => ({
        certificate: { kind: 'pkcs12', keystore: ours.keystore(worker, 'a'), secrets: { password: new Secret('b') } },
      }),
      /worker\.pem\.p12 cannot be read as PKCS#12/,
    ],
    [
      'no keystore',
      () => ({ certificate: { kind: 'pkcs12', keystore: worker.key, secrets: { password: undefined } } }),
      /worker-key\.pem cannot be read as PKCS#12/,
    ],
  ])('is never left out: %s', async (_what, settings, message) => {
    const call = callWith(transportWith(settings()))(`${origin}/v2/jobs`);
    await expect(call).rejects.toMatchObject({ code: 'CREDENTIALS_UNUSABLE', message: expect.stringMatching(message) });
    expect(shown).toEqual([]);
  });

  it('is shown to no server of another CA, and no server takes none or a foreign one', async () => {
    const settings: readonly TransportSettings[] = [
      { certificate: pem(worker), authorities: theirs.trusted },
      {},
      { certificate: pem(theirs.issue('stranger')) },
    ];
    for (const given of settings) {
      const call = callWith(transportWith(given))(`${origin}/v2/jobs`, {
        tokenNeed: { patience: 1 },
      });
      await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/TOKEN_UNAVAILABLE/) });
    }
    expect(shown).toEqual([]);
  });
});

describe('a keystore', () => {
  it('that was changed by somebody without its password is none', async () => {
    const path = ours.keystore(worker, 'changeit');
    const content = readFileSync(path);
    const secrets = { password: new Secret('changeit') };
    expect((await readKeystore(path, content, secrets)).certificates).not.toHaveLength(0);
    // SHA-256 of the whole, under a key of the password: its last octet string of 32 bytes (RFC 7292 section 4).
    const digest = content.lastIndexOf(Buffer.from([0x04, 0x20])) + 2;
    content.writeUInt8(content.readUInt8(digest) ^ 1, digest);
    await expect(readKeystore(path, content, secrets)).rejects.toThrow(/cannot be read as PKCS#12/);
  });
});

describe('a keystore of the Java keytool', () => {
  const JAVA = isPresent('keytool', '-help');

  it('is read by the alias of its key', async (ctx) => {
    ctx.skip(!JAVA, 'needs keytool');
    const path = ours.path('java.p12');
    const store = ['-keystore', path, '-storepass', 'changeit', '-storetype', 'pkcs12'];
    for (const alias of ['one', 'Two'])
      execFileSync('keytool', ['-genkeypair', '-alias', alias, '-keyalg', 'RSA', '-dname', `CN=${alias}`, ...store], {
        stdio: 'ignore',
      });
    const read = (alias?: string) =>
      readKeystore(path, readFileSync(path), { password: new Secret('changeit'), alias });
    expect((await read('two')).certificates[0].subject).toBe('CN=Two');
    await expect(read()).rejects.toThrow(/several keys \(one, two\)/);
    await expect(read('three')).rejects.toThrow(/no key `three`/);
  });

  it('is refused where it is a JKS, with what to do about it', async (ctx) => {
    ctx.skip(!JAVA, 'needs keytool');
    const path = ours.path('java.jks');
    const store = ['-keystore', path, '-storepass', 'changeit', '-storetype', 'jks'];
    execFileSync('keytool', ['-genkeypair', '-alias', 'one', '-keyalg', 'RSA', '-dname', 'CN=one', ...store], {
      stdio: 'ignore',
    });
    const reading = readKeystore(path, readFileSync(path), { password: new Secret('changeit') });
    await expect(reading).rejects.toThrow(/is a JKS: convert it/);
  });
});

describe('a secret in a file', () => {
  it('is read again when the file changes, and an empty file never is one', async () => {
    const path = ours.path('secret');
    const told: string[] = [];
    writeFileSync(path, 'old\n');
    const secret = new SecretFile(path, (problem) => told.push(problem.message));
    expect((await secret.read()).reveal()).toBe('old');
    writeFileSync(path, 'newer\n');
    expect((await secret.read()).reveal()).toBe('newer');
    writeFileSync(path, '');
    expect((await secret.read()).reveal()).toBe('newer');
    expect(told).toEqual([`${path} does not hold one line with a secret`]);
    await expect(async () => new SecretFile(path, () => undefined).read()).rejects.toThrow(/does not hold one line/);
  });
});
