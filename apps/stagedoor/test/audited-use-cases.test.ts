import { generateKeyPairSync } from 'node:crypto';
import type { Actor } from '@stagedoor/access';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDataDirectory } from '../src/data-directory.ts';
import { type House, openHouse } from '../src/house.ts';
import { allUseCases } from '../src/use-cases/all-use-cases.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const CREATOR: Actor = { kind: 'client', id: 'console', credential: 'bearer' };

async function open(): Promise<House> {
  const fail = (error: unknown) => {
    throw error;
  };
  const house = await openHouse({ directory: openDataDirectory(temporaryDirectory()), onFault: fail });
  onTestFinished(() => house.close());
  return house;
}

async function rows({ identity }: House) {
  const page = { kind: 'offset', from: 0, limit: 100 } as const;
  const { items } = await identity.audit.search({ where: [], sort: [], page, visible: { kind: 'all' } });
  return items.map(({ actor, operation, entityType, entityKey }) => [actor.kind, operation, entityType, entityKey]);
}

describe('a use case of the command line', () => {
  it('is the operator’s in the audit log, one row for each change and none for a look', async () => {
    const house = await open();
    const useCases = allUseCases(house);
    await useCases['client.create']({ name: 'Worker', id: 'worker', grants: true });
    await useCases['client.rotate']({ id: 'worker' });
    await useCases['user.create']({ username: 'ann', password: 'x' });
    await useCases['user.passwd']({ username: 'ann', password: 'y' });
    const grant = { owner: 'user:ann', resource: 'MESSAGE', permissions: ['READ'] };
    const { authorizationKey } = await useCases['grant.add'](grant);
    await useCases['grant.remove']({ key: authorizationKey });
    await useCases['user.delete']({ username: 'ann' });
    await useCases['client.delete']({ id: 'worker' });
    await useCases['client.list']({});
    await useCases['user.list']({});
    await useCases['grant.list']({});
    expect(await rows(house)).toEqual([
      ['operator', 'client.create', 'CLIENT', 'worker'],
      ['operator', 'client.rotate', 'CLIENT', 'worker'],
      ['operator', 'createUser', 'USER', 'ann'],
      ['operator', 'updateUser', 'USER', 'ann'],
      ['operator', 'createAuthorization', 'AUTHORIZATION', authorizationKey],
      ['operator', 'deleteAuthorization', 'AUTHORIZATION', authorizationKey],
      ['operator', 'deleteUser', 'USER', 'ann'],
      ['operator', 'client.delete', 'CLIENT', 'worker'],
    ]);
  });

  it('registers a client with a key as any other: one row, its grants, and nothing where the key is refused', async () => {
    const house = await open();
    const useCases = allUseCases(house);
    const { publicKey } = generateKeyPairSync('ed25519');
    const keys = JSON.stringify(publicKey.export({ format: 'jwk' }));
    const robot = { name: 'Robot', id: 'robot', scopes: ['operate'], grants: true };
    const created = await useCases['client.create-with-keys']({ ...robot, keys });
    expect(await useCases['client.list']({})).toMatchObject([
      { clientId: 'robot', keyThumbprints: created.keyThumbprints },
    ]);
    expect(created.keyThumbprints).toHaveLength(1);
    expect(await useCases['grant.list']({})).not.toEqual([]);
    const refused = { ...robot, id: 'other', keys: '{"kty":"oct","k":"AAAA"}' };
    await expect(useCases['client.create-with-keys'](refused)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(useCases['client.rotate']({ id: 'robot' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await rows(house)).toEqual([['operator', 'client.create', 'CLIENT', 'robot']]);
  });

  it('is somebody else’s where he asked for it', async () => {
    const house = await open();
    await allUseCases(house, CREATOR)['client.create']({ name: 'Worker', id: 'worker', grants: false });
    const page = { kind: 'offset', from: 0, limit: 100 } as const;
    const { items } = await house.identity.audit.search({ where: [], sort: [], page, visible: { kind: 'all' } });
    expect(items).toMatchObject([{ actor: CREATOR, operation: 'client.create', entityKey: 'worker' }]);
  });

  it('is no row where it was refused, and then there is no half of a client', async () => {
    const house = await open();
    const useCases = allUseCases(house);
    await useCases['user.create']({ username: 'ann', password: 'x' });
    const before = await rows(house);
    const refused = [
      useCases['client.create']({ name: 'Ann', id: 'ann', grants: true }),
      useCases['client.create']({ name: 'Worker', id: 'a b', grants: true }),
      useCases['client.rotate']({ id: 'nobody' }),
      useCases['client.delete']({ id: 'nobody' }),
      useCases['user.passwd']({ username: 'nobody', password: 'x' }),
      useCases['grant.remove']({ key: '99999' }),
    ];
    for (const outcome of await Promise.allSettled(refused)) expect(outcome.status).toBe('rejected');
    expect(await rows(house)).toEqual(before);
    expect(await useCases['client.list']({})).toEqual([]);
  });

  it('leaves no secret in the audit log', async () => {
    const house = await open();
    const useCases = allUseCases(house);
    const created = await useCases['client.create']({ name: 'Worker', grants: true });
    const rotated = await useCases['client.rotate']({ id: created.clientId });
    await useCases['user.create']({ username: 'ann', password: 'canary-password' });
    const { rows: raw } = await sql`select * from audit_log`.execute(house.records.db);
    expect(raw).toHaveLength(3);
    for (const secret of [created.clientSecret, rotated.clientSecret, 'canary-password']) {
      expect(JSON.stringify(raw)).not.toContain(secret);
    }
  });
});
