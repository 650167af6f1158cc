import { generateKeyPairSync, sign } from 'node:crypto';
import type { NonEmpty } from '@stagedoor/access';
import { remoteKeySource, type SignatureAlgorithm } from '@stagedoor/tokens';
import { expect, it } from 'vitest';
import { readSignedClaims } from '../src/relying-party/signed-claims.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = remoteKeySource({
  from: { jwksUri: 'https://issuer.example/keys' },
  clock: { now: () => Date.UTC(2026, 10, 25) },
  fetch: async () => new Response(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] })),
});

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const text = `${encoded({ alg: 'RS256', kid: 'one' })}.${encoded({ sub: 'ann' })}`;
const token = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;

it.each<[NonEmpty<SignatureAlgorithm>, string]>([
  [['RS256'], 'signed'],
  [['ES256', 'RS256'], 'signed'],
  [['ES256'], 'refused'],
])('what is signed with RS256 is, where %j are accepted of the provider, %s', async (algorithms, kind) => {
  expect((await readSignedClaims(token, { keys, algorithms }, [null])).kind).toBe(kind);
});
