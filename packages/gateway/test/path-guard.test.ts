import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readTarget } from '../src/listening/path-guard.ts';
import { CLUSTER_ID, closeDoors, openDoor } from './open-door.ts';
import { exchangeBytes, headerOf, jsonOf, parseAnswer } from './raw-http.ts';

afterEach(closeDoors);

const CONTEXT = { basePath: '/camunda', clusterId: CLUSTER_ID };
const urlOf = (target: string, context = CONTEXT): string | null => {
  const read = readTarget(target, context);
  return read.ok ? read.url : null;
};

describe('a path that can be read in two ways', () => {
  it.each([
    ['an encoded dot', '/v2/%2e%2e/topology'],
    ['an encoded dot in capitals', '/v2/%2E/topology'],
    ['one dot encoded, one not', '/v2/.%2e/topology'],
    ['an encoded slash', '/v2%2ftopology'],
    ['an encoded slash in capitals', '/v2%2Ftopology'],
    ['an encoded backslash', '/v2%5ctopology'],
    ['an encoded backslash in capitals', '/v2%5Ctopology'],
    ['an encoded percent sign (double encoding)', '/v2%252ftopology'],
    ['a doubly encoded dot', '/v2/%252e%252e/topology'],
    ['NUL', '/v2/topology%00'],
    ['an encoded line break', '/v2/topology%0d%0aX-Admin:%20yes'],
    ['an encoded escape', '/v2/%1b%5B31mtopology'],
    ['an encoded control character of the second set', '/v2/%c2%9b31mtopology'],
    ['DEL', '/v2/topology%7f'],
    ['a path parameter', '/v2/topology;x'],
    ['a path parameter with a value', '/v2/topology;jsessionid=1'],
    ['a path parameter that hides dots', '/v2/..;/topology'],
    ['an encoded semicolon', '/v2/topology%3bx'],
    ['an encoded semicolon in capitals', '/v2/topology%3Bx'],
    ['a backslash', '/v2\\topology'],
    ['dots', '/v2/../v1/topology'],
    ['a dot', '/v2/./topology'],
    ['dots at the end', '/v2/..'],
    ['a dot at the end', '/v2/.'],
    ['dots at the beginning', '/../v2/topology'],
    ['no percent-encoding', '/v2/%zz'],
    ['half a percent-encoding', '/v2/%4'],
    ['a percent sign at the end', '/v2/topology%'],
    ['a percent-encoding of the old IIS', '/v2/%u002e%u002e/topology'],
    ['an overlong dot', '/v2/%c0%ae%c0%ae/topology'],
    ['an overlong slash', '/v2%c0%aftopology'],
    ['a byte that is no UTF-8', '/v2/%ff'],
    ['half a character', '/v2/%e2%82'],
    ['a surrogate', '/v2/%ed%a0%80'],
    ['a fragment', '/v2/topology#/../../x'],
    ['a fragment after a prefix', `/${CLUSTER_ID}#/v2/topology`],
    ['a space', '/v2/topology HTTP/1.1'],
    ['a tab', '/v2/\ttopology'],
    ['a character that is not ASCII', '/v2/töpology'],
    ['a full-width dot', '/v2/\uff0e\uff0e/topology'],
    ['a full-width slash', '/v2\uff0ftopology'],
    ['no slash at its beginning', 'v2/topology'],
    ['an address in front', 'http://localhost:8080/v2/topology'],
    ['an address of somebody else in front', 'http://evil.example/v2/topology'],
    ['an authority', 'localhost:22'],
    ['an asterisk', '*'],
    ['nothing', ''],
    ['a question mark alone', '?x=/v2/topology'],
  ])('is refused: %s', (_what, target) => {
    expect(urlOf(target)).toBeNull();
  });

  it.each([
    'GET /v2/%2e%2e/topology',
    'GET /v2/..;/topology',
    'GET /v2/topology;x',
    'GET /v2%5ctopology',
    'GET /v2/topology%00',
    'GET /v2/%zz',
    'GET /v2/%ff',
    'GET /v2%252ftopology',
    'GET /v2/topology#x',
    'GET http://evil.example/v2/topology',
    'GET http://localhost/v2/license',
    'OPTIONS *',
  ])('is 400 before anybody is asked who he is: %s', async (line) => {
    const { port, refused } = await openDoor();
    const answer = parseAnswer(
      await exchangeBytes(port, `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ title: 'Bad Request', status: 400, code: 'PATH_AMBIGUOUS' });
    expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
    expect(refused).toEqual([expect.objectContaining({ code: 'PATH_AMBIGUOUS', step: 'path' })]);
  });

  it.each(['GET /v2/t\u00f6pology', 'GET /v2/\u009b31m', 'GET /v2/\u0001topology', 'GET /v2/topo\tlogy'])(
    'is refused by the parser where it is no ASCII text, and reaches no log: %j',
    async (line) => {
      const { port, refused } = await openDoor();
      const answer = parseAnswer(await exchangeBytes(port, `${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
      expect(jsonOf(answer)).toMatchObject({ status: 400, detail: 'the request is not HTTP' });
      expect(refused).toEqual([]);
    },
  );
});

describe('a path that is plain', () => {
  it.each([
    ['as it is', '/v2/topology', '/v2/topology'],
    ['with a query that may hold anything', '/v2/topology?a=%2e%2e/;x=%00\\', '/v2/topology?a=%2e%2e/;x=%00\\'],
    ['with two leading slashes', '//v1/topology', '/v1/topology'],
    ['with many leading slashes', '/////v1/topology', '/v1/topology'],
    ['behind the cluster id', `/${CLUSTER_ID}/v1/topology`, '/v1/topology'],
    ['behind the cluster id and two slashes', `/${CLUSTER_ID}//v1/topology`, '/v1/topology'],
    ['behind slashes and the cluster id', `//${CLUSTER_ID}/v1/topology?x`, '/v1/topology?x'],
    ['behind the base path', '/camunda/v2/topology', '/v2/topology'],
    ['behind base path and cluster id', `/camunda/${CLUSTER_ID}/v2/topology`, '/v2/topology'],
    ['of the base path alone', '/camunda', '/'],
    ['of the base path and a slash', '/camunda/', '/'],
    ['of the cluster id alone, with a query', `/${CLUSTER_ID}?a=b`, '/?a=b'],
    ['with dots inside a name', '/v2/resources/a..b', '/v2/resources/a..b'],
    ['with three dots', '/v2/...', '/v2/...'],
    ['with an encoded letter', '/v2/%74opology', '/v2/%74opology'],
    ['with an encoded character', '/v2/users/%c3%bc', '/v2/users/%c3%bc'],
    ['with an encoded space', '/v2/users/a%20b', '/v2/users/a%20b'],
  ])('is read %s', (_how, target, url) => {
    expect(urlOf(target)).toBe(url);
  });

  it.each([
    ['the cluster id as the beginning of a longer segment', `/${CLUSTER_ID}x/v1/topology`],
    ['the base path as the beginning of a longer segment', '/camundax/v2/topology'],
    ['the cluster id in other letters', `/${CLUSTER_ID.toUpperCase()}/v1/topology`],
    ['the cluster id with an encoded letter', `/%36${CLUSTER_ID.slice(1)}/v1/topology`],
    ['somebody else before it', '/anything/v2/topology'],
  ])('keeps %s', (_what, target) => {
    expect(urlOf(target)).toBe(target);
  });

  it.each([
    ['the cluster id twice', `/${CLUSTER_ID}/${CLUSTER_ID}/v1/topology`, `/${CLUSTER_ID}/v1/topology`],
    ['the base path twice', '/camunda/camunda/v2/topology', '/camunda/v2/topology'],
    ['the base path behind the cluster id', `/${CLUSTER_ID}/camunda/v2/topology`, '/camunda/v2/topology'],
  ])('takes a prefix off once: %s', (_what, target, url) => {
    expect(urlOf(target)).toBe(url);
  });

  it('has no prefix taken off where none is configured', () => {
    expect(urlOf('/v2/topology', { basePath: '', clusterId: CLUSTER_ID })).toBe('/v2/topology');
  });

  it('never reads as a path with dots, whatever is written', () => {
    const piece = fc.constantFrom(
      '.',
      '..',
      '/',
      '%',
      '2',
      'e',
      '%2e',
      '%2F',
      ';',
      '\\',
      'v2',
      '?',
      CLUSTER_ID,
      'camunda',
      '%c0',
      '%ae',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const url = urlOf(`/${pieces.join('')}`);
        if (url === null) return;
        const [path = ''] = url.split('?', 1);
        const decoded = decodeURIComponent(path);
        expect(path).toMatch(/^\/(?!\/)/);
        expect(new URL(path, 'http://localhost').pathname).toBe(path);
        expect(decoded.split('/')).toEqual(path.split('/').map(decodeURIComponent));
        expect(decoded).not.toMatch(/[\\;\u0000-\u001f]|(?:^|\/)\.{1,2}(?:\/|$)/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('the way in front of a path', () => {
  it('is answered behind the cluster id as without it, and says the path as it was written', async () => {
    const { send } = await openDoor();
    expect((await send({ path: `//${CLUSTER_ID}//v2/license` })).status).toBe(200);
    const answer = await send({ path: `/${CLUSTER_ID}/v2/topology?secret=1` });
    expect(answer.status).toBe(401);
    expect(jsonOf(answer).instance).toBe(`/${CLUSTER_ID}/v2/topology`);
  });

  it('is no way around a decision: another id in front of a path is an unknown path', async () => {
    const { send } = await openDoor();
    expect((await send({ path: '/another-cluster/v2/license' })).status).toBe(404);
    expect((await send({ path: `/${CLUSTER_ID}x/v2/license` })).status).toBe(404);
    expect((await send({ path: '/anything/actuator/health' })).status).toBe(404);
  });
});
