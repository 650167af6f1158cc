import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClientAuthentication,
  discoverIssuer,
  type Fetch,
  fixedSecret,
  systemClock,
  TokenManager,
  type TokenRequest,
} from '../src/index.ts';
import { MovableClock } from './movable-clock.ts';
import { granted, refused, TokenEndpoint } from './token-endpoint.ts';

const SECRET = 'pässword+of/the day';
const YEAR = 366 * 24 * 3_600_000;

let issuer: TokenEndpoint;

beforeEach(async () => {
  issuer = await TokenEndpoint.start();
});
afterEach(() => issuer.stop());

function asking(more: Partial<TokenRequest> = {}): TokenRequest {
  const authentication: ClientAuthentication = { kind: 'secret', secret: fixedSecret(SECRET), sentIn: 'body' };
  return { endpoint: issuer.url, clientId: 'worker', authentication, ...more };
}

/** With a clock that stands: what fails is told at once, and whatever else comes is waited for. */
const tokenOf = (more: Partial<TokenRequest> = {}) =>
  new TokenManager({ clock: new MovableClock() }).tokenFor(asking(more)).get({ patience: 100 });
const failureOf = (asked: Promise<unknown>) => asked.then(() => 'no failure', inspectWhole);
const inspectWhole = (error: unknown): string => `${inspect(error, { depth: 9, showHidden: true })} ${String(error)}`;

describe('a token that is granted', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('may be called %s', async (token_type) => {
    issuer.answers(() => granted('good', { token_type }));
    expect((await tokenOf()).value).toBe('good');
  });

  it.each(['DPoP', 'mac', '', ' Bearer', undefined, null, ['Bearer']])(
    'is none where its type is %j',
    async (given) => {
      issuer.answers(() => granted('x', { token_type: given }));
      await expect(tokenOf()).rejects.toMatchObject({ code: 'TOKEN_ANSWER_UNREADABLE' });
    },
  );

  it.each([
    ['1e400', YEAR],
    ['99999999999', YEAR],
    ['"99999999999999999999999"', YEAR],
    ['0', 60_000],
    ['-1e400', 60_000],
    ['"-5"', 60_000],
    ['"1e3"', 60_000],
    ['null', 60_000],
    ['true', 60_000],
    ['[300]', 60_000],
    ['0.5', 500],
  ])('lives for neither ever nor never where `expires_in` is %s', async (given, life) => {
    issuer.answers(() => ({
      status: 200,
      body: `{"access_token":"x","token_type":"Bearer","expires_in":${given}}`,
    }));
    const { obtained, expires } = await tokenOf();
    expect(expires - obtained).toBeCloseTo(life);
  });

  it('says what it is good for, where the issuer says it', async () => {
    issuer.answers(() => granted('x', { scope: 'a b' }));
    expect((await tokenOf()).scope).toBe('a b');
    issuer.answers(() => granted('x', { scope: ['a'] }));
    expect((await tokenOf()).scope).toBeUndefined();
  });

  it.each(['[]', '7', 'null', '"text"', '{', '', '\u0000'])('is none in %j', async (body) => {
    issuer.answers(() => ({ status: 200, body }));
    await expect(tokenOf()).rejects.toMatchObject({ code: 'TOKEN_ANSWER_UNREADABLE' });
  });
});

describe('what a token is asked for', () => {
  it('has every resource, and names the client whose certificate is shown', async () => {
    const resources = ['https://a.example.com', 'https://b.example.com'];
    await tokenOf({ resources, authentication: { kind: 'certificate' } });
    const [sent] = issuer.seen;
    expect([...(sent?.body ?? [])]).toEqual([
      ['grant_type', 'client_credentials'],
      ['client_id', 'worker'],
      ['resource', 'https://a.example.com'],
      ['resource', 'https://b.example.com'],
    ]);
    expect(sent?.headers.authorization).toBeUndefined();
  });

  it('is asked for without cookies, caches or redirects', async () => {
    const seen: (RequestInit | undefined)[] = [];
    const watched: Fetch = (input, init) => {
      seen.push(init);
      return fetch(input, init);
    };
    await new TokenManager({ fetch: watched }).tokenFor(asking()).get();
    expect(seen).toEqual([
      expect.objectContaining({ method: 'POST', credentials: 'omit', cache: 'no-store', redirect: 'manual' }),
    ]);
  });

  it.each([301, 302, 303, 307, 308])('is not asked for where a redirect leads: %d', async (status) => {
    const elsewhere = await TokenEndpoint.start();
    issuer.answers(() => ({ status, headers: { location: elsewhere.url.href }, body: '' }));
    await expect(tokenOf()).rejects.toMatchObject({
      code: 'TOKEN_ANSWER_UNREADABLE',
      message: expect.stringMatching(/redirects/),
    });
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.stop();
  });
});

