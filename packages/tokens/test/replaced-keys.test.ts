import { beforeEach, expect, it } from 'vitest';
import { createTokenVerifier, type IssuerPolicy, type RemoteKeySource, remoteKeySource } from '../src/index.ts';
import { ecKey, foreignPolicy, ISSUER, jwkOf, movableClock, rsaKey, sign } from './foreign-issuer.ts';

const [stolen, next] = [rsaKey('one'), rsaKey('one')];
const clock = movableClock();
let keys: readonly Readonly<Record<string, unknown>>[];
let source: RemoteKeySource;

beforeEach(() => {
  source = remoteKeySource({
    from: { jwksUri: 'https://issuer.example/keys' },
    clock,
    fetch: async () => new Response(JSON.stringify({ keys })),
    deadline: () => new AbortController().signal,
  });
});

const claims = { iss: ISSUER, client_id: 'c', aud: 'orchestration-api', exp: clock.now() / 1000 + 3600 };

function verifierOf(more: Partial<IssuerPolicy> = {}) {
  const verifier = createTokenVerifier({ policies: [{ ...foreignPolicy(source), ...more }], clock });
  return async (token: string) => verifier.verify({ token, api: 'orchestration', method: 'GET', url: '/' });
}

// It is the key that counts, not its name: an issuer that gives every key the same one has replaced it all the same.
it('a token that is remembered ends with its key, also where another one has the name of it', async () => {
  const verify = verifierOf();
  const token = sign(claims, stolen);
  keys = [jwkOf(stolen)];
  expect(await verify(token)).toMatchObject({ kind: 'verified' });
  keys = [jwkOf(next)];
  await source.prefetch();
  expect(await verify(token)).toMatchObject({ code: 'TOKEN_SIGNATURE_INVALID' });
  expect(await verify(sign(claims, next))).toMatchObject({ kind: 'verified' });
});

it('the same keys in another order end nothing', async () => {
  const verify = verifierOf();
  const other = rsaKey('other');
  keys = [jwkOf(stolen), jwkOf(other)];
  await verify(sign(claims, stolen));
  const { epoch } = source;
  keys = [jwkOf(other), jwkOf(stolen)];
  await source.prefetch();
  expect(source.epoch).toBe(epoch);
});

// RFC 8725 section 3.1: what the issuer publishes may be for more than what is accepted of it.
it('an algorithm that the policy does not name is refused, also where the issuer has a key for it', async () => {
  const ec = ecKey('ec');
  keys = [jwkOf(stolen), jwkOf(ec)];
  const verify = verifierOf({ algorithms: ['ES256'] });
  expect(await verify(sign(claims, ec, { alg: 'ES256' }))).toMatchObject({ kind: 'verified' });
  expect(await verify(sign(claims, stolen))).toMatchObject({ code: 'TOKEN_ALGORITHM_REFUSED' });
});
