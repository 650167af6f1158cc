import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedSecret, Secret, type SecretSource, TokenManager, type TokenRequest } from '../src/index.ts';
import { MovableClock } from './movable-clock.ts';
import { granted, refused, TokenEndpoint } from './token-endpoint.ts';

const MINUTE = 60_000;

let issuer: TokenEndpoint;
let clock: MovableClock;
let manager: TokenManager;

beforeEach(async () => {
  issuer = await TokenEndpoint.start();
  clock = new MovableClock();
  manager = new TokenManager({ clock, random: () => 0.5 });
});
afterEach(() => issuer.stop());

function asking(more: Partial<TokenRequest> = {}): TokenRequest {
  return {
    endpoint: issuer.url,
    clientId: 'worker',
    authentication: { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' },
    ...more,
  };
}

describe('one token for many', () => {
  it('makes one request for a thousand callers, and one more for a thousand who meet an expired token', async () => {
    const token = manager.tokenFor(asking());
    const first = await Promise.all(Array.from({ length: 1_000 }, () => token.get()));
    expect(new Set(first.map(({ value }) => value))).toEqual(new Set(['token-1']));
    clock.move(5 * MINUTE);
    const second = await Promise.all(Array.from({ length: 1_000 }, () => token.get()));
    expect(new Set(second.map(({ value }) => value))).toEqual(new Set(['token-2']));
    expect(issuer.seen).toHaveLength(2);
  });

  it('shares a token among all who ask for the same in the same way', async () => {
    await manager.tokenFor(asking({ audience: 'orchestration-api' })).get();
    await manager.tokenFor(asking({ audience: 'orchestration-api' })).get();
    expect(issuer.seen).toHaveLength(1);
  });

  it.each<[string, Partial<TokenRequest>]>([
    ['audience', { audience: 'another' }],
    ['scope', { scope: 'another' }],
    ['resource', { resources: ['https://another.example.com'] }],
    ['client', { clientId: 'another' }],
    ['secret', { authentication: { kind: 'secret', secret: fixedSecret('another'), sentIn: 'body' } }],
  ])('shares no token with one who asks with another %s', async (_what, other) => {
    const one = await manager.tokenFor(asking()).get();
    const another = await manager.tokenFor(asking(other)).get();
    expect(another.value).not.toBe(one.value);
  });

  it('tells `a b` for the audience and `c` for the scope from `a` and `b c`', async () => {
    await manager.tokenFor(asking({ audience: 'a b', scope: 'c' })).get();
    await manager.tokenFor(asking({ audience: 'a', scope: 'b c' })).get();
    expect(issuer.seen).toHaveLength(2);
  });
});

describe('renewing ahead', () => {
  it('renews at four fifths of the life, and the old token serves meanwhile', async () => {
    const token = manager.tokenFor(asking());
    await token.get();
    clock.move(239_000);
    expect((await token.get()).value).toBe('token-1');
    expect(issuer.seen).toHaveLength(1);
    let answer: () => void = () => undefined;
    issuer.answers(() => new Promise((resolve) => (answer = () => resolve(granted('fresh')))));
    clock.move(1_000);
    expect((await token.get()).value).toBe('token-1');
    expect((await token.get()).value).toBe('token-1');
    await until(() => issuer.seen.length === 2);
    answer();
    await until(async () => (await token.get()).value === 'fresh');
    expect(issuer.seen).toHaveLength(2);
  });

  it('hides a failing issuer for as long as the old token serves', async () => {
    const token = manager.tokenFor(asking());
    await token.get();
    issuer.answers(() => ({ status: 503, body: '' }));
    clock.move(250_000);
    for (let call = 0; call < 50; call += 1) expect((await token.get()).value).toBe('token-1');
    await until(() => issuer.seen.length === 2);
    expect(issuer.seen).toHaveLength(2);
  });

  it('starts no poll of 30 s with a token that has 3 s left', async () => {
    const token = manager.tokenFor(asking());
    await token.get();
    clock.move(297_000);
    expect((await token.get({ minimumLife: 30_000 })).value).toBe('token-2');
  });

  it('gives a poll of 30 s the token of 20 s that is all there is, without a request for each poll', async () => {
    issuer.answers((_request, count) => granted(`token-${count}`, { expires_in: 20 }));
    const token = manager.tokenFor(asking());
    await token.get({ minimumLife: 30_000 });
    clock.move(9_000);
    expect((await token.get({ minimumLife: 30_000 })).value).toBe('token-1');
    clock.move(2_000);
    expect((await token.get({ minimumLife: 30_000 })).value).toBe('token-2');
  });

  it.each([
    ['a text', '120', 120_000],
    ['nothing', undefined, 60_000],
    ['rubbish', 'soon', 60_000],
    ['less than nothing', -5, 60_000],
  ])('reads a life given as %s', async (_what, given, life) => {
    issuer.answers(() => granted('short', { expires_in: given }));
    const { obtained, expires } = await manager.tokenFor(asking()).get();
    expect(expires - obtained).toBe(life);
  });

  it('counts the life from when the request left, not from when the answer came', async () => {
    issuer.answers(() => {
      clock.move(20_000);
      return granted('slow', { expires_in: 60 });
    });
    const manager = new TokenManager({ clock, timeout: 30_000 });
    const token = await manager.tokenFor(asking()).get();
    expect(token.expires - clock.monotonic()).toBe(40_000);
  });
});

describe('a refusal', () => {
  it('is told at once and to everybody, after one request', async () => {
    issuer.answers(() => refused('invalid_client', 'Invalid client or Invalid client credentials'));
    const token = manager.tokenFor(asking());
    const told = await Promise.allSettled(Array.from({ length: 1_000 }, () => token.get()));
    for (const outcome of told) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'TOKEN_REFUSED',
          error: 'invalid_client',
          errorDescription: 'Invalid client or Invalid client credentials',
          status: 401,
        },
      });
    }
    clock.move(4 * MINUTE);
    await expect(token.get()).rejects.toMatchObject({ error: 'invalid_client' });
    expect(issuer.seen).toHaveLength(1);
  });

  it('is looked at again after five minutes: a worker recovers when the issuer learns of it', async () => {
    issuer.answers(() => refused('unauthorized_client'));
    const token = manager.tokenFor(asking());
    await expect(token.get()).rejects.toMatchObject({ error: 'unauthorized_client' });
    issuer.answers(() => granted('registered meanwhile'.replaceAll(' ', '-')));
    clock.move(5 * MINUTE);
    expect((await token.get()).value).toBe('registered-meanwhile');
  });

  it('is forgotten as soon as the secret is another one', async () => {
    const changing = new ChangingSecret('old');
    const token = manager.tokenFor(asking({ authentication: { kind: 'secret', secret: changing, sentIn: 'body' } }));
    issuer.answers(({ body }) => (body.get('client_secret') === 'new' ? granted('good') : refused('invalid_client')));
    await expect(token.get()).rejects.toMatchObject({ error: 'invalid_client' });
    changing.text = 'new';
    expect((await token.get()).value).toBe('good');
    expect(issuer.seen).toHaveLength(2);
  });

  it('is not told where the secret changed while the old one was on its way', async () => {
    const changing = new ChangingSecret('old');
    const token = manager.tokenFor(asking({ authentication: { kind: 'secret', secret: changing, sentIn: 'body' } }));
    issuer.answers(({ body }) => {
      changing.text = 'new';
      return body.get('client_secret') === 'new' ? granted('good') : refused('invalid_client');
    });
    expect((await token.get()).value).toBe('good');
  });

  it('does not show the secret in any error', async () => {
    issuer.answers(() => refused('invalid_client'));
    const failure = await manager
      .tokenFor(asking())
      .get()
      .catch((error: unknown) => error);
    const { inspect } = await import('node:util');
    expect(`${inspect(failure, { depth: 9, showHidden: true })}${JSON.stringify(failure)}`).not.toContain('s3cret');
    expect(`${inspect(manager, { depth: 9, showHidden: true })}${new Secret('s3cret')}`).not.toContain('s3cret');
  });
});

