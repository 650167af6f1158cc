import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Broker,
  brokerPlace,
  type Credentials,
  credentialsFromEnvironment,
  openBroker,
} from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';
import { granted, refused, TokenEndpoint } from '../token-endpoint.ts';

let directory: string;
let api: Api;
let issuer: TokenEndpoint;
let clock: MovableClock;
const open: { close: () => Promise<void> }[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stagedoor-broker-'));
  clock = new MovableClock();
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await Promise.all([api.stop(), issuer.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    STAGEDOOR_BROKER_DIR: directory,
    CAMUNDA_REST_ADDRESS: api.origin,
    CAMUNDA_CLIENT_ID: 'worker',
    CAMUNDA_CLIENT_SECRET: 's3cret',
    CAMUNDA_OAUTH_URL: issuer.url.href,
    ...more,
  };
}

async function broker(loopback = false): Promise<Broker> {
  const opened = await openBroker({ place: brokerPlace(environment()), loopback, clock });
  open.push(opened);
  return opened;
}

function credentials(more: Record<string, string> = {}, told: string[] = []): Credentials {
  const found = credentialsFromEnvironment(environment(more), { clock, complain: ({ message }) => told.push(message) });
  open.push(found);
  return found;
}

const call = (found: Credentials) => found.fetchFor('orchestration')(`${api.origin}/v2/topology`);

// Ten runtimes start at once, on however few processors: nothing here measures time, this only ends what hangs.
describe('ten processes with thirteen callers each', { timeout: 180_000 }, () => {
  type Process = { readonly child: ChildProcess; readonly lines: AsyncIterator<string> };

  function start(): Process {
    const script = fileURLToPath(new URL('./broker-caller.ts', import.meta.url));
    const child = spawn(process.execPath, [script], { env: environment(), stdio: ['pipe', 'pipe', 'inherit'] });
    open.push({ close: async () => void child.kill() });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  }

  async function allCall(processes: readonly Process[], moved: number): Promise<unknown[]> {
    for (const { child } of processes) child.stdin?.write(`${moved}\n`);
    const lines = await Promise.all(processes.map(({ lines }) => lines.next()));
    return lines.map(({ value }) => JSON.parse(value));
  }

  it('cost one token request, and one more when the token has expired', async () => {
    await broker();
    const processes = Array.from({ length: 10 }, start);
    const good = Array.from({ length: 10 }, () => [200]);
    expect(await allCall(processes, 0)).toEqual(good);
    expect(issuer.seen).toHaveLength(1);
    clock.move(300_000);
    expect(await allCall(processes, 300_000)).toEqual(good);
    expect(issuer.seen).toHaveLength(2);
    expect(api.seen).toHaveLength(260);
  });

  it('cost ten requests where no broker runs', async () => {
    const processes = Array.from({ length: 10 }, start);
    expect(await allCall(processes, 0)).toEqual(Array.from({ length: 10 }, () => [200]));
    expect(issuer.seen).toHaveLength(10);
  });
});

describe('the broker', () => {
  it.each([[false], [true]])(
    'gives one token to all who ask with the same credentials (loopback: %s)',
    async (loopback) => {
      await broker(loopback);
      for (let process = 0; process < 5; process += 1) expect((await call(credentials())).status).toBe(200);
      expect(issuer.seen).toHaveLength(1);
      await call(credentials({ CAMUNDA_TOKEN_AUDIENCE: 'other' }));
      expect(issuer.seen).toHaveLength(2);
    },
  );

  it('gives nobody the token of another secret', async () => {
    await broker();
    issuer.answers(({ body }) =>
      body.get('client_secret') === 's3cret' ? granted('good') : refused('invalid_client', 'no'),
    );
    await call(credentials());
    const wrong = call(credentials({ CAMUNDA_CLIENT_SECRET: 'wrong' }));
    await expect(wrong).rejects.toMatchObject({
      code: 'TOKEN_REFUSED',
      error: 'invalid_client',
      errorDescription: 'no',
    });
    expect(issuer.seen).toHaveLength(2);
  });

  it('renews once for all what has grown old', async () => {
    await broker();
    const processes = Array.from({ length: 5 }, () => credentials());
    for (const found of processes) await call(found);
    clock.move(290_000);
    for (const found of processes) await call(found);
    for (const found of processes) await (await found.tokenFor('orchestration'))?.get({ minimumLife: 60_000 });
    expect(issuer.seen).toHaveLength(2);
  });

  it('replaces once for all what the API did not take', async () => {
    await broker();
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    const processes = Array.from({ length: 5 }, () => credentials());
    for (const found of processes) await (await found.tokenFor('orchestration'))?.get();
    for (const found of processes) expect((await call(found)).status).toBe(200);
    expect(issuer.seen).toHaveLength(2);
  });

  it('may end: whoever finds nobody asks the issuer', async () => {
    const opened = await broker();
    const found = credentials();
    await call(found);
    await opened.close();
    clock.move(300_000);
    expect((await call(found)).status).toBe(200);
    expect(issuer.seen).toHaveLength(2);
  });

  it('passes on that the issuer asks for patience', async () => {
    await broker();
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '60' }, body: '' }));
    const asked = (await credentials().tokenFor('orchestration'))?.get({ patience: 1_000 });
    await expect(asked).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryAfter: 60_000 });
    expect(issuer.seen).toHaveLength(1);
  });
});

