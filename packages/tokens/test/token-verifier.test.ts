import type { Api, ClientId, TokenVerdict } from '@stagedoor/access';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenVerifier, type IssuerPolicy, IssuerPolicyError, type KeySource } from '../src/index.ts';
import {
  foreignPolicy,
  ISSUER,
  jwkOf,
  type MovableClock,
  type MutableKeys,
  movableClock,
  mutableKeys,
  rsaKey,
  sign,
} from './foreign-issuer.ts';

const rsa = rsaKey('rsa');
const next = rsaKey('next');
let clock: MovableClock;
let keys: MutableKeys;
let searches: number;
let counted: KeySource;

beforeEach(async () => {
  clock = movableClock();
  keys = mutableKeys();
  await keys.publish(jwkOf(rsa));
  searches = 0;
  counted = {
    get epoch() {
      return keys.epoch;
    },
    find: (kid, algorithm) => {
      searches += 1;
      return keys.find(kid, algorithm);
    },
  };
});

const seconds = () => Math.floor(clock.now() / 1000);
const claims = (more: Readonly<Record<string, unknown>> = {}) => ({
  iss: ISSUER,
  client_id: 'reader',
  aud: 'orchestration-api',
  exp: seconds() + 300,
  ...more,
});

function verifierOf(...policies: readonly Partial<IssuerPolicy>[]) {
  const verifier = createTokenVerifier({
    policies: (policies.length === 0 ? [{}] : policies).map((more) => foreignPolicy(counted, more)),
    clock,
  });
  return (token: string, more: { api?: Api; certificate?: Uint8Array } = {}): TokenVerdict | Promise<TokenVerdict> =>
    verifier.verify({ token, api: 'orchestration', method: 'GET', url: '/', ...more });
}

