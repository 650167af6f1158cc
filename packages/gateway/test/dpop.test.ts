import { networkInterfaces } from 'node:os';
import type { PresentedToken, TokenVerdict, TokenVerifier } from '@stagedoor/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../src/index.ts';
import { ownTarget } from '../src/passage/own-target.ts';
import { CLUSTER_ID, closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { type Answer, basic, type Exchange, headerOf, jsonOf } from './raw-http.ts';
import { clientIdOf } from './records.ts';

afterEach(closeDoors);

const TOPOLOGY = '/v2/topology';
const PROOF = 'aGVhZGVy.Y2xhaW1z.c2lnbmF0dXJl';

let presented: PresentedToken[];
let verdict: TokenVerdict;
/** Writes down what it is asked; what it answers is the packages/tokens' matter. */
const tokens: TokenVerifier = {
  verify: (token) => {
    presented.push(token);
    return verdict;
  },
};
beforeEach(() => {
  presented = [];
  verdict = {
    kind: 'verified',
    subject: { subject: { kind: 'client', clientId: clientIdOf('worker') }, groups: null, claims: {} },
    issuer: 'here',
    expiresAt: 1,
  };
});

const doorOf = (options: DoorOptions = {}) => openDoor({ method: 'oidc', tokens, ...options });

/** One token of the scheme DPoP with one proof, but for what is changed. */
function ask({ send }: Pick<OpenDoor, 'send'>, more: Exchange & { proofs?: readonly string[] } = {}): Promise<Answer> {
  const { proofs = [PROOF], headers = [], ...request } = more;
  return send({
    path: TOPOLOGY,
    ...request,
    headers: [['Authorization', 'DPoP bound'], ...proofs.map((proof) => ['DPoP', proof] as const), ...headers],
  });
}

describe('a token of the scheme DPoP', () => {
  it('is handed on with its proof, its method, and the address that its client sees', async () => {
    const door = await doorOf();
    expect((await ask(door)).status).toBe(200);
    expect(presented).toEqual([
      {
        token: 'bound',
        api: 'orchestration',
        method: 'GET',
        url: TOPOLOGY,
        dpop: { proofs: [PROOF], target: `http://localhost:${door.port}${TOPOLOGY}` },
      },
    ]);
  });

  it.each(['dpop bound', 'DPOP bound', 'dPoP bound'])('is taken as %j', async (value) => {
    const { send } = await doorOf();
    expect((await send({ path: TOPOLOGY, headers: [['Authorization', value]] })).status).toBe(200);
    expect(presented).toMatchObject([{ token: 'bound', dpop: { proofs: [] } }]);
  });

  it('comes with every proof that stands beside it, in whatever letters: that there is one is not decided here', async () => {
    const door = await doorOf();
    await ask(door, { proofs: ['one'], headers: [['dpop', 'two']] });
    await ask(door, { proofs: ['one, two'] });
    expect(presented.map(({ dpop }) => dpop?.proofs)).toEqual([['one', 'two'], ['one, two']]);
  });

  it('came under the path as it was written: with the prefix, the slashes and the letters, and without the query', async () => {
    const door = await doorOf({ context: { basePath: '/base' } });
    const paths = [`/base${TOPOLOGY}?a=b`, `/${CLUSTER_ID}${TOPOLOGY}`, `/${TOPOLOGY}`, '/v2/users/%64emo'];
    for (const path of paths) await ask(door, { path });
    expect(presented.map(({ dpop }) => dpop?.target)).toEqual(
      [`/base${TOPOLOGY}`, `/${CLUSTER_ID}${TOPOLOGY}`, `/${TOPOLOGY}`, '/v2/users/%64emo'].map(
        (path) => `http://localhost:${door.port}${path}`,
      ),
    );
  });

  it('needs no proof of where it comes from, as no browser adds it by itself', async () => {
    const door = await doorOf();
    const answer = await ask(door, {
      method: 'POST',
      path: '/v2/process-instances/search',
      headers: [
        ['Origin', 'http://elsewhere.example'],
        ['Content-Type', 'application/json'],
      ],
      body: '{}',
    });
    expect(answer.status).toBe(200);
  });

  it.each(['DPoP', 'DPoP ', 'DPoP  bound', 'DPoP "bound"', 'DPoP bound, bound', 'DPoP b\u00f6und'])(
    'is 401 where it cannot be read: %j',
    async (value) => {
      const { send } = await doorOf();
      const answer = await send({ path: TOPOLOGY, headers: [['Authorization', value]] });
      expect([answer.status, jsonOf(answer).code]).toEqual([401, 'TOKEN_MALFORMED']);
      expect(headerOf(answer, 'www-authenticate')).toBe(
        'DPoP algs="RS256 PS256 ES256 EdDSA Ed25519", error="invalid_token", error_description="the token cannot be read"',
      );
      expect(presented).toEqual([]);
    },
  );

  it('is refused in words of its own scheme, with what a proof may be signed with, and its proof with the error code for it', async () => {
    const { send } = await doorOf();
    verdict = { kind: 'refused', code: 'PROOF_REPLAYED', operator: 'the proof was used before' };
    const answer = await ask({ send });
    expect([answer.status, jsonOf(answer).code]).toEqual([401, 'PROOF_REPLAYED']);
    expect(headerOf(answer, 'www-authenticate')).toMatch(
      /^DPoP algs="[A-Za-z0-9 ]+", error="invalid_dpop_proof", error_description="[^"]+"$/,
    );
  });

  it('is 503 with Retry-After where proofs cannot be remembered', async () => {
    const { send } = await doorOf();
    verdict = { kind: 'unavailable', code: 'PROOFS_UNAVAILABLE', retryAfterSeconds: 1, operator: 'no room' };
    const answer = await ask({ send });
    expect([answer.status, jsonOf(answer).code]).toEqual([503, 'PROOFS_UNAVAILABLE']);
    expect(headerOf(answer, 'retry-after')).toBe('1');
  });

  it('is not looked at where the method is basic', async () => {
    const { send } = await doorOf({ method: 'basic' });
    const answer = await ask({ send });
    expect([answer.status, jsonOf(answer).code]).toEqual([401, 'CREDENTIALS_SCHEME']);
    expect(presented).toEqual([]);
  });

  it('beside another Authorization header is a refusal', async () => {
    const answer = await ask(await doorOf(), { headers: [basic('demo', 'demo')] });
    expect([answer.status, jsonOf(answer).code]).toEqual([400, 'AUTHORIZATION_REPEATED']);
    expect(presented).toEqual([]);
  });

  it('is not taken from the scheme Bearer, whatever stands in the DPoP header beside it', async () => {
    const { send } = await doorOf();
    await send({
      path: TOPOLOGY,
      headers: [
        ['Authorization', 'Bearer bound'],
        ['DPoP', PROOF],
      ],
    });
    expect(presented).toEqual([{ token: 'bound', api: 'orchestration', method: 'GET', url: TOPOLOGY }]);
  });

  it('is not used up by explaining it: a request that nobody sent came under no address', async () => {
    const { explain } = await doorOf();
    const headers = [
      ['Authorization', 'DPoP bound'],
      ['DPoP', PROOF],
    ] as const;
    await explain({ method: 'GET', target: TOPOLOGY, headers });
    expect(presented).toMatchObject([{ dpop: { proofs: [PROOF], target: null } }]);
  });
});

