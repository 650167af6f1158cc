import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Credentials, credentialsFromEnvironment } from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';
import { granted, refused, TokenEndpoint } from '../token-endpoint.ts';

let parent: string;
let directory: string;
let api: Api;
let issuer: TokenEndpoint;
let told: string[];
const open: Credentials[] = [];

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'stagedoor-tokens-'));
  directory = join(parent, 'tokens');
  told = [];
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
});
afterEach(async () => {
  await Promise.all([api.stop(), issuer.stop(), ...open.splice(0).map((one) => one.close())]);
  rmSync(parent, { recursive: true, force: true });
});

/** As another process would: nothing is remembered but what lies in the directory. */
async function call(more: Record<string, string> = {}, clock = new MovableClock()): Promise<number> {
  const environment = {
    CAMUNDA_OAUTH_CACHE_DIR: directory,
    CAMUNDA_REST_ADDRESS: api.origin,
    CAMUNDA_CLIENT_ID: 'worker',
    CAMUNDA_CLIENT_SECRET: 's3cret',
    CAMUNDA_OAUTH_URL: issuer.url.href,
    ...more,
  };
  const found = credentialsFromEnvironment(environment, {
    clock,
    broker: false,
    complain: ({ message }) => told.push(message),
  });
  open.push(found);
  return (await found.fetchFor('orchestration')(`${api.origin}/v2/topology`)).status;
}

function entries(): string[] {
  return readdirSync(directory).map((name) => join(directory, name));
}

describe('a token in a file', () => {
  it('serves the processes that come later', async () => {
    for (let process = 0; process < 5; process += 1) expect(await call()).toBe(200);
    expect(issuer.seen).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('is kept in no directory where that is switched off', async () => {
    expect(await call({ CAMUNDA_TOKEN_DISK_CACHE_DISABLE: 'true' })).toBe(200);
    expect(readdirSync(parent)).toEqual([]);
    expect(await call({ CAMUNDA_TOKEN_DISK_CACHE_DISABLE: 'false' })).toBe(200);
    expect(entries()).toHaveLength(1);
  });

  it('is for nobody else to read, and neither is its directory', async () => {
    await call();
    const [entry = ''] = entries();
    expect(statSync(entry).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(`${entry}${readFileSync(entry, 'utf8')}`).not.toContain('s3cret');
  });

  it('is not believed where others could have put it', async () => {
    await call();
    chmodSync(directory, 0o770);
    expect(await call()).toBe(200);
    expect(issuer.seen).toHaveLength(2);
  });

  it.each([
    ['audience', { CAMUNDA_TOKEN_AUDIENCE: 'another' }],
    ['scope', { CAMUNDA_TOKEN_SCOPE: 'another' }],
    ['client', { CAMUNDA_CLIENT_ID: 'another' }],
  ])('serves nobody who asks with another %s', async (_what, other) => {
    await call();
    await call(other);
    expect(issuer.seen).toHaveLength(2);
  });

  it('serves nobody with a wrong secret', async () => {
    await call();
    issuer.answers(() => refused('invalid_client'));
    await expect(call({ CAMUNDA_CLIENT_SECRET: 'wrong' })).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('serves nobody under the name of another entry', async () => {
    await call();
    await call({ CAMUNDA_TOKEN_AUDIENCE: 'another' });
    const [one = '', other = ''] = entries();
    writeFileSync(other, readFileSync(one));
    await call();
    await call({ CAMUNDA_TOKEN_AUDIENCE: 'another' });
    expect(issuer.seen).toHaveLength(3);
  });

  it('is not taken once the API has refused it', async () => {
    await call();
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    expect(await call()).toBe(200);
    expect(await call()).toBe(200);
    expect(issuer.seen).toHaveLength(2);
  });

  it.each<[string, (entry: string) => void]>([
    ['half', (entry) => writeFileSync(entry, readFileSync(entry, 'utf8').slice(0, 40))],
    ['nothing', (entry) => writeFileSync(entry, '')],
    ['something else', (entry) => writeFileSync(entry, '[]')],
    ['open to others', (entry) => chmodSync(entry, 0o644)],
    ['larger than any token', (entry) => writeFileSync(entry, `${readFileSync(entry, 'utf8')}${' '.repeat(70_000)}`)],
    [
      'a directory',
      (entry) => {
        rmSync(entry);
        mkdirSync(entry);
      },
    ],
  ])('is asked for anew where it is %s', async (_what, damage) => {
    await call();
    damage(entries()[0] ?? '');
    expect(await call()).toBe(200);
    expect(issuer.seen).toHaveLength(2);
  });

  it('has ended when its life is over, and counts for nothing on a machine whose clock was set back', async () => {
    await call();
    const later = new MovableClock();
    later.wrongBy = 299_000;
    await call({}, later);
    expect(issuer.seen).toHaveLength(2);
    const earlier = new MovableClock();
    earlier.wrongBy = -60_000;
    await call({}, earlier);
    expect(issuer.seen).toHaveLength(3);
  });

  it('is done without where it cannot be kept, and that is said', async () => {
    writeFileSync(directory, 'a file in its place');
    expect(await call()).toBe(200);
    expect(told).toEqual([expect.stringMatching(/no token is kept in .*: EEXIST/)]);
    rmSync(directory);
    mkdirSync(directory, { mode: 0o755 });
    expect(await call()).toBe(200);
    expect(told[1]).toMatch(/is open to other users/);
    expect(entries()).toEqual([]);
  });

  it('goes when nobody has wanted it for a day, and what is not ours stays', async () => {
    await call();
    const [old = ''] = entries();
    const ours = new Date(Date.now() - 25 * 3_600_000);
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    for (const path of [old, join(directory, 'notes.txt')]) utimesSync(path, ours, ours);
    issuer.answers(() => granted('next'));
    await call({ CAMUNDA_TOKEN_AUDIENCE: 'another' });
    const left = entries();
    expect(left).toHaveLength(2);
    expect(left).toContain(join(directory, 'notes.txt'));
    expect(left).not.toContain(old);
  });

  it('is whole for everybody while many write it', async () => {
    issuer.answers((_request, count) => granted(`token-${count}-${'x'.repeat(5_000)}`));
    const all = await Promise.all(Array.from({ length: 30 }, () => call()));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(entries()).toHaveLength(1);
    JSON.parse(readFileSync(entries()[0] ?? '', 'utf8'));
  });
});