describe('a token that was verified before', () => {
  it('is answered at once, with the same subject, and without looking for its key', async () => {
    const verify = verifierOf();
    const token = sign(claims(), rsa);
    const first = await verify(token);
    const second = verify(token);
    expect(second).not.toBeInstanceOf(Promise);
    expect(second).toBe(first);
    expect(searches).toBe(1);
  });

  it('has one subject also for requests that met while it was unknown', async () => {
    const verify = verifierOf();
    const token = sign(claims(), rsa);
    const [one, other] = await Promise.all([verify(token), verify(token)]);
    expect(one.kind === 'verified' && one.subject).toBe(other.kind === 'verified' && other.subject);
  });

  it('is refused from its end on', async () => {
    const verify = verifierOf();
    const token = sign(claims({ exp: seconds() + 10 }), rsa);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    clock.move(59_000);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    clock.move(11_000);
    expect(await verify(token)).toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('is refused while it is not valid yet, and accepted later', async () => {
    const verify = verifierOf();
    const token = sign(claims({ nbf: seconds() + 70 }), rsa);
    expect(await verify(token)).toMatchObject({ code: 'TOKEN_NOT_YET_VALID' });
    expect(verify(token)).toMatchObject({ code: 'TOKEN_NOT_YET_VALID' });
    clock.move(10_000);
    expect(verify(token)).toMatchObject({ kind: 'verified' });
  });

  it('is refused by another API', async () => {
    const verify = verifierOf();
    const token = sign(claims(), rsa);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    for (const api of ['operate', 'zeebe', 'tasklist', 'administration'] as const) {
      expect(verify(token, { api })).toMatchObject({ code: 'TOKEN_AUDIENCE_REFUSED' });
    }
  });

  it('is refused without the certificate that it is bound to, also right after one that had it', async () => {
    const verify = verifierOf();
    const certificate = Buffer.from('der');
    const thumbprint = Buffer.from(await crypto.subtle.digest('SHA-256', certificate)).toString('base64url');
    const token = sign(claims({ cnf: { 'x5t#S256': thumbprint } }), rsa);
    expect(await verify(token, { certificate })).toMatchObject({ kind: 'verified' });
    expect(verify(token)).toMatchObject({ code: 'TOKEN_BINDING_REFUSED' });
    expect(verify(token, { certificate: Buffer.from('stolen') })).toMatchObject({ code: 'TOKEN_BINDING_REFUSED' });
  });

  it('is refused at once when its client is deleted', async () => {
    const registered = new Set(['reader']);
    const verify = verifierOf({ stillRegistered: (clientId: ClientId) => registered.has(clientId) });
    const token = sign(claims(), rsa);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    registered.delete('reader');
    expect(verify(token)).toMatchObject({ code: 'TOKEN_REVOKED' });
  });

  it('is refused at once when its key leaves the set', async () => {
    const verify = verifierOf();
    const token = sign(claims(), rsa);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    await keys.publish(jwkOf(next));
    expect(await verify(token)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  });

  it('is refused when another key takes the name of its key', async () => {
    const verify = verifierOf();
    const token = sign(claims(), rsa);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    await keys.publish(jwkOf(next, { kid: 'rsa' }));
    expect(await verify(token)).toMatchObject({ code: 'TOKEN_SIGNATURE_INVALID' });
  });

  it('is verified anew after a minute', async () => {
    const verify = verifierOf();
    const token = sign(claims(), rsa);
    await verify(token);
    clock.move(59_999);
    verify(token);
    expect(searches).toBe(1);
    clock.move(1);
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    expect(searches).toBe(2);
  });
});

describe('a token that was refused', () => {
  it('is not remembered', async () => {
    const verify = verifierOf();
    const token = sign(claims(), next);
    expect(await verify(token)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    await keys.publish(jwkOf(next));
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
  });
});

describe('a key that is taken back during a verification', () => {
  it('does not verify: the keys are asked again', async () => {
    const racing: KeySource = {
      get epoch() {
        return keys.epoch;
      },
      find: (kid, algorithm) => {
        const answer = keys.find(kid, algorithm);
        // Between the answer and the end of the verification.
        if (searches++ === 0) void keys.publish();
        return answer;
      },
    };
    const verify = verifierOf({ keys: racing });
    expect(await verify(sign(claims(), rsa))).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    expect(searches).toBe(2);
  });

  it('gives no verdict while the keys change all the time', async () => {
    let epoch = 100;
    const restless: KeySource = {
      get epoch() {
        epoch += 1;
        return epoch;
      },
      find: keys.find,
    };
    expect(await verifierOf({ keys: restless })(sign(claims(), rsa))).toMatchObject({ kind: 'unavailable' });
  });
});

describe('several issuers', () => {
  const SECOND = 'https://second.example';

  it('are told apart by iss before any key is touched: one issuer’s key does not sign for another', async () => {
    const second = mutableKeys();
    await second.publish(jwkOf(next));
    const verify = verifierOf({ id: 'one' }, { id: 'two', issuers: [SECOND], keys: second });
    expect(await verify(sign(claims({ iss: SECOND }), next))).toMatchObject({ kind: 'verified', issuer: SECOND });
    expect(searches).toBe(0);
    expect(await verify(sign(claims({ iss: SECOND }), rsa))).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    expect(await verify(sign(claims(), next))).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    expect(await verify(sign(claims({ iss: SECOND }), rsa, { kid: 'next' }))).toMatchObject({
      code: 'TOKEN_SIGNATURE_INVALID',
    });
  });

  it('may have aliases', async () => {
    const verify = verifierOf({ issuers: [ISSUER, SECOND] });
    expect(await verify(sign(claims({ iss: SECOND }), rsa))).toMatchObject({ kind: 'verified', issuer: SECOND });
  });
});

describe('an issuer of which only the address of its keys is known', () => {
  const named = () => verifierOf({ id: 'one' }, { id: 'two', issuers: 'unnamed', keys: unnamedKeys });
  let unnamedKeys: MutableKeys;
  beforeEach(async () => {
    unnamedKeys = mutableKeys();
    await unnamedKeys.publish(jwkOf(next));
  });

  it('takes every iss that is no other policy’s, and a token without one, by its own keys', async () => {
    expect(await named()(sign(claims({ iss: 'https://any.example' }), next))).toMatchObject({
      kind: 'verified',
      issuer: 'https://any.example',
    });
    expect(await named()(sign(claims({ iss: undefined }), next))).toMatchObject({ kind: 'verified', issuer: 'two' });
    expect(await named()(sign(claims({ iss: 'https://any.example' }), rsa))).toMatchObject({
      code: 'TOKEN_KEY_UNKNOWN',
    });
  });

  it('never takes the iss of another policy: that one’s keys decide', async () => {
    expect(await named()(sign(claims(), next))).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    expect(await named()(sign(claims(), rsa))).toMatchObject({ kind: 'verified', issuer: ISSUER });
  });

  it('still asks for the audience', async () => {
    const other = sign(claims({ iss: 'https://any.example', aud: 'operate-api' }), next);
    expect(await named()(other)).toMatchObject({ code: 'TOKEN_AUDIENCE_REFUSED' });
  });

  it('is one at most, and never without an audience', () => {
    const audiences = { ...foreignPolicy(mutableKeys()).audiences, orchestration: 'unchecked' } as const;
    expect(() => verifierOf({ issuers: 'unnamed', audiences, pins: [{ claim: 'tid', oneOf: ['ours'] }] })).toThrow(
      'has neither an identifier nor an audience that is checked',
    );
    expect(() => verifierOf({ id: 'one', issuers: 'unnamed' }, { id: 'two', issuers: 'unnamed' })).toThrow(
      IssuerPolicyError,
    );
  });
});

describe('who a token names', () => {
  const subjectOf = async (policy: Partial<IssuerPolicy>, more: Readonly<Record<string, unknown>>) => {
    const verdict = await verifierOf(policy)(sign(claims({ client_id: undefined, ...more }), rsa));
    return verdict.kind === 'verified' ? verdict.subject.subject : verdict;
  };
  const rule = { kind: 'claims', usernameClaim: 'preferred_username', clientIdClaim: 'client_id' } as const;

  it('is a client where the client id claim is there, also beside a user name', async () => {
    expect(await subjectOf({ subject: rule }, { client_id: 'c', preferred_username: 'u' })).toEqual({
      kind: 'client',
      clientId: 'c',
    });
  });
  it('is a user where the policy prefers the user name', async () => {
    const prefer = { ...rule, preferUsernameClaim: true };
    expect(await subjectOf({ subject: prefer }, { client_id: 'c', preferred_username: 'u' })).toEqual({
      kind: 'user',
      username: 'u',
    });
    expect(await subjectOf({ subject: prefer }, { client_id: 'c' })).toEqual({ kind: 'client', clientId: 'c' });
  });
  it('is a user where only the user name is there', async () => {
    expect(await subjectOf({ subject: rule }, { preferred_username: 'u' })).toEqual({ kind: 'user', username: 'u' });
  });
  it('is a user where no client id claim is configured, whatever the token has', async () => {
    expect(
      await subjectOf({ subject: { kind: 'claims', usernameClaim: 'sub' } }, { client_id: 'c', sub: 's' }),
    ).toEqual({ kind: 'user', username: 's' });
  });
  it('is always a client at the embedded issuer, never the user of the same name', async () => {
    const embedded = { subject: { kind: 'client', clientIdClaims: ['client_id', 'azp'] } } as const;
    expect(await subjectOf(embedded, { client_id: 'demo', sub: 'demo', preferred_username: 'demo' })).toEqual({
      kind: 'client',
      clientId: 'demo',
    });
    expect(await subjectOf(embedded, { azp: 'demo' })).toEqual({ kind: 'client', clientId: 'demo' });
    expect(await subjectOf(embedded, { sub: 'demo', preferred_username: 'demo' })).toMatchObject({
      code: 'TOKEN_SUBJECT_MISSING',
    });
  });
  it('may stand anywhere in the token', async () => {
    const subject = { kind: 'claims', usernameClaim: '$.person["user.name"]' } as const;
    expect(await subjectOf({ subject }, { person: { 'user.name': 'u' } })).toEqual({ kind: 'user', username: 'u' });
  });
  it('is never taken from what every object has', async () => {
    for (const usernameClaim of ['constructor', '__proto__', 'toString', '$.constructor', '$.constructor.name']) {
      expect(await subjectOf({ subject: { kind: 'claims', usernameClaim } }, {})).toMatchObject({
        code: 'TOKEN_SUBJECT_MISSING',
      });
    }
  });
});

describe('the groups of a token', () => {
  const groupsOf = async (groups: unknown, policy: Partial<IssuerPolicy> = { groupsClaim: 'groups' }) => {
    const verdict = await verifierOf(policy)(sign(claims({ groups }), rsa));
    return verdict.kind === 'verified' ? verdict.subject.groups : verdict;
  };

  it('do not count where no groups claim is configured', async () => {
    expect(await groupsOf(['admins'], {})).toBeNull();
  });
  it('are a text or a list of texts', async () => {
    expect(await groupsOf('one')).toEqual(['one']);
    expect(await groupsOf(['one', 'two'])).toEqual(['one', 'two']);
    expect(await groupsOf([{ id: 'one' }, { id: 'two' }], { groupsClaim: '$.groups[*].id' })).toEqual(['one', 'two']);
  });
  it('are none where the claim is missing, and not those of the records', async () => {
    expect(await groupsOf(undefined)).toEqual([]);
  });
  it('refuse the token where they cannot be read', async () => {
    for (const groups of [7, { id: 'one' }, ['one', 7], [''], [['one']]]) {
      expect(await groupsOf(groups)).toMatchObject({ code: 'TOKEN_SUBJECT_MISSING' });
    }
  });
});

describe('policies that cannot be meant', () => {
  const problemsOf = (...policies: readonly Partial<IssuerPolicy>[]): readonly string[] => {
    try {
      verifierOf(...policies);
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(IssuerPolicyError);
      return error instanceof IssuerPolicyError ? error.problems : [];
    }
  };
  const audiences = { ...foreignPolicy(mutableKeys()).audiences, orchestration: 'unchecked' } as const;

  it('leave the audience unchecked and pin nothing in its place', () => {
    expect(problemsOf({ audiences })).toEqual([expect.stringContaining('no claim is pinned')]);
    expect(problemsOf({ audiences, pins: [{ claim: 'tid', oneOf: [''] }] })).toEqual([
      expect.stringContaining('a pin has no value'),
    ]);
  });
  it('name one issuer twice', () => {
    expect(problemsOf({ id: 'one' }, { id: 'two' })).toEqual([
      expect.stringContaining('both claim the issuer identifier'),
    ]);
  });
  it('ask whether a token was revoked, and nobody whether its client is registered', () => {
    const isRevoked = () => false;
    expect(problemsOf({ isRevoked })).toEqual([expect.stringContaining('nobody about the clients')]);
    expect(problemsOf({ isRevoked, stillRegistered: () => true })).toEqual([]);
  });
  it('are all named at once', () => {
    const broken = {
      algorithms: ['HS256', 'none', 'PS256'],
      types: [],
      clockSkewSeconds: Number.NaN,
      groupsClaim: '$[',
    } as unknown as Partial<IssuerPolicy>;
    expect(problemsOf(broken, { id: 'two', issuers: [''] })).toHaveLength(7);
  });
});

it('remembers ten thousand tokens at most, and forgets the ones not used', async () => {
  const { VerifiedTokenCache } = await import('../src/verified-token-cache.ts');
  const cache = new VerifiedTokenCache<number>();
  for (let index = 0; index < 50_000; index += 1) {
    cache.set(`digest ${index}`, index);
    expect(cache.get('digest 0')).toBe(0);
  }
  expect(cache.size).toBeLessThanOrEqual(10_000);
  expect(cache.get('digest 49999')).toBe(49_999);
  expect(cache.get('digest 1')).toBeUndefined();
});
