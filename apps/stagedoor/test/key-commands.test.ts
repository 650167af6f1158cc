import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditEntry, OPERATOR } from '@stagedoor/access';
import { fileKeyStore, KeyStoreError, openSigningKeys, type StoredKey } from '@stagedoor/tokens';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlClient } from '../src/control/control-client.ts';
import { UnreadableAnswer, USE_CASE_OUTPUTS } from '../src/control/use-case-outputs.ts';
import { openDataDirectory } from '../src/data-directory.ts';
import { openHouse } from '../src/house.ts';
import { memoryKeyStore } from '../src/memory-key-store.ts';
import { openUseCases } from '../src/open-use-cases.ts';
import { keyUseCases } from '../src/use-cases/key-use-cases.ts';
import type { ListedKey } from '../src/use-cases.ts';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A command on a data directory on which nothing runs. */
function lone(...args: readonly string[]) {
  const controlClient = async (dataDirectory: string) =>
    new ControlClient({ dataDirectory, openUseCases, wait: async () => undefined });
  return run(args, { controlClient });
}

/** A data directory as a program leaves it behind. */
async function leftBehind(): Promise<string> {
  const directory = openDataDirectory(temporaryDirectory());
  await openSigningKeys({ store: fileKeyStore(directory.keys), clock: { now: Date.now }, algorithm: 'ES256' });
  return directory.path;
}

describe('stagedoor key', () => {
  it('list prints a table, or JSON', async () => {
    const { directory } = await runningProgram();
    expect((await run(['key', 'list', '--data', directory.path])).out).toBe(
      [
        'KEY ID  ALGORITHM  STATE     SINCE                     UNTIL',
        'second  ES256      signing   2026-11-23T10:00:00.000Z  -',
        'first   RS256      retiring  2026-11-23T10:00:00.000Z  2026-11-24T10:01:00.000Z',
        '',
      ].join('\n'),
    );
    const json = await run(['key', 'list', '--json', '--data', directory.path]);
    expect(JSON.parse(json.out)).toMatchObject([{ kid: 'second', until: null }, { kid: 'first' }]);
  });

  it('rotate says from when the new key signs, and --now what was withdrawn', async () => {
    const { directory, useCases } = await runningProgram();
    const ran = await run(['key', 'rotate', '--data', directory.path]);
    expect(ran.out).toContain('The key third is published and signs from 2026-11-23T11:00:00.000Z on.');
    const now = await run(['key', 'rotate', '--now', '--data', directory.path]);
    expect(now.out).toContain('Withdrawn, with every token that they signed: second, first.');
    const json = await run(['key', 'rotate', '--json', '--data', directory.path]);
    expect(JSON.parse(json.out)).toEqual({ kid: 'third', signsFrom: '2026-11-23T11:00:00.000Z', withdrawn: [] });
    expect(useCases.calls.map(({ input }) => input)).toEqual([{ now: false }, { now: true }, { now: false }]);
  });

  it.each([['key', 'rotate', 'a-key'], ['key', 'rotate', '--at-once'], ['key', 'delete'], ['key']])(
    'refuses %s %s %s',
    async (...args) => {
      const { directory, useCases } = await runningProgram();
      expect((await run([...args, '--data', directory.path])).code).toBe(2);
      expect(useCases.calls).toEqual([]);
    },
  );

  it.each([{ kid: 'a', algorithm: 'HS256' }, { state: 'stolen' }, { until: 7 }, { since: null }])(
    'takes no answer with %o for a key',
    (change) => {
      const key = { kid: 'a', algorithm: 'ES256', state: 'next', since: 'then', until: null };
      expect(USE_CASE_OUTPUTS['key.list']([key])).toEqual([key]);
      expect(() => USE_CASE_OUTPUTS['key.list']([{ ...key, ...change }])).toThrow(UnreadableAnswer);
    },
  );
});

