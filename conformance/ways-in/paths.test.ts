import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeBytes } from '../../packages/gateway/test/raw-http.ts';
import { basic } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

let program: Program;
let ports: { readonly rest: number; readonly issuer: number; readonly management: number };
beforeAll(async () => {
  program = await startProgram({
    args: [...FREE_PORTS, '--method', 'basic', '--memory'],
    yaml: 'server.servlet.context-path: /house',
  });
  const portOf = (origin: string | null) => Number(new URL(origin ?? '').port);
  ports = { rest: portOf(program.rest), issuer: portOf(program.issuer), management: portOf(program.management) };
});
afterAll(() => program.stop());

const AUTHORIZED = `Authorization: ${basic('demo', 'demo').authorization}`;

type Sent = { readonly status: number; readonly text: string };

async function send(port: number, lines: readonly string[], body = ''): Promise<Sent> {
  const text = await exchangeBytes(port, `${lines.join('\r\n')}\r\n\r\n${body}`);
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]), text };
}

const get = (path: string, ...more: string[]) =>
  send(ports.rest, [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...more]);

/** An answer from a handler has one of these; a refusal has none. */
const SECRETS = /gatewayVersion|clusterSize|"status":"UP"|process_cpu|stagedoor_refusals|access_token|"keys":\[/;

describe('a path that two parsers could read in two ways', () => {
  it.each([
    '/v2/%2e%2e/v2/topology',
    '/%2e%2e/v2/topology',
    '/v2/../v2/topology',
    '/v2/./topology',
    '/v2/..;/v2/topology',
    '/v2/topology;jsessionid=1',
    '/v2;x/topology',
    '/v2/topology%3b',
    '/v2%2ftopology',
    '/v2%2Ftopology',
    '/v2%5ctopology',
    '/v2\\topology',
    '/v2/topology%00',
    '/v2/topology%00.html',
    '/v2/topology%0a',
    '/v2/topology%',
    '/v2/topology%2',
    '/v2/topology%zz',
    '/v2/%25%32%65/topology',
    '/v2/%c0%af/topology',
    '/v2/topolog%c1%b9',
    '/v2/topology#fragment',
    'v2/topology',
    '*',
  ])('is 400 with good credentials as without: %s', async (path) => {
    for (const headers of [[AUTHORIZED], []]) {
      const { status, text } = await get(path, ...headers);
      expect([path, status]).toEqual([path, 400]);
      expect(text).not.toMatch(SECRETS);
    }
  });

  it.each([
    '/v2//topology',
    '/v2/topology/',
    '/V2/topology',
    '/v2/Topology',
    '/v2/topology.json',
    '/v2/topology/..%2f',
    '/house/house/v2/topology',
    '/house//house/v2/topology',
    '/another/v2/topology',
    '/*/v2/topology',
    '/house/another/v2/topology',
    '/v2/%74opology/x',
  ])('is nothing that is served: %s', async (path) => {
    const { status, text } = await get(path, AUTHORIZED);
    expect([path, [400, 404].includes(status)]).toEqual([path, true]);
    expect(text).not.toMatch(SECRETS);
  });

  it.each([
    '/v2/%74opology',
    '/v2/topology?x=..%2f',
    '//v2/topology',
    '///v2/topology',
    '/house/v2/topology',
    '/house//v2/topology',
  ])('asks for credentials however it is written, where it is one path: %s', async (path) => {
    const bare = await get(path);
    expect([path, bare.status, SECRETS.test(bare.text)]).toEqual([path, 401, false]);
  });
});

describe('the context path of the cluster', () => {
  it('is the cluster’s own id, literally, and nothing else', async () => {
    const id = program.clusterId;
    for (const path of [`/${id}/v2/topology`, `/house/${id}/v2/topology`, `//${id}//v2/topology`]) {
      expect([path, (await get(path, AUTHORIZED)).status, (await get(path)).status]).toEqual([path, 200, 401]);
    }
    for (const path of [
      `/${id.toUpperCase()}/v2/topology`,
      `/${id.replace(/^./, '%$&')}/v2/topology`,
      `/${id}x/v2/topology`,
      `/${id}/${id}/v2/topology`,
      '/{clusterId}/v2/topology',
      '/00000000-0000-0000-0000-000000000000/v2/topology',
    ]) {
      const { status, text } = await get(path, AUTHORIZED);
      expect([path, [400, 404].includes(status), SECRETS.test(text)]).toEqual([path, true, false]);
    }
  });
});

describe('health and metrics', () => {
  it('are on the management port alone, whatever stands in front', async () => {
    const paths = [
      '/actuator',
      '/actuator/health',
      '/actuator/prometheus',
      '//actuator/prometheus',
      `/${program.clusterId}/actuator/health`,
      '/house/actuator/health',
      '/anything/actuator/health',
      '/v2/actuator/health',
      '/%61ctuator/health',
      '/actuator/health/..;/v2/topology',
    ];
    for (const path of paths) {
      for (const port of [ports.rest, ports.issuer]) {
        const { status, text } = await send(port, [
          `GET ${path} HTTP/1.1`,
          'Host: localhost',
          'Connection: close',
          AUTHORIZED,
        ]);
        expect([path, [400, 404].includes(status), SECRETS.test(text)]).toEqual([path, true, false]);
      }
    }
  });

  it('are all that the management port has', async () => {
    for (const path of [
      '/',
      '/actuator',
      '/actuator/env',
      '/actuator/shutdown',
      '/actuator/health/',
      '//actuator/health',
      '/x/../actuator/health',
      '/v2/topology',
      '/actuator/health;x',
      '/actuator/%68ealth',
    ]) {
      const { status } = await send(ports.management, [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close']);
      expect([path, status]).toEqual([path, 404]);
    }
    const { status } = await send(ports.management, [
      'POST /actuator/health HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      'Content-Length: 0',
    ]);
    expect(status).toBe(405);
  });
});

describe('a realm of the issuer', () => {
  it.each([
    'master',
    'camunda-platform/../camunda-platform',
    'Camunda-platform',
    'camunda-platform%2f',
    '%63amunda-platform;x',
  ])('that is not the one is not served: %s', async (realm) => {
    const path = `/auth/realms/${realm}/protocol/openid-connect/certs`;
    const { status, text } = await send(ports.issuer, [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close']);
    expect([realm, [400, 404].includes(status), SECRETS.test(text)]).toEqual([realm, true, false]);
  });
});

describe('a Host that is not one of ours', () => {
  const HOSTS = [
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    'localhost@evil.example',
    'evil.example#localhost',
    '127.0.0.1.nip.io',
    '0x7f000001',
    '2130706433',
    '127.1',
    '[::1].evil.example',
    'localhost:80:80',
    'localhost, evil.example',
    '',
  ];

  it.each(HOSTS)('is refused on every listener: %s', async (host) => {
    const asked = [
      [ports.rest, '/v2/topology'],
      [ports.rest, '/'],
      [ports.issuer, '/.well-known/openid-configuration'],
      [ports.management, '/actuator/health'],
    ] as const;
    for (const [port, path] of asked) {
      const { status, text } = await send(port, [
        `GET ${path} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: close',
        AUTHORIZED,
      ]);
      expect([path, status]).toEqual([path, 421]);
      expect(text).not.toMatch(SECRETS);
      expect(text).not.toContain(program.clusterId);
    }
  });

  it.each([
    ['missing', ['GET /v2/topology HTTP/1.1']],
    ['there twice', ['GET /v2/topology HTTP/1.1', 'Host: localhost', 'Host: evil.example']],
    ['there twice, ours last', ['GET /v2/topology HTTP/1.1', 'Host: evil.example', 'Host: localhost']],
    ['missing in HTTP/1.0', ['GET /v2/topology HTTP/1.0']],
  ])('is refused where it is %s', async (_, lines) => {
    const { status, text } = await send(ports.rest, [...lines, 'Connection: close', AUTHORIZED]);
    expect([status === 400 || status === 421, SECRETS.test(text)]).toEqual([true, false]);
  });

  it('is not replaced by X-Forwarded-Host, nor by an absolute form', async () => {
    const forwarded = await send(ports.rest, [
      'GET /v2/topology HTTP/1.1',
      'Host: evil.example',
      'X-Forwarded-Host: localhost',
      'Forwarded: host=localhost',
      'Connection: close',
      AUTHORIZED,
    ]);
    expect(forwarded.status).toBe(421);
    // RFC 9112 section 3.2.2: a server has to take the absolute form; one that never is a proxy may refuse it.
    for (const target of [
      'http://localhost/v2/topology',
      'http://evil.example/v2/topology',
      '//evil.example/v2/topology',
    ]) {
      const { status, text } = await get(target, AUTHORIZED);
      expect([target, [400, 404, 421].includes(status), SECRETS.test(text)]).toEqual([target, true, false]);
    }
  });
});

describe('hop-by-hop tricks', () => {
  it.each(['authorization', 'Authorization, close', 'close, cookie, authorization'])(
    'change nothing about who is asking: Connection: %s',
    async (connection) => {
      const lines = ['GET /v2/topology HTTP/1.1', 'Host: localhost', `Connection: ${connection}`];
      const ask = (...more: string[]) =>
        send(ports.rest, [...lines, ...more, ...(connection.includes('close') ? [] : ['Connection: close'])]);
      expect((await ask()).status).toBe(401);
      expect((await ask(AUTHORIZED)).status).toBe(200);
      expect((await ask('Authorization: Basic eDp5')).status).toBe(401);
    },
  );

  it.each([
    'X-Original-URL: /v2/status',
    'X-Rewrite-URL: /v2/status',
    'X-HTTP-Method-Override: GET',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-User: demo',
    'X-Forwarded-Prefix: /v2',
    'X-Remote-User: demo',
    'X-SSL-Client-Verify: SUCCESS',
    'Proxy-Authorization: Basic ZGVtbzpkZW1v',
  ])('of a proxy are believed of nobody: %s', async (header) => {
    expect((await get('/v2/topology', header)).status).toBe(401);
  });

  it.each([
    ['two Authorization headers', [AUTHORIZED, AUTHORIZED], 400],
    ['two, of which one is good', ['Authorization: Bearer x', AUTHORIZED], 400],
    ['one with a folded line', ['Authorization: Basic', ' ZGVtbzpkZW1v'], 400],
    ['a space before the colon', ['Authorization : Basic ZGVtbzpkZW1v'], 400],
  ])('in the shape of %s are refused', async (_, headers, expected) => {
    const { status, text } = await get('/v2/topology', ...headers);
    expect([status, SECRETS.test(text)]).toEqual([expected, false]);
  });
});

describe('a request that could hide another', () => {
  const HIDDEN = 'GET /v2/topology HTTP/1.1\r\nHost: localhost\r\n\r\n';

  it.each([
    ['both lengths', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`],
    ['both lengths, the other way round', ['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${HIDDEN}`],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${HIDDEN.length}`], HIDDEN],
    ['two lengths in one', [`Content-Length: 0, ${HIDDEN.length}`], HIDDEN],
    ['a length with a sign', ['Content-Length: +0'], HIDDEN],
    ['a length in hexadecimal', ['Content-Length: 0x0'], HIDDEN],
    ['a coding that nobody knows', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${HIDDEN}`],
    ['a coding written oddly', ['Transfer-Encoding:\u000bchunked'], `0\r\n\r\n${HIDDEN}`],
    ['chunked not at the end', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${HIDDEN}`],
    ['chunk sizes that are none', ['Transfer-Encoding: chunked'], `0x0\r\n\r\n${HIDDEN}`],
    ['a bare line feed after the headers', ['X-Bare: a\nTransfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`],
  ])('is refused, and the connection with it: %s', async (_, headers, body) => {
    for (const port of Object.values(ports)) {
      const { text } = await send(
        port,
        ['POST /v2/topology HTTP/1.1', 'Host: localhost', AUTHORIZED, ...headers],
        body,
      );
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      // Its head may have been refused before the parser gave up on the rest; the hidden one would be another 401, 404 or 405.
      expect(statuses.every((status) => status >= 400)).toBe(true);
      expect(statuses.filter((status) => status !== 400).length).toBeLessThanOrEqual(1);
      expect(statuses.length).toBeLessThanOrEqual(2);
      expect(text).not.toMatch(SECRETS);
    }
  });

  it('is answered twice only where it is plainly two', async () => {
    const { text } = await send(
      ports.rest,
      ['GET /v2/topology HTTP/1.1', 'Host: localhost'],
      'GET /v2/topology HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(text.match(/HTTP\/1\.1 401 /g)).toHaveLength(2);
  });
});