describe('the address that a proof has to name', () => {
  const targetUnder = async (door: OpenDoor, host: string) => {
    presented = [];
    await ask(door, { headers: [['Host', host]] });
    return presented[0]?.dpop?.target;
  };

  it.each([
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.8.8.8', '127.8.8.8'],
    ['[::1]', '[::1]'],
    ['LocalHost', 'localhost'],
    ['cluster.localhost', 'cluster.localhost'],
    ['stage.example', 'stage.example'],
  ])('has the name %s with the port of the connection', async (host, written) => {
    const door = await doorOf({ hosts: ['stage.example'] });
    expect(await targetUnder(door, `${host}:${door.port}`)).toBe(`http://${written}:${door.port}${TOPOLOGY}`);
  });

  it.each(['localhost', '127.0.0.1', 'stage.example', 'localhost:443', 'localhost:1', 'stage.example:9999'])(
    'is nobody’s where the Host is %s: another server may be there',
    async (host) => {
      expect(await targetUnder(await doorOf({ hosts: ['stage.example'] }), host)).toBeNull();
    },
  );

  it.each(['10.1.2.3', '8.8.8.8', '[2001:db8::1]', '[::ffff:10.1.2.3]'])(
    'is nobody’s under %s, an address that this connection does not end at',
    async (address) => {
      const door = await doorOf();
      expect(await targetUnder(door, `${address}:${door.port}`)).toBeNull();
    },
  );

  it('may have the address of this machine that the connection ends at', async (ctx) => {
    const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const outer = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    if (outer === undefined) return ctx.skip('this machine has no address but loopback');
    const targets: (string | null)[] = [];
    const listener = await listen(
      (request, response) => {
        targets.push(ownTarget(request));
        response.end();
      },
      [outer],
      0,
    );
    await fetch(`http://${outer}:${listener.port}/v2/topology`);
    await listener.drain();
    expect(targets).toEqual([`http://${outer}:${listener.port}/v2/topology`]);
  });
});