describe('what others can reach of it', () => {
  it('is a socket for the user alone, in a directory for the user alone', async () => {
    const { address } = await broker();
    expect(statSync(address).mode & 0o777).toBe(0o600);
  });

  it('is nothing where its directory is open to others: no broker starts there, and none is asked', async () => {
    await broker();
    chmodSync(directory, 0o755);
    const told: string[] = [];
    await call(credentials({}, told));
    expect(told).toEqual([expect.stringMatching(/the broker is not asked: .* is open to other users/)]);
    await expect(openBroker({ place: brokerPlace(environment()), loopback: false })).rejects.toThrow(
      /open to other users/,
    );
  });

  it('is not served twice, and a socket that was left behind is in nobody’s way', async () => {
    await broker();
    await expect(broker()).rejects.toMatchObject({ code: 'BROKER_RUNS' });
    const { socket } = brokerPlace(environment());
    await open.splice(0)[0]?.close();
    writeFileSync(socket, '');
    await broker();
    expect((await call(credentials())).status).toBe(200);
  });

  it('is refused on loopback without the bearer of its file', async () => {
    await broker(true);
    const { port, bearer } = JSON.parse(readFileSync(brokerPlace(environment()).file, 'utf8'));
    expect(statSync(brokerPlace(environment()).file).mode & 0o777).toBe(0o600);
    const question = JSON.stringify({ environment: environment(), api: 'orchestration', minimumLife: 0 });
    expect(await post(port, question, undefined)).toBe(401);
    expect(await post(port, question, `Bearer ${bearer}x`)).toBe(401);
    expect(await post(port, question, `Bearer ${bearer}`)).toBe(200);
    expect(await post(port, 'x'.repeat(300_000), `Bearer ${bearer}`)).toBe(400);
    expect(await post(port, '{"api":"orchestration"}', `Bearer ${bearer}`)).toBe(400);
    const long = { environment: { ...environment(), CAMUNDA_TOKEN_SCOPE: 'x'.repeat(300_000) }, api: 'orchestration' };
    expect(await post(port, JSON.stringify({ ...long, minimumLife: 0 }), `Bearer ${bearer}`)).toBe(400);
    for (const environment of [{ CAMUNDA_CLIENT_ID: 1 }, null, 'x']) {
      const unreadable = JSON.stringify({ environment, api: 'orchestration', minimumLife: 0 });
      expect(await post(port, unreadable, `Bearer ${bearer}`)).toBe(400);
    }
    expect(await post(port, question, `Bearer ${bearer}`, { method: 'PUT' })).toBe(404);
    expect(await post(port, question, `Bearer ${bearer}`, { path: '/tokens' })).toBe(404);
    // On Linux all of 127.0.0.0/8 is this machine, so that one who listens everywhere is reached there as well.
    await expect(post(port, question, `Bearer ${bearer}`, { host: '127.0.0.2' })).rejects.toThrow();
    expect(issuer.seen).toHaveLength(1);
  });

  it('is not told to whoever listens at the port of a broker that is gone', async () => {
    const heard: string[] = [];
    const stranger = createServer((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (text: string) => heard.push(text));
      heard.push(JSON.stringify(incoming.headers));
      incoming.once('end', () => response.end('{"kind":"token","value":"theirs","life":300000,"left":300000}'));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    open.push({ close: async () => void stranger.close() });
    const { port } = stranger.address() as AddressInfo;
    writeFileSync(brokerPlace(environment()).file, JSON.stringify({ port, bearer: 'the-bearer' }), { mode: 0o600 });
    expect((await call(credentials())).status).toBe(200);
    expect(issuer.seen).toHaveLength(1);
    expect(heard).not.toHaveLength(0);
    for (const secret of ['s3cret', 'the-bearer']) expect(heard.join()).not.toContain(secret);
  });
});

function post(
  port: number,
  body: string,
  authorization: string | undefined,
  otherwise: { readonly host?: string; readonly path?: string; readonly method?: string } = {},
): Promise<number | undefined> {
  const headers = authorization === undefined ? {} : { authorization };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/token', method: 'POST', headers, ...otherwise }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end(body);
  });
}
