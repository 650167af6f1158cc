import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedSecret, TokenManager, type TokenRequest } from '../../src/index.ts';
import { SecretFile } from '../../src/node/index.ts';
import { KeptFiles } from '../../src/node/kept-files.ts';
import { keptInFiles } from '../../src/node/token-files.ts';
import { requestToken } from '../../src/request-token.ts';
import { MovableClock } from '../movable-clock.ts';
import { granted, TokenEndpoint } from '../token-endpoint.ts';

let parent: string;
let directory: string;
let issuer: TokenEndpoint;
let told: string[];

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'stagedoor-files-'));
  directory = join(parent, 'tokens');
  told = [];
  issuer = await TokenEndpoint.start();
});
afterEach(async () => {
  await issuer.stop();
  rmSync(parent, { recursive: true, force: true });
});

function request(more: Partial<TokenRequest> = {}): TokenRequest {
  const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
  return { endpoint: issuer.url, clientId: 'worker', authentication, ...more };
}

/** As another process would ask: nothing is remembered but what lies in the directory. */
function token(more: Partial<TokenRequest> = {}, clock = new MovableClock()) {
  const ask = keptInFiles(requestToken, directory, ({ message }) => told.push(message));
  return new TokenManager({ ask, clock }).tokenFor(request(more));
}

const entries = (): string[] => readdirSync(directory).map((name) => join(directory, name));

async function keyKnownAs(kid: string): Promise<Partial<TokenRequest>> {
  const usages: ('sign' | 'verify')[] = ['sign', 'verify'];
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, usages);
  const key = { privateKey, algorithm: 'ES256', known: { kid } } as const;
  return { authentication: { kind: 'assertion', key: { read: () => key } } };
}

describe('a token in a file', () => {
  it.each<[string, () => Promise<readonly Partial<TokenRequest>[]>]>([
    ['issuer', async () => [{}, { endpoint: new URL('/another', issuer.url) }]],
    ['resource', async () => [{}, { resources: ['https://a.example.com'] }]],
    [
      'certificate',
      async () => [{ certificate: { thumbprint: () => 'a' } }, { certificate: { thumbprint: () => 'b' } }],
    ],
    ['way to show the client', async () => [{}, { authentication: { kind: 'certificate' } }]],
    ['assertion key', async () => [await keyKnownAs('a'), await keyKnownAs('b')]],
  ])('serves nobody with another %s', async (_what, requests) => {
    for (const request of await requests()) await token(request).get();
    expect(issuer.seen).toHaveLength(2);
    expect(entries()).toHaveLength(2);
  });

  it('says what it is good for, as it said when it was new', async () => {
    issuer.answers(() => granted('scoped', { scope: 'a b' }));
    await token().get();
    expect((await token().get()).scope).toBe('a b');
    expect(issuer.seen).toHaveLength(1);
  });

  it('that is old is no token for a long poll, and one that is to be renewed is not renewed by itself', async () => {
    await token().get();
    const later = new MovableClock();
    later.wrongBy = 296_000;
    expect((await token({}, later).get({ minimumLife: 30_000 })).value).toBe('token-2');
  });

  it('which has been renewed by another process is taken by those who have the old one', async () => {
    const [clock, other] = [new MovableClock(), new MovableClock()];
    const mine = token({}, clock);
    await mine.get();
    other.wrongBy = 290_000;
    await token({}, other).get({ minimumLife: 60_000 });
    expect(issuer.seen).toHaveLength(2);
    clock.wrongBy = 290_000;
    clock.move(290_000);
    expect((await mine.get({ minimumLife: 60_000 })).value).toBe('token-2');
    expect(issuer.seen).toHaveLength(2);
  });

  it('takes the place of no other that it does not outlive by far', async () => {
    await token().get();
    const [clock, ask] = [new MovableClock(), keptInFiles(requestToken, directory, () => undefined)];
    clock.wrongBy = 200_000;
    const [obtained, asking] = [clock.monotonic() - 250_000, { fetch, clock, timeout: 10_000, skew: 0 }];
    const mine = { value: 'mine', obtained, expires: obtained + 300_000, scope: undefined };
    const replaced = { token: mine, rejected: false };
    const { outcome } = await ask(request(), asking, replaced);
    expect(outcome).toMatchObject({ kind: 'token', token: { value: 'token-2' } });
  });

  it('that the API refused lies there for nobody, though there is no other yet', async () => {
    const refusing = token();
    refusing.reject(await refusing.get());
    issuer.answers(() => ({ status: 503, body: '' }));
    await expect(refusing.get({ patience: 1 })).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(entries()).toEqual([]);
  });

  it('is none where a link is in its place, wherever that leads', async () => {
    await token().get();
    const [entry = ''] = entries();
    renameSync(entry, join(parent, 'elsewhere'));
    symlinkSync(join(parent, 'elsewhere'), entry);
    expect((await token().get()).value).toBe('token-2');
    expect(statSync(join(parent, 'elsewhere')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(parent, 'elsewhere'), 'utf8')).toContain('token-1');
  });

  it('is none where a link leads to its directory', async () => {
    await token().get();
    renameSync(directory, join(parent, 'real'));
    symlinkSync(join(parent, 'real'), directory);
    expect((await token().get()).value).toBe('token-2');
    expect(told).toEqual([expect.stringMatching(/is no directory/)]);
  });

  for (const what of ['directory', 'entry'])
    it(`is none where the ${what} belongs to another user`, async (ctx) => {
      ctx.skip(process.getuid?.() !== 0, 'needs root, to give a file away');
      await token().get();
      chownSync(what === 'directory' ? directory : (entries()[0] ?? ''), 65_534, 65_534);
      expect((await token().get()).value).toBe('token-2');
    });

  it('leaves nothing half written behind where it cannot be put in its place', async () => {
    await token().get();
    const [entry = ''] = entries();
    rmSync(entry);
    mkdirSync(join(entry, 'occupied'), { recursive: true });
    expect((await token().get()).value).toBe('token-2');
    expect(told).toEqual([expect.stringMatching(/no token is kept in/)]);
    expect(entries()).toEqual([entry]);
  });

  it.each([{ value: 7 }, { obtained: 'x' }, { life: null }, { life: -1 }, { name: undefined }])(
    'is none with %j in it',
    async (damage) => {
      await token().get();
      const [entry = ''] = entries();
      writeFileSync(entry, JSON.stringify({ ...JSON.parse(readFileSync(entry, 'utf8')), ...damage }));
      expect((await token().get()).value).toBe('token-2');
    },
  );
});

