import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TokenVerdict } from '@stagedoor/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createTokenVerifier,
  type RemoteKeySource,
  type RemoteKeySourceOptions,
  remoteKeySource,
} from '../src/index.ts';
import { foreignPolicy, jwkOf, type MovableClock, movableClock, rsaKey, sign, type TestKey } from './foreign-issuer.ts';

const first = rsaKey('first');
const second = rsaKey('second');
const third = rsaKey('third');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let clock: MovableClock;
let server: Server;
let base: string;
let answers: Map<string, Answer>;
let requests: string[];
let timeouts: AbortController[];
let problems: string[];

const json =
  (body: unknown, status = 200): Answer =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const publish = (...keys: readonly TestKey[]) => answers.set('/certs', json({ keys: keys.map((key) => jwkOf(key)) }));
const fetches = (path = '/certs') => requests.filter((url) => url === path).length;

beforeEach(async () => {
  clock = movableClock();
  answers = new Map();
  requests = [];
  timeouts = [];
  problems = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    (answers.get(request.url ?? '') ?? json({}, 404))(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterEach(async () => {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

function sourceOf(more: Partial<RemoteKeySourceOptions> = {}): RemoteKeySource {
  const deadline = () => {
    const controller = new AbortController();
    timeouts.push(controller);
    return controller.signal;
  };
  return remoteKeySource({
    from: { jwksUri: `${base}/certs` },
    clock,
    deadline,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
}

function verifierOf(
  source: RemoteKeySource,
): (key: TestKey, header?: Readonly<Record<string, unknown>>) => Promise<TokenVerdict> {
  const verifier = createTokenVerifier({ policies: [foreignPolicy(source, { issuers: [base] })], clock });
  // Each token is new, so that none is remembered.
  let count = 0;
  return async (key, header) => {
    count += 1;
    const token = sign(
      { iss: base, client_id: 'c', aud: 'orchestration-api', exp: clock.now() / 1000 + 600, jti: count },
      key,
      header,
    );
    return verifier.verify({ token, api: 'orchestration', method: 'GET', url: '/' });
  };
}

describe('keys by their address', () => {
  it('are fetched when the first token needs them, once for all that wait', async () => {
    publish(first);
    const verify = verifierOf(sourceOf());
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => verify(first)));
    expect(verdicts.every((verdict) => verdict.kind === 'verified')).toBe(true);
    expect(fetches()).toBe(1);
  });

  it('are there already after a prefetch, which never rejects', async () => {
    publish(first);
    const source = sourceOf();
    await source.prefetch();
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
    answers.clear();
    await sourceOf().prefetch();
    expect(problems).toHaveLength(1);
  });

  it('are fetched once for ten thousand unknown kids, and known keys do not wait for it', async () => {
    publish(first);
    const source = sourceOf();
    await source.prefetch();
    clock.move(30_000);
    const unknown = Array.from({ length: 10_000 }, (_, index) => source.find(`random ${index}`, 'RS256'));
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
    expect((await Promise.all(unknown)).every((answer) => answer.kind === 'unknown')).toBe(true);
    expect(fetches()).toBe(2);
    expect(await source.find('another', 'RS256')).toEqual({ kind: 'unknown' });
    expect(fetches()).toBe(2);
  });

  it('follow a rotation at once after the cooldown, which is 30 seconds at most', async () => {
    publish(first);
    const verify = verifierOf(sourceOf());
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    publish(first, second);
    expect(await verify(second)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    clock.move(30_000);
    expect(await verify(second)).toMatchObject({ kind: 'verified' });
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
  });

  it('that left the set do not verify any more, once somebody looked', async () => {
    publish(first);
    const source = sourceOf();
    const verify = verifierOf(source);
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    publish(second);
    clock.move(30_000);
    expect(await verify(second)).toMatchObject({ kind: 'verified' });
    expect(await verify(first)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  });

  it('are renewed in the background after five minutes, without anybody waiting', async () => {
    publish(first);
    const source = sourceOf();
    await source.prefetch();
    publish(second);
    clock.move(300_000);
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
    await source.prefetch();
    expect(fetches()).toBe(2);
    expect(source.epoch).toBe(2);
    expect(await source.find('first', 'RS256')).toEqual({ kind: 'unknown' });
  });

  it('are waited for after ten idle minutes: a key taken back meanwhile does not verify even once', async () => {
    publish(first);
    const verify = verifierOf(sourceOf());
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    publish(second);
    clock.move(600_000);
    expect(await verify(first)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  });

  it('keep their epoch while the set stays the same', async () => {
    publish(first, second);
    const source = sourceOf();
    await source.prefetch();
    publish(second, first);
    await source.prefetch();
    expect(fetches()).toBe(2);
    expect(source.epoch).toBe(1);
  });

  it('are all revoked by an empty set', async () => {
    publish(first);
    const source = sourceOf();
    const verify = verifierOf(source);
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    publish();
    await source.prefetch();
    expect(await verify(first)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  });

  it('that are for encryption, of another type, too short or broken are ignored', async () => {
    const short = { ...jwkOf(first, { kid: 'short' }), n: Buffer.alloc(128, 0xff).toString('base64url') };
    const keys = [
      jwkOf(second, { kid: 'enc', use: 'enc' }),
      jwkOf(second, { kid: 'ops', use: undefined, key_ops: ['encrypt'] }),
      jwkOf(second, { kid: 'ps', alg: 'PS256' }),
      { kty: 'oct', k: 'AAAA', kid: 'oct', alg: 'HS256' },
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'off the curve' },
      { kty: 'RSA', kid: 'without members' },
      short,
      jwkOf(first),
    ];
    answers.set('/certs', json({ keys }));
    const source = sourceOf();
    const verify = verifierOf(source);
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    for (const kid of ['enc', 'ops', 'ps', 'oct', 'off the curve', 'without members', 'short']) {
      expect(await verify(second, { kid })).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    }
  });
});

describe('an issuer that is down', () => {
  const broken: readonly (readonly [string, Answer])[] = [
    ['answers 503', json({}, 503)],
    ['answers 404', json({}, 404)],
    ['answers HTML', json('<html>')],
    ['answers a set without keys', json({})],
    ['answers a set whose keys are no list', json({ keys: {} })],
    ['answers a set with a text among its keys', json({ keys: ['first'] })],
    ['names its keys twice', json('{"keys":[],"keys":[]}')],
    ['answers with a thousand keys', json({ keys: Array.from({ length: 1000 }, () => ({ kty: 'x' })) })],
    ['answers a megabyte', json({ keys: [], filler: 'x'.repeat(1_000_000) })],
    [
      'breaks off',
      (_request, response) =>
        response.writeHead(200, { 'content-length': '100' }).write('{"keys"', () => response.destroy()),
    ],
    [
      'redirects to another origin',
      (_request, response) => response.writeHead(302, { location: 'http://localhost:1/certs' }).end(),
    ],
    ['redirects to itself for ever', (_request, response) => response.writeHead(302, { location: '/certs' }).end()],
    ['redirects to nowhere', (_request, response) => response.writeHead(302).end()],
  ];

  it.each(broken)(
    'and %s: known keys keep working, unknown ones are unavailable, never refused',
    async (_name, answer) => {
      publish(first);
      const source = sourceOf();
      const verify = verifierOf(source);
      expect(await verify(first)).toMatchObject({ kind: 'verified' });
      answers.set('/certs', answer);
      clock.move(30_000);
      expect(await verify(second)).toMatchObject({ kind: 'unavailable' });
      expect(await verify(first)).toMatchObject({ kind: 'verified' });
      expect(problems).toHaveLength(1);
      clock.move(600_000);
      expect(await verify(first)).toMatchObject({ kind: 'verified' });
      expect(await verify(first)).toMatchObject({ kind: 'verified' });
      expect(source.epoch).toBe(1);
      // Waits for the attempt that goes on in the background.
      await source.prefetch();
    },
  );

  it('and redirects to another origin, where keys are: nobody asks there', async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      json({ keys: [jwkOf(first)] })(request, response);
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const address = elsewhere.address();
    const location = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/certs`;
    answers.set('/certs', (_request, response) => response.writeHead(302, { location }).end());
    expect(await verifierOf(sourceOf())(first)).toMatchObject({ kind: 'unavailable' });
    expect(asked).toEqual([]);
    elsewhere.closeAllConnections();
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  it('and answers without end: nobody reads on beyond the bound', async () => {
    const hungUp = Promise.withResolvers<void>();
    answers.set('/certs', (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more).on('close', () => hungUp.resolve());
      more();
    });
    // No deadline comes to help.
    expect(await verifierOf(sourceOf())(first)).toMatchObject({ kind: 'unavailable' });
    await hungUp.promise;
    expect(problems).toEqual([expect.stringContaining('larger than')]);
  });

  it('is none where it redirects within its own origin', async () => {
    answers.set('/certs', (_request, response) => response.writeHead(307, { location: '/moved' }).end());
    answers.set('/moved', json({ keys: [jwkOf(first)] }));
    expect(await verifierOf(sourceOf())(first)).toMatchObject({ kind: 'verified' });
  });

  it('at the start: unavailable with the time to wait, one attempt per cooldown, and it recovers by itself', async () => {
    answers.set('/certs', json({}, 500));
    const verify = verifierOf(sourceOf());
    const verdict = await verify(first);
    expect(verdict).toMatchObject({ kind: 'unavailable' });
    const wait = verdict.kind === 'unavailable' ? verdict.retryAfterSeconds : 0;
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(30);
    publish(first);
    expect(await verify(first)).toMatchObject({ kind: 'unavailable' });
    expect(fetches()).toBe(1);
    clock.move(wait * 1000);
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
  });

  it('and cannot even be connected to', async () => {
    publish(first);
    const verify = verifierOf(sourceOf());
    await verify(first);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    clock.move(30_000);
    expect(await verify(second)).toMatchObject({ kind: 'unavailable' });
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
  });

  it.each(['never answers', 'answers one byte and no more'])(
    'and %s: nobody waits beyond the deadline',
    async (name) => {
      const asked = Promise.withResolvers<void>();
      answers.set('/certs', (_request, response) => {
        if (name.includes('one byte')) response.writeHead(200).write('{');
        asked.resolve();
      });
      const verify = verifierOf(sourceOf());
      const waiting = [verify(first), verify(second)];
      await asked.promise;
      expect(timeouts).toHaveLength(1);
      timeouts[0]?.abort();
      for (const verdict of await Promise.all(waiting)) expect(verdict).toMatchObject({ kind: 'unavailable' });
    },
  );

  it('asks for five seconds at most', async () => {
    publish(first);
    const asked: number[] = [];
    const deadline = (milliseconds: number) => {
      asked.push(milliseconds);
      return new AbortController().signal;
    };
    await sourceOf({ deadline }).prefetch();
    expect(asked).toEqual([5_000]);
  });

  it('with a clock that was set back: keys are still looked for', async () => {
    publish(first);
    const verify = verifierOf(sourceOf());
    await verify(first);
    publish(first, second);
    clock.move(-3_600_000);
    expect(await verify(second)).toMatchObject({ kind: 'verified' });
  });
});

describe('keys by discovery', () => {
  const METADATA = '/.well-known/openid-configuration';
  const discovered = (more: Partial<RemoteKeySourceOptions> = {}) => sourceOf({ from: { issuer: base }, ...more });

  it('are where the issuer says, which is asked once', async () => {
    publish(first);
    answers.set(METADATA, json({ issuer: base, jwks_uri: `${base}/certs` }));
    const source = discovered();
    const verify = verifierOf(source);
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    await source.prefetch();
    expect([fetches(METADATA), fetches()]).toEqual([1, 2]);
  });

  it('are found through RFC 8414 where there is no OpenID document, below the path of the issuer', async () => {
    publish(first);
    const issuer = `${base}/tenant/one`;
    answers.set('/.well-known/oauth-authorization-server/tenant/one', json({ issuer, jwks_uri: `${base}/certs` }));
    const source = sourceOf({ from: { issuer } });
    await source.prefetch();
    expect(requests[0]).toBe('/tenant/one/.well-known/openid-configuration');
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
  });

  it('are found again where the issuer moves them', async () => {
    publish(first);
    answers.set(METADATA, json({ issuer: base, jwks_uri: `${base}/certs` }));
    const source = discovered();
    await source.prefetch();
    answers.delete('/certs');
    answers.set(METADATA, json({ issuer: base, jwks_uri: `${base}/moved` }));
    answers.set('/moved', json({ keys: [jwkOf(second)] }));
    await source.prefetch();
    await source.prefetch();
    expect(source.find('second', 'RS256')).toMatchObject({ kind: 'keys' });
  });

  it('are taken where the document names the issuer by an alias that is configured, and by no other', async () => {
    publish(first);
    for (const [issuer, kind] of [
      ['https://public.example', 'verified'],
      ['https://public.example/', 'unavailable'],
      ['https://evil.example', 'unavailable'],
    ] as const) {
      answers.set(METADATA, json({ issuer, jwks_uri: `${base}/certs` }));
      const source = sourceOf({ from: { issuer: base, aliases: ['https://public.example', 'public'] } });
      expect(await verifierOf(source)(first)).toMatchObject({ kind });
    }
  });

  it.each([
    ['names another issuer', () => ({ issuer: 'https://evil.example', jwks_uri: `${base}/certs` })],
    ['names the issuer with a slash after it', () => ({ issuer: `${base}/`, jwks_uri: `${base}/certs` })],
    ['names no issuer', () => ({ jwks_uri: `${base}/certs` })],
    ['names no keys', () => ({ issuer: base })],
    ['has its keys in a file', () => ({ issuer: base, jwks_uri: 'file:///etc/passwd' })],
    [
      'has a password in the address of its keys',
      () => ({ issuer: base, jwks_uri: base.replace('//', '//user:secret@') }),
    ],
  ])('are not taken where the document %s', async (_name, document) => {
    publish(first);
    answers.set(METADATA, json(document()));
    expect(await verifierOf(discovered())(first)).toMatchObject({ kind: 'unavailable' });
    expect(fetches()).toBe(0);
    expect(problems.join()).not.toContain('secret');
  });

  it('are not taken from http where the issuer is https', async () => {
    const issuer = 'https://issuer.example';
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return new Response(JSON.stringify({ issuer, jwks_uri: 'http://issuer.example/certs' }));
    };
    await sourceOf({ from: { issuer }, fetch }).prefetch();
    expect(asked).toEqual(['https://issuer.example/.well-known/openid-configuration']);
  });
});

describe('additional key sets', () => {
  it('count as the issuer’s, and an unreachable one leaves the others working', async () => {
    publish(first);
    answers.set('/more', json({ keys: [jwkOf(second)] }));
    const source = sourceOf({ additionalJwksUris: [`${base}/more`, `${base}/absent`] });
    const verify = verifierOf(source);
    expect(await verify(first)).toMatchObject({ kind: 'verified' });
    expect(await verify(second)).toMatchObject({ kind: 'verified' });
    // The key may be in the set that cannot be had.
    expect(await verify(third)).toMatchObject({ kind: 'unavailable' });
    expect(problems).toEqual([expect.stringContaining('/absent')]);
  });
});

it.each(['ftp://issuer.example', 'file:///etc/passwd', 'issuer', 'http://user:secret@issuer.example'])(
  'refuses the address %s',
  (jwksUri) => {
    expect(() => sourceOf({ from: { jwksUri } })).toThrow(TypeError);
  },
);