describe('stagedoor key where nothing runs', () => {
  it('lists no key and makes none where no program ever started', async () => {
    const data = temporaryDirectory();
    expect(await lone('key', 'list', '--json', '--data', data)).toMatchObject({ code: 0, out: '[]\n' });
    const rotated = await lone('key', 'rotate', '--data', data);
    expect(rotated).toMatchObject({ code: 1, err: expect.stringContaining('there is no signing key yet') });
    expect(existsSync(join(data, 'keys'))).toBe(false);
  });

  it('rotates on the data directory, once, and says it in the audit log', async () => {
    const data = await leftBehind();
    const { kid } = JSON.parse((await lone('key', 'rotate', '--json', '--data', data)).out);
    const again = await lone('key', 'rotate', '--data', data);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining(`the next key ${kid} is published already`) });
    const listed: ListedKey[] = JSON.parse((await lone('key', 'list', '--json', '--data', data)).out);
    expect(listed.map(({ state, algorithm }) => [state, algorithm])).toEqual([
      ['next', 'ES256'],
      ['signing', 'ES256'],
    ]);
    expect(await auditOf(data)).toEqual([['operator', 'key.rotate', 'RESOURCE', kid]]);
  });

  it('withdraws everything with --now, and prints no private member anywhere', async () => {
    const data = await leftBehind();
    const path = join(data, 'keys', 'signing-keys.json');
    const secretsBefore = secretsOf(path);
    const { kid, withdrawn } = JSON.parse((await lone('key', 'rotate', '--now', '--json', '--data', data)).out);
    expect(withdrawn).toHaveLength(1);
    const outputs = [
      await lone('key', 'list', '--data', data),
      await lone('key', 'list', '--json', '--data', data),
      await lone('key', 'rotate', '--data', data),
      await lone('key', 'rotate', '--data', data),
    ];
    const listed: ListedKey[] = JSON.parse(outputs[1]?.out ?? '');
    expect(listed.map((key) => [key.kid, key.state])).toEqual([[kid, 'signing']]);
    for (const secret of [...secretsBefore, ...secretsOf(path)]) {
      expect(JSON.stringify(outputs)).not.toContain(secret);
    }
  });
});

describe('the use cases of a running program', () => {
  it('note a rotation as the operator’s, and a refused one not at all', async () => {
    const clock = { now: () => Date.parse('2026-11-23T10:00:00Z') };
    const keys = await openSigningKeys({ store: memoryKeyStore(), clock, algorithm: 'ES256' });
    const noted: AuditEntry[] = [];
    const useCases = keyUseCases({ open: async () => keys, clock, note: (entry) => void noted.push(entry) });
    const { kid, signsFrom } = await useCases['key.rotate']({ now: false });
    expect(signsFrom).toBe('2026-11-23T11:00:00.000Z');
    await expect(useCases['key.rotate']({ now: false })).rejects.toMatchObject({ code: 'KEY_ROTATION_UNDER_WAY' });
    await useCases['key.list']({});
    expect(noted).toEqual([
      {
        at: clock.now(),
        actor: OPERATOR,
        operation: 'key.rotate',
        entityType: 'RESOURCE',
        entityKey: kid,
        outcome: 'SUCCESS',
        code: null,
        count: 1,
      },
    ]);
  });

  it('say in words that the keys could not be written, and note nothing', async () => {
    const clock = { now: Date.now };
    const kept = memoryKeyStore();
    const keys = await openSigningKeys({ store: kept, clock, algorithm: 'ES256' });
    kept.save = () => Promise.reject(new KeyStoreError('KEY_STORE_UNWRITABLE', 'the disk is full'));
    const noted: AuditEntry[] = [];
    const useCases = keyUseCases({ open: async () => keys, clock, note: (entry) => void noted.push(entry) });
    for (const now of [false, true]) {
      await expect(useCases['key.rotate']({ now })).rejects.toMatchObject({ code: 'KEY_STORE_UNWRITABLE' });
    }
    expect(noted).toEqual([]);
  });
});

function secretsOf(path: string): readonly string[] {
  return JSON.parse(readFileSync(path, 'utf8')).keys.map((key: StoredKey) => String(key.privateKey.d));
}

async function auditOf(data: string) {
  const fail = (error: unknown) => {
    throw error;
  };
  const house = await openHouse({ directory: openDataDirectory(data), onFault: fail });
  onTestFinished(() => house.close());
  const page = { kind: 'offset', from: 0, limit: 100 } as const;
  const { items } = await house.identity.audit.search({ where: [], sort: [], page, visible: { kind: 'all' } });
  return items.map(({ actor, operation, entityType, entityKey }) => [actor.kind, operation, entityType, entityKey]);
}