describe('files that are read again', () => {
  const reading = () => {
    const path = join(parent, 'file');
    writeFileSync(path, 'one');
    let parsed = 0;
    const files = new KeptFiles(
      [path],
      ([content]) => {
        parsed += 1;
        return { text: String(content) };
      },
      ({ message }) => told.push(message),
    );
    return { path, files, parsed: () => parsed };
  };

  it('are read once for all who ask while they are', async () => {
    const { files, parsed } = reading();
    await Promise.all(Array.from({ length: 20 }, () => files.current()));
    await files.current();
    expect(parsed()).toBe(1);
  });

  it('are the same where they were only touched, copied or written again', async () => {
    const { files, path, parsed } = reading();
    const first = await files.current();
    utimesSync(path, new Date(0), new Date(0));
    cpSync(path, `${path}.new`);
    renameSync(`${path}.new`, path);
    expect(await files.current()).toBe(first);
    expect(await files.current(true)).toBe(first);
    expect(parsed()).toBe(1);
  });

  it('are read anew where that is asked for, though they look as before', async (ctx) => {
    ctx.skip(process.platform !== 'linux', 'needs a file that changes and does not look it');
    const files = new KeptFiles(
      ['/proc/uptime'],
      ([content]) => String(content),
      () => undefined,
    );
    const first = await files.current();
    let next = first;
    while (next === first) next = await files.current(true);
    expect(next).toMatch(/^[\d.]+ /);
  });

  it('are kept as they were while they are away, and taken when they are back', async () => {
    const { files, path } = reading();
    const first = await files.current();
    rmSync(path);
    expect(await files.current()).toBe(first);
    expect(told).toEqual([`${path} cannot be read (ENOENT)`]);
    writeFileSync(path, 'two');
    expect(await files.current()).toEqual({ text: 'two' });
  });
});

describe('a secret in a file', () => {
  it.each([
    ['two lines', 'one\ntwo\n'],
    ['nothing', '\n'],
    ['more than a file of secrets can have', 'x'.repeat(5 * 1_024 * 1_024)],
  ])('is none in %s', async (_what, text) => {
    const path = join(parent, 'secret');
    writeFileSync(path, text);
    await expect(new SecretFile(path, () => undefined).read()).rejects.toMatchObject({ code: 'CREDENTIALS_UNUSABLE' });
  });

  it.each([
    ['s3cret\r\n', 's3cret'],
    [' s3 cret \n', ' s3 cret '],
    ['s3crét', 's3crét'],
  ])('is the whole line: %j', async (text, secret) => {
    const path = join(parent, 'secret');
    writeFileSync(path, text);
    expect((await new SecretFile(path, () => undefined).read()).reveal()).toBe(secret);
  });
});