describe('an assertion', () => {
  it('says who, to whom, and for one minute, and nothing else', async () => {
    const usages: ('sign' | 'verify')[] = ['sign', 'verify'];
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, usages);
    const key = { privateKey, algorithm: 'ES256', known: { kid: 'k', 'x5t#S256': 't' } } as const;
    await tokenOf({ authentication: { kind: 'assertion', key: { read: () => key } } });
    const [sent] = issuer.seen;
    const parts = (sent?.body.get('client_assertion') ?? '').split('.').slice(0, 2);
    const [header, claims] = parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'k', 'x5t#S256': 't' });
    const { iat } = claims;
    const who = { iss: 'worker', sub: 'worker', aud: issuer.url.href };
    expect(claims).toEqual({ ...who, jti: expect.stringMatching(/^[0-9a-f-]{36}$/), iat, nbf: iat, exp: iat + 60 });
    expect(sent?.body.has('client_secret')).toBe(false);
  });
});

describe('what is told of a failure', () => {
  it.each([
    ['as it is', (sent: { secret: string }) => sent.secret],
    ['as it was form-encoded', () => 'p%C3%A4ssword%2Bof%2Fthe+day'],
    ['as it is percent-encoded', () => encodeURIComponent(SECRET)],
    ['as it was in the header', ({ header }: { header: string }) => header.replace('Basic ', '')],
  ])('has no secret that the issuer repeats %s', async (_how, repeat) => {
    issuer.answers(({ headers }) =>
      refused('invalid_client', `not ${repeat({ secret: SECRET, header: headers.authorization ?? '' })}!`),
    );
    const authentication: ClientAuthentication = { kind: 'secret', secret: fixedSecret(SECRET), sentIn: 'header' };
    await expect(tokenOf({ authentication })).rejects.toMatchObject({ errorDescription: 'not [secret]!' });
  });

  it('keeps the words whole that a short secret is part of', async () => {
    issuer.answers(() => refused('invalid_client', 'the client is unknown'));
    const authentication: ClientAuthentication = { kind: 'secret', secret: fixedSecret('client'), sentIn: 'body' };
    await expect(tokenOf({ authentication })).rejects.toMatchObject({ errorDescription: 'the client is unknown' });
  });

  it('has nothing of an answer that no parser could read, however deep one looks', async () => {
    const broken = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (sent) => {
        const said = sent.toString().slice(-200);
        socket.end(`HTTP/1.1 200 OK\r\nbad header\r\n\r\n{"access_token":"token-canary","said":"${said}"}`);
      });
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const bound = broken.address();
    const endpoint = new URL(`http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/token`);
    const authentication: ClientAuthentication = { kind: 'secret', secret: fixedSecret('canary9'), sentIn: 'body' };
    const told = await failureOf(tokenOf({ endpoint, authentication }));
    expect(told).toMatch(/HTTPParserError: Response does not match|HTTPParserError\]: Response/);
    expect(told).not.toContain('canary');
    await new Promise((resolve) => broken.close(resolve));
  });

  it('names the code of the network, by which people find out', async () => {
    const gone = await TokenEndpoint.start();
    const { url } = gone;
    await gone.stop();
    expect(await failureOf(tokenOf({ endpoint: url }))).toMatch(/code: 'ECONNREFUSED'/);
  });

  it('is neither name nor password in an address, which is refused', () => {
    const manager = new TokenManager();
    for (const endpoint of ['https://canary@issuer.example.com/', 'https://a:canary@issuer.example.com/']) {
      const asked = () => manager.tokenFor(asking({ endpoint: new URL(endpoint) }));
      expect(asked).toThrow(/the token endpoint at issuer.example.com has a name or password in its address/);
      expect(asked).not.toThrow(/canary/);
    }
  });
});

describe('the metadata of an issuer', () => {
  const about = () => ({ issuer: issuer.url.origin, document: new URL('/.well-known/x', issuer.url) });
  const asked = () => discoverIssuer(about(), { fetch, clock: systemClock, timeout: 10_000 });

  it('are not looked for where a redirect leads', async () => {
    const elsewhere = await TokenEndpoint.start();
    issuer.answers(() => ({ status: 302, headers: { location: elsewhere.url.href }, body: '' }));
    await expect(asked()).rejects.toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: expect.stringMatching(/answered 302/),
    });
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.stop();
  });

  it.each<[string, unknown, RegExp]>([
    ['longer than any', 'x'.repeat(300_000), /more than 262144 bytes/],
    ['no JSON', '<html>', /is no metadata/],
    ['no object', '7', /is no metadata/],
    ['of nobody', {}, /speaks for issuer `undefined`/],
  ])('are none where they are %s', async (_what, body, message) => {
    issuer.answers(() => ({ status: 200, body }));
    await expect(asked()).rejects.toMatchObject({
      code: 'TOKEN_ANSWER_UNREADABLE',
      message: expect.stringMatching(message),
    });
  });

  it('of somebody else move no cursor of whoever reads of them', async () => {
    issuer.answers(() => ({ status: 200, body: { issuer: `x\r\n\u001b[2J${'y'.repeat(9_000)}` } }));
    const told = await asked().catch(({ message }: Error) => message);
    expect(told).toMatch(/^[ -~]{1,900}$/);
  });

  it('are given up where they do not come in time', async () => {
    issuer.answers(() => new Promise(() => undefined));
    const late = discoverIssuer(about(), { fetch, clock: systemClock, timeout: 20 });
    await expect(late).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });
});
