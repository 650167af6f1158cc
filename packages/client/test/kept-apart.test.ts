import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedSecret, TokenManager, type TokenRequest, tokenKey } from '../src/index.ts';
import { SecretFile } from '../src/node/index.ts';
import { evidenceOf, isSameEvidence } from '../src/token-request.ts';
import { TokenEndpoint } from './token-endpoint.ts';

const directory = mkdtempSync(join(tmpdir(), 'stagedoor-apart-'));
let issuer: TokenEndpoint;
let other: TokenEndpoint;

beforeEach(async () => {
  [issuer, other] = await Promise.all([TokenEndpoint.start(), TokenEndpoint.start()]);
});
afterEach(() => Promise.all([issuer.stop(), other.stop()]));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function asking(more: Partial<TokenRequest> = {}): TokenRequest {
  const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
  return { endpoint: issuer.url, clientId: 'worker', authentication, ...more };
}

const keyOf = async () => {
  const usages: ('sign' | 'verify')[] = ['sign', 'verify'];
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, usages);
  const key = { privateKey, algorithm: 'ES256', known: { kid: 'k' } } as const;
  return { kind: 'assertion', key: { read: () => key } } as const;
};
const certificate = (thumbprint: string) => ({ thumbprint: () => thumbprint });
const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  const secret = new SecretFile(join(directory, name), () => undefined);
  return { kind: 'secret', secret, sentIn: 'body' } as const;
};

describe('two credentials share a token only where they differ in nothing', () => {
  it.each<[string, () => Promise<readonly [Partial<TokenRequest>, Partial<TokenRequest>]>]>([
    ['issuer', async () => [{}, { endpoint: other.url }]],
    ['path of the endpoint', async () => [{}, { endpoint: new URL('/elsewhere', issuer.url) }]],
    ['way to show the client', async () => [{}, { authentication: { kind: 'certificate' } }]],
    ['assertion key', async () => [{ authentication: await keyOf() }, { authentication: await keyOf() }]],
    [
      'file of the secret',
      async () => [{ authentication: file('one', 's3cret') }, { authentication: file('two', 's3cret') }],
    ],
    [
      'certificate of the connection',
      async () => [{ certificate: certificate('a') }, { certificate: certificate('a') }],
    ],
    ['certificate and none', async () => [{}, { certificate: certificate('a') }]],
    ['second resource', async () => [{ resources: ['https://a'] }, { resources: ['https://a', 'https://b'] }]],
    ['scope where the other has the audience', async () => [{ scope: 'x' }, { audience: 'x' }]],
  ])('not with another %s', async (_what, pair) => {
    const [one, another] = await pair();
    const manager = new TokenManager();
    await manager.tokenFor(asking(one)).get();
    await manager.tokenFor(asking(another)).get();
    expect(issuer.seen.length + other.seen.length).toBe(2);
  });

  it('and a text in one part is never taken for two parts', () => {
    const keys = [
      asking({ audience: 'a', scope: 'b' }),
      asking({ audience: 'a b' }),
      asking({ audience: 'a b', authentication: { kind: 'certificate' } }),
      asking({ audience: 'a","b' }),
      asking({ scope: 'a b' }),
      asking({ resources: ['a', 'b'] }),
      asking({ resources: ['a b'] }),
      asking({ clientId: 'worker secret' }),
    ].map(tokenKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.join()).not.toContain('s3cret');
  });

  it('and the same file by two paths, or one text twice, is no difference', async () => {
    const manager = new TokenManager();
    const one = manager.tokenFor(asking({ authentication: file('same', 's3cret') }));
    expect(
      manager.tokenFor(
        asking({ authentication: file('../'.concat(directory.split('/').at(-1) ?? '', '/same'), 's3cret') }),
      ),
    ).toBe(one);
    expect(manager.tokenFor(asking())).toBe(manager.tokenFor(asking()));
  });
});

describe('what a client shows', () => {
  it('is another once the secret, the key or the certificate is', async () => {
    const shown = await Promise.all(
      [
        asking(),
        asking({ authentication: { kind: 'secret', secret: fixedSecret('other'), sentIn: 'body' } }),
        asking({ authentication: await keyOf() }),
        asking({ authentication: await keyOf() }),
        asking({ certificate: certificate('a') }),
        asking({ certificate: certificate('b') }),
        asking({ authentication: { kind: 'certificate' }, certificate: certificate('a') }),
      ].map((request) => evidenceOf(request)),
    );
    for (const [at, one] of shown.entries())
      for (const [where, another] of shown.entries()) expect(isSameEvidence(one, another)).toBe(at === where);
    expect(isSameEvidence(await evidenceOf(asking()), await evidenceOf(asking()))).toBe(true);
  });
});

describe('the tokens of a process', () => {
  it('are a hundred at most, and the one that was asked for last is still known', async () => {
    const manager = new TokenManager();
    const first = manager.tokenFor(asking());
    const second = manager.tokenFor(asking({ audience: 'second' }));
    for (let audience = 0; audience < 99; audience += 1) {
      manager.tokenFor(asking({ audience: `${audience}` }));
      expect(manager.tokenFor(asking())).toBe(first);
    }
    expect(manager.tokenFor(asking({ audience: 'second' }))).not.toBe(second);
  });
});
