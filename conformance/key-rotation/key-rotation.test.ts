import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type StoppedClock, stopClock } from '../recorded/stopped-clock.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 25);

type PublishedSet = { readonly keys: readonly (JsonWebKey & { readonly kid: string })[] };
type Listed = {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: string;
  readonly until: string | null;
};

let clock: StoppedClock;
let program: Program;
let client: Client;

beforeAll(async () => {
  clock = stopClock(START);
  program = await startProgram({
    args: ['--method', 'oidc', ...FREE_PORTS],
    yaml: 'stagedoor.issuer.token-lifetime: 4h\n',
    environment: clock.environment,
  });
  client = JSON.parse(await command(program, ['client', 'create', '--name', 'worker', '--json']));
});
afterAll(async () => {
  await program?.stop();
  clock?.remove();
});

const token = () => tokenOf(program.issuer, client, 'orchestration');
const kidOf = (signed: string): string =>
  JSON.parse(Buffer.from(signed.split('.')[0] ?? '', 'base64url').toString()).kid;
const listed = async (): Promise<readonly Listed[]> => JSON.parse(await command(program, ['key', 'list', '--json']));

async function statusOf(signed: string): Promise<number> {
  return (await fetch(`${program.rest}/v2/topology`, { headers: bearer(signed) })).status;
}

async function published(): Promise<PublishedSet> {
  return (await (await fetch(`${program.issuer}/.well-known/jwks.json`)).json()) as PublishedSet;
}

/** What a verifier elsewhere does, by Node alone (RS256). */
function isSignedByOne(signed: string, { keys }: PublishedSet): boolean {
  const [header = '', payload = '', signature = ''] = signed.split('.');
  const jwk = keys.find(({ kid }) => kid === kidOf(signed));
  if (jwk === undefined) return false;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
}

describe('a rotation of the signing keys of a running program', () => {
  it('fails no token before, during and after it, here and at a verifier that remembers the key set', async () => {
    const before = await token();
    await command(program, ['key', 'rotate']);
    const remembered = await published();
    const during = await token();
    expect(kidOf(during)).toBe(kidOf(before));
    expect((await listed()).map(({ state }) => state)).toEqual(['next', 'signing']);
    clock.move(HOUR);
    const after = await token();
    expect(kidOf(after)).not.toBe(kidOf(before));
    for (const signed of [before, during, after]) {
      expect(await statusOf(signed)).toBe(200);
      // As it would be elsewhere: with the set from before the new key signed.
      expect(isSignedByOne(signed, remembered)).toBe(true);
    }
    expect((await listed()).map(({ kid, state }) => [kid, state])).toEqual([
      [kidOf(after), 'signing'],
      [kidOf(before), 'retiring'],
    ]);
  });

  it('goes on where it was after the program was killed', async () => {
    const before = await token();
    const keys = await listed();
    await program.kill();
    program = await startProgram({
      args: ['--method', 'oidc', ...FREE_PORTS],
      directory: program.directory,
      environment: clock.environment,
    });
    expect(await listed()).toEqual(keys);
    expect(kidOf(await token())).toBe(kidOf(before));
  });

  it('with --now refuses the old token on the next request, and a new one works', async () => {
    const stolen = await token();
    expect(await statusOf(stolen)).toBe(200);
    await command(program, ['key', 'rotate', '--now']);
    expect(await statusOf(stolen)).toBe(401);
    const fresh = await token();
    expect(await statusOf(fresh)).toBe(200);
    expect((await published()).keys.map(({ kid }) => kid)).toEqual([kidOf(fresh)]);
  });

  it('is in nothing that the program printed, and no private member is in the set', async () => {
    expect(program.output()).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
    for (const key of (await published()).keys)
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});
