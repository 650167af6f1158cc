import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KnownCredentials } from '../../src/node/broker/known-credentials.ts';
import { brokerPlace, type Credentials, credentialsFromEnvironment, openBroker } from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';
import { granted, refused, TokenEndpoint } from '../token-endpoint.ts';

let directory: string;
let api: Api;
let issuer: TokenEndpoint;
let clock: MovableClock;
let told: string[];
const open: { close: () => Promise<void> }[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stagedoor-broker-'));
  [clock, told] = [new MovableClock(), []];
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

function credentials(more: Record<string, string> = {}): Credentials {
  const complain = ({ message }: Error) => told.push(message);
  const found = credentialsFromEnvironment(environment(more), { clock, complain });
  open.push(found);
  return found;
}

async function broker(): Promise<void> {
  open.push(await openBroker({ place: brokerPlace(environment()), loopback: false, clock }));
}

const call = (found: Credentials) => found.fetchFor('orchestration')(`${api.origin}/v2/topology`);

/** Something that listens at the socket of the broker and does that with each connection. */
async function standIn(does: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    does(socket);
  });
  await new Promise<void>((resolve) => server.listen(brokerPlace(environment()).socket, resolve));
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return server;
}

const answering = (text: string) => (socket: Socket) =>
  void socket.once('data', () => {
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`);
  });

describe('a broker that', () => {
  it.each<[string, (socket: Socket) => void]>([
    [
      'ends in the middle of its answer',
      (socket) =>
        void socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"kind":"token","value":"half');
          setImmediate(() => socket.destroy());
        }),
    ],
    ['hangs up before it answers', (socket) => void socket.once('data', () => socket.destroy())],
    ['answers what is no HTTP', (socket) => void socket.once('data', () => socket.end('hello\n'))],
    ['answers what is no JSON', answering('<html>')],
    ['answers what nobody asked', answering('{"kind":"weather","value":"fine"}')],
    ['has a token without a life', answering('{"kind":"token","value":"theirs"}')],
    ['has a token that is no text', answering('{"kind":"token","value":7,"life":1,"left":1}')],
    ['has a refusal of nobody', answering('{"kind":"refused","status":401,"error":"invalid_client"}')],
    [
      'answers at too great length',
      answering(`{"kind":"token","life":9e5,"left":9e5,"value":"${'x'.repeat(300_000)}"}`),
    ],
  ])('%s counts as none: the issuer is asked, and the call goes on', async (_what, does) => {
    await standIn(does);
    expect((await call(credentials())).status).toBe(200);
    expect(issuer.seen).toHaveLength(1);
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1']);
  });

  it('never answers is waited for fifteen seconds, and then counts as none', async () => {
    let asked = 0;
    await standIn((socket) => void socket.on('data', () => (asked += 1)));
    const called = call(credentials());
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    clock.move(14_999);
    expect(issuer.seen).toHaveLength(0);
    clock.move(1);
    expect((await called).status).toBe(200);
    expect(issuer.seen).toHaveLength(1);
  });
});

describe('what a broker is asked', () => {
  it('by somebody who says nothing, or reads nothing, holds up nobody else', async () => {
    await broker();
    const { socket } = brokerPlace(environment());
    for (let idle = 0; idle < 20; idle += 1) {
      const silent = connect(socket);
      open.push({ close: async () => void silent.destroy() });
      if (idle % 2 === 0) silent.write('POST /token HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{');
    }
    expect((await call(credentials())).status).toBe(200);
    expect(issuer.seen).toHaveLength(1);
  });

  it('for two APIs of one client with two secrets is answered for each by its own', async () => {
    await broker();
    issuer.answers(({ body }) =>
      body.get('client_secret') === 's3cret' ? granted('of-the-cluster') : refused('invalid_client'),
    );
    const found = credentials({ CAMUNDA_CONSOLE_CLIENT_ID: 'worker', CAMUNDA_CONSOLE_CLIENT_SECRET: 'another' });
    expect((await found.authorizerFor('orchestration').authorize()).headers).toEqual({
      authorization: 'Bearer of-the-cluster',
    });
    await expect(found.authorizerFor('administration').authorize()).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it.each<[string, Record<string, string>]>([
    ['issuer', {}],
    ['audience', { CAMUNDA_TOKEN_AUDIENCE: 'other' }],
    ['scope', { CAMUNDA_TOKEN_SCOPE: 'other' }],
    ['resource', { CAMUNDA_TOKEN_RESOURCE: 'https://other.example.com' }],
    ['client', { CAMUNDA_CLIENT_ID: 'other' }],
  ])('with another %s has another token', async (what, more) => {
    await broker();
    const elsewhere = await TokenEndpoint.start();
    await call(credentials());
    await call(credentials(what === 'issuer' ? { CAMUNDA_OAUTH_URL: elsewhere.url.href } : more));
    expect(issuer.seen.length + elsewhere.seen.length).toBe(2);
    await elsewhere.stop();
  });

  it('for a poll of 30 s has a token that outlives it, though an old one is there', async () => {
    await broker();
    await call(credentials());
    clock.move(296_000);
    const token = await (await credentials().tokenFor('orchestration'))?.get({ minimumLife: 30_000 });
    expect(token?.value).toBe('token-2');
  });

  it('by one who still has a token that others had replaced long ago costs no further one', async () => {
    await broker();
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    const [one, other] = [credentials(), credentials()];
    for (const found of [one, other]) await (await found.tokenFor('orchestration'))?.get();
    expect((await call(one)).status).toBe(200);
    clock.move(31_000);
    expect((await call(other)).status).toBe(200);
    expect(issuer.seen).toHaveLength(2);
  });

  it('is asked of the issuer, and of no broker: it would ask itself', async () => {
    let asked = 0;
    await standIn(() => {
      asked += 1;
    });
    const known = new KnownCredentials(clock);
    open.push(known);
    const question = { environment: environment(), api: 'orchestration', minimumLife: 0 } as const;
    expect(await known.answer(question)).toMatchObject({ kind: 'token', value: 'token-1' });
    expect(asked).toBe(0);
  });

  it('is remembered for a hundred environments, and the one that was asked for last is among them', async () => {
    const known = new KnownCredentials(clock);
    open.push(known);
    const ask = (audience: string) =>
      known.answer({
        environment: environment({ CAMUNDA_TOKEN_AUDIENCE: audience }),
        api: 'orchestration',
        minimumLife: 0,
      });
    for (let audience = 0; audience <= 100; audience += 1) await ask(`${audience}`);
    await ask('100');
    expect(issuer.seen).toHaveLength(101);
    await ask('0');
    expect(issuer.seen).toHaveLength(102);
  });

  it('says what the token is good for', async () => {
    await broker();
    issuer.answers(() => granted('scoped', { scope: 'a b' }));
    expect((await (await credentials().tokenFor('orchestration'))?.get())?.scope).toBe('a b');
  });

  it('and cannot be answered for is told in its words', async () => {
    await broker();
    issuer.answers(() => ({ status: 200, body: '<html>' }));
    await expect(call(credentials())).rejects.toMatchObject({
      code: 'TOKEN_ANSWER_UNREADABLE',
      message: expect.stringMatching(/without an access token/),
    });
    expect(issuer.seen).toHaveLength(1);
    await expect(
      call(credentials({ CAMUNDA_MTLS_CERT_PATH: '/none', CAMUNDA_MTLS_KEY_PATH: '/none' })),
    ).rejects.toThrow(/\/none cannot be read/);
  });
});

describe('the directory of a broker', () => {
  it.each<[string, Record<string, string>, string]>([
    ['the one that is named', { STAGEDOOR_BROKER_DIR: '/named', XDG_RUNTIME_DIR: '/run', HOME: '/home' }, '/named'],
    ['that of the login', { STAGEDOOR_BROKER_DIR: '', XDG_RUNTIME_DIR: '/run', HOME: '/home' }, '/run/stagedoor'],
    ['that of the user', { XDG_RUNTIME_DIR: '', HOME: '/home' }, '/home/.stagedoor'],
    ['that of the user, whose name alone is known', { HOME: '' }, join(userInfo().homedir, '.stagedoor')],
    ['that of the user, of whom nothing is said', {}, join(userInfo().homedir, '.stagedoor')],
  ])('is %s, and never one below wherever a program was started', (_what, said, expected) => {
    expect(brokerPlace(said)).toEqual({
      directory: expected,
      socket: `${expected}/broker.sock`,
      file: `${expected}/broker.json`,
    });
  });

  it('is made for its user alone where there is none', async () => {
    const place = brokerPlace({ STAGEDOOR_BROKER_DIR: join(directory, 'new', 'one') });
    open.push(await openBroker({ place, loopback: false, clock }));
    expect(statSync(place.directory).mode & 0o777).toBe(0o700);
    expect((await call(credentials({ STAGEDOOR_BROKER_DIR: place.directory }))).status).toBe(200);
  });

  it('is left without a socket and without a port when its broker ends', async () => {
    for (const loopback of [false, true]) {
      const opened = await openBroker({ place: brokerPlace(environment()), loopback, clock });
      expect(readdirSync(directory)).toHaveLength(1);
      await opened.close();
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it('is none where it is a link, however good what it leads to', async () => {
    const real = join(directory, 'real');
    mkdirSync(real, { mode: 0o700 });
    symlinkSync(real, join(directory, 'link'));
    const place = brokerPlace({ STAGEDOOR_BROKER_DIR: join(directory, 'link') });
    await expect(openBroker({ place, loopback: false })).rejects.toThrow(/is no directory/);
    await call(credentials({ STAGEDOOR_BROKER_DIR: join(directory, 'link') }));
    expect(told).toEqual([expect.stringMatching(/the broker is not asked: .* is no directory/)]);
  });

  it('is none where it belongs to another user', async (ctx) => {
    ctx.skip(process.getuid?.() !== 0, 'needs root, to give a directory away');
    await standIn(answering('{"kind":"token","value":"theirs","life":300000,"left":300000}'));
    chownSync(directory, 65_534, 65_534);
    expect((await call(credentials())).status).toBe(200);
    expect(told).toEqual([expect.stringMatching(/belongs to another user/)]);
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1']);
    await expect(openBroker({ place: brokerPlace(environment()), loopback: false })).rejects.toThrow(/another user/);
  });

  it('with a file in the place of the socket, or of nobody’s port, is asked for nothing', async () => {
    const { file } = brokerPlace(environment());
    for (const content of ['', '[]', '{"port":"1"}', '{"port":1,"bearer":"x"}']) {
      writeFileSync(file, content, { mode: 0o600 });
      expect((await call(credentials())).status).toBe(200);
    }
    expect(issuer.seen).toHaveLength(4);
  });
});
