import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManagement, type Listener, listen, Metrics } from '../src/index.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { type Answer, exchange, exchangeBytes, headerOf, jsonOf, parseAnswer } from './raw-http.ts';

afterEach(closeDoors);

const REFUSED: readonly string[] = [
  'evil.com',
  'evil.com:8080',
  'localhost.evil.com',
  '127.0.0.1.evil.com',
  '127.0.0.1.nip.io:8080',
  'localhost.evil.com.',
  'evillocalhost',
  'evil-localhost:80',
  'notlocalhost.',
  'localhost..',
  'localhost.localdomain',
  '0x7f000001',
  '2130706433',
  '127.1',
  '0177.0.0.1',
  '127.0.0.256',
  'localhost@evil.com',
  'evil.com@localhost',
  'localhost:8080@evil.com',
  'user:password@localhost',
  'localhost:port',
  'localhost:',
  'localhost:123456',
  'localhost:80:80',
  'localhost/evil.com',
  'localhost?evil.com',
  'localhost#evil.com',
  'evil.com\\.localhost/',
  'evil.com/.localhost',
  'evil.com, localhost',
  'localhost, evil.com',
  'localhost evil.com',
  '::1',
  '[::1',
  '[::1]evil.com',
  '[::1].localhost',
  '[evil.com]',
  '[127.0.0.1]',
  '[::1%25lo]',
  '[::ffff:evil]',
  'lοcalhost',
  '',
];

const ANSWERED: readonly string[] = [
  'localhost',
  'localhost:8080',
  'localhost.:8080',
  'LOCALHOST:8080',
  'LocalHost.',
  '127.0.0.1',
  '127.0.0.1:1',
  '192.168.1.20:8080',
  '0.0.0.0:8080',
  '[::1]',
  '[::1]:8080',
  '[0:0:0:0:0:0:0:1]:8080',
  '[::ffff:127.0.0.1]:8080',
  'bru-2.operate.localhost',
  'bru-2.operate.localhost:8080',
  'BRU-2.ZEEBE.LOCALHOST:8080',
  'bru-2.api.localhost.',
  'door.example',
  'DOOR.example.:443',
];

const doors = {
  gateway: async (): Promise<number> => (await openDoor({ hosts: ['Door.Example'] })).port,
  management: async (): Promise<number> => {
    const health = { live: () => true, ready: async () => true };
    management = await listen(
      createManagement({ health, metrics: new Metrics(), hosts: ['Door.Example'] }),
      ['127.0.0.1'],
      0,
    );
    return management.port;
  },
};
const PUBLIC = { gateway: '/v2/license', management: '/actuator/health' } as const;
let management: Listener | null = null;

afterEach(async () => {
  management?.destroy();
  await management?.drain();
  management = null;
});

function expectMisdirected(answer: Answer): void {
  expect(answer.status).toBe(421);
  expect(headerOf(answer, 'content-type')).toBe('application/problem+json');
  expect(jsonOf(answer)).toMatchObject({ title: 'Misdirected Request', status: 421, code: 'HOST_REFUSED' });
}

describe.each(['gateway', 'management'] as const)('the %s listener', (which) => {
  const path = PUBLIC[which];
  let port: number;
  beforeEach(async () => {
    port = await doors[which]();
  });

  it.each(REFUSED)('refuses the Host %j with 421', async (host) => {
    const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expectMisdirected(parseAnswer(await exchangeBytes(port, bytes)));
  });

  it.each([
    ['the good one first', 'Host: localhost\r\nHost: evil.com'],
    ['the bad one first', 'Host: evil.com\r\nHost: localhost'],
    ['two good ones in other letters', 'Host: localhost\r\nhOST: localhost'],
  ])('refuses two Host headers, %s', async (_which, hosts) => {
    expectMisdirected(
      parseAnswer(await exchangeBytes(port, `GET ${path} HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`)),
    );
  });

  it('refuses HTTP/1.0 without a Host', async () => {
    expectMisdirected(parseAnswer(await exchangeBytes(port, `GET ${path} HTTP/1.0\r\n\r\n`)));
  });

  it('refuses HTTP/1.1 without a Host', async () => {
    expect(parseAnswer(await exchangeBytes(port, `GET ${path} HTTP/1.1\r\n\r\n`)).status).toBe(400);
  });

  it('refuses a strange Host beside a forwarded one that would do', async () => {
    const headers = [
      ['Host', 'evil.com'],
      ['X-Forwarded-Host', 'localhost'],
      ['Forwarded', 'host=localhost'],
    ] as const;
    expectMisdirected(await exchange(port, { path, headers }));
  });

  it('still refuses a name after it was asked for thousands of others', async () => {
    for (let index = 0; index < 600; index++) await exchange(port, { path, headers: [['Host', `n${index}.evil.com`]] });
    expectMisdirected(await exchange(port, { path, headers: [['Host', 'evil.com']] }));
    expect((await exchange(port, { path, headers: [['Host', 'localhost']] })).status).toBe(200);
  });

  it.each(ANSWERED)('answers for the Host %j', async (host) => {
    expect((await exchange(port, { path, headers: [['Host', host]] })).status).toBe(200);
  });
});

describe('a refused Host', () => {
  it('is told in the log and in the counts, and nothing of it in the answer', async () => {
    const { send, refused, door } = await openDoor();
    const answer = await send({ path: '/v2/topology?secret=1', headers: [['Host', 'evil.example']] });
    expect(answer.body).not.toContain('evil');
    expect(refused).toEqual([
      expect.objectContaining({
        code: 'HOST_REFUSED',
        step: 'host',
        status: 421,
        method: 'GET',
        path: '/v2/topology',
        address: '127.0.0.1',
      }),
    ]);
    expect(door.metrics.refusals.get('HOST_REFUSED')).toBe(1);
  });

  it('comes before every other judgement of the request', async () => {
    const { send } = await openDoor();
    for (const [method, path] of [
      ['GET', '/v2/%2e%2e/x'],
      ['POST', '/nope'],
      ['TRACE', '/'],
      ['OPTIONS', '*'],
    ] as const) {
      expectMisdirected(await send({ method, path, headers: [['Host', 'evil.com']] }));
    }
  });

  it('ends with the server unable to be reached by a rebound name in `none`, where nothing else would stop it', async () => {
    const { send, cluster } = await openDoor({ method: 'none' });
    const headers = [
      ['Host', 'rebound.example:8080'],
      ['Content-Type', 'application/json'],
    ] as const;
    expectMisdirected(await send({ path: '/v2/topology', headers }));
    expectMisdirected(
      await send({ method: 'POST', path: '/v2/process-instances', headers, body: '{"processDefinitionId":"order"}' }),
    );
    expect(cluster.asked.created).toBe(0);
  });
});