describe('an issuer that cannot answer for now', () => {
  it('is asked with growing pauses, of half a minute at most, and by everybody together', async () => {
    issuer.answers(() => ({ status: 503, body: '' }));
    const token = new TokenManager({ clock, random: () => 1 }).tokenFor(asking());
    const pauses: unknown[] = [];
    for (let round = 1; round <= 9; round += 1) {
      const told = await Promise.allSettled(Array.from({ length: 100 }, () => token.get({ patience: 100 })));
      expect(issuer.seen).toHaveLength(round);
      const [first] = told;
      const pause = first?.status === 'rejected' ? first.reason.retryAfter : undefined;
      pauses.push(pause);
      clock.move(pause);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    issuer.answers(() => granted('back'));
    expect((await token.get()).value).toBe('back');
  });

  it('is waited for by a worker that has the patience: a minute of 503, then a token', async () => {
    issuer.answers((_request, count) => (count > 3 ? granted('back') : { status: 503, body: '' }));
    const waiting = new TokenManager({ clock, random: () => 1 }).tokenFor(asking()).get();
    for (const pause of [500, 1_000, 2_000]) {
      await until(() => clock.next === pause);
      clock.move(pause);
    }
    expect((await waiting).value).toBe('back');
  });

  it('is obeyed when it asks for 30 s, at which a call that would not wait so long is told so at once', async () => {
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '30' }, body: '' }));
    const token = manager.tokenFor(asking());
    await expect(token.get({ patience: 5_000 })).rejects.toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      retryAfter: 30_000,
    });
    clock.move(29_000);
    await expect(token.get({ patience: 500 })).rejects.toMatchObject({ retryAfter: 1_000 });
    expect(issuer.seen).toHaveLength(1);
    issuer.answers(() => granted('patient'));
    clock.move(1_000);
    expect((await token.get()).value).toBe('patient');
  });

  it('holds up nobody else: another client is served while one is told to wait', async () => {
    issuer.answers(({ body }) =>
      body.get('client_id') === 'worker'
        ? { status: 429, headers: { 'retry-after': '30' }, body: '' }
        : granted('other'),
    );
    await expect(manager.tokenFor(asking()).get({ patience: 0 })).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect((await manager.tokenFor(asking({ clientId: 'other' })).get()).value).toBe('other');
  });

  it('does not silence a worker for longer than ten minutes, whatever it asks for', async () => {
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '864000' }, body: '' }));
    await expect(manager.tokenFor(asking()).get()).rejects.toMatchObject({ retryAfter: 10 * MINUTE });
  });

  it('gives up a request that is not answered in time, and says so', async () => {
    issuer.answers(() => new Promise(() => undefined));
    const token = manager.tokenFor(asking());
    const told = expect(token.get({ patience: 10_000 })).rejects.toThrow(
      /did not answer within 10000 ms|has not answered/,
    );
    await until(() => issuer.seen.length === 1);
    clock.move(10_000);
    await told;
  });

  it('is left to the others by a caller who hangs up', async () => {
    let answer: () => void = () => undefined;
    issuer.answers(() => new Promise((resolve) => (answer = () => resolve(granted('late')))));
    const token = manager.tokenFor(asking());
    const hangingUp = new AbortController();
    const gone = expect(token.get({ signal: hangingUp.signal })).rejects.toThrow('gone');
    const staying = token.get();
    await until(() => issuer.seen.length === 1);
    hangingUp.abort(new Error('gone'));
    await gone;
    answer();
    expect((await staying).value).toBe('late');
    expect(issuer.seen).toHaveLength(1);
  });

  it('is not asked at all for a caller who has hung up before', async () => {
    await expect(manager.tokenFor(asking()).get({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(issuer.seen).toHaveLength(0);
  });
});

describe('what is no token endpoint', () => {
  it.each<[string, Parameters<TokenEndpoint['answers']>[0], RegExp]>([
    ['a page', () => ({ status: 200, body: '<html>' }), /without an access token/],
    ['a redirect', () => ({ status: 302, headers: { location: 'http://evil.example.com/' }, body: '' }), /redirects/],
    ['a refusal without a code', () => ({ status: 403, body: 'Forbidden' }), /without an OAuth error/],
    ['a token of another type', () => granted('x', { token_type: 'N_A' }), /other than Bearer/],
    ['a token with a line break', () => granted('x\r\ny: z'), /without an access token/],
    ['a token that is no text', () => granted('x', { access_token: 7 }), /without an access token/],
    ['an endless answer', () => ({ status: 200, body: 'x'.repeat(300_000) }), /more than 262144 bytes/],
  ])('is told at once and not asked again at once: %s', async (_what, answer, message) => {
    issuer.answers(answer);
    const token = manager.tokenFor(asking());
    for (let call = 0; call < 3; call += 1)
      await expect(token.get()).rejects.toMatchObject({
        code: 'TOKEN_ANSWER_UNREADABLE',
        message: expect.stringMatching(message),
      });
    expect(issuer.seen).toHaveLength(1);
  });

  it.each(['http://issuer.example.com/token', 'http://127.0.0.1.example.com/token', 'ftp://127.0.0.1/token'])(
    'is never sent a secret in the clear: %s',
    (endpoint) => {
      expect(() => manager.tokenFor(asking({ endpoint: new URL(endpoint) }))).toThrow(/in the clear/);
    },
  );
});

describe('how the client shows who it is', () => {
  it('sends the secret in the body or form-encoded in the header, never in both', async () => {
    await manager.tokenFor(asking()).get();
    const secret = fixedSecret('a b+c%&é:');
    await manager
      .tokenFor(asking({ clientId: 'a:b', authentication: { kind: 'secret', secret, sentIn: 'header' } }))
      .get();
    const [body, header] = issuer.seen;
    expect(body?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(body?.body ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'worker',
      client_secret: 's3cret',
    });
    expect(Object.fromEntries(header?.body ?? [])).toEqual({ grant_type: 'client_credentials' });
    const [, encoded = ''] = header?.headers.authorization?.split(' ') ?? [];
    expect(Buffer.from(encoded, 'base64').toString()).toBe('a%3Ab:a+b%2Bc%25%26%C3%A9%3A');
  });

  it('signs a new assertion for each request, and by the clock of the issuer when its own is wrong', async () => {
    clock.wrongBy = -5 * MINUTE;
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    const seen: { iat: number; jti: string }[] = [];
    issuer.answers(async ({ body }) => {
      const [header = '', claims = '', signature = ''] = (body.get('client_assertion') ?? '').split('.');
      const { iat, jti, aud } = JSON.parse(Buffer.from(claims, 'base64url').toString());
      seen.push({ iat, jti });
      const good = await crypto.subtle.verify(
        { name: 'ECDSA', hash: 'SHA-256' },
        publicKey,
        Buffer.from(signature, 'base64url'),
        Buffer.from(`${header}.${claims}`),
      );
      const timely = Math.abs(iat * 1_000 - Date.now()) < MINUTE;
      return good && timely && aud === issuer.url.href ? granted('asserted') : refused('invalid_client');
    });
    const key = { privateKey, algorithm: 'ES256', known: { kid: 'k' } } as const;
    const token = manager.tokenFor(asking({ authentication: { kind: 'assertion', key: { read: () => key } } }));
    expect((await token.get()).value).toBe('asserted');
    clock.move(5 * MINUTE);
    await token.get();
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ jti }) => jti)).size).toBe(3);
  });
});

class ChangingSecret implements SecretSource {
  text: string;
  constructor(text: string) {
    this.text = text;
  }
  read(): Secret {
    return new Secret(this.text);
  }
  isSameAs(other: SecretSource): boolean {
    return other === this;
  }
}

/** Real input and output happen between steps of the clock. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 1));
}
