import type { ClientId, Scope } from '@stagedoor/access';
import { beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from './identity-under-test.ts';

describe('a client in the records', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  const reserve = (id: string): Promise<ClientId> =>
    house.store.change((tx) => house.identity.reserveClientName(tx, id));
  const remove = (id: string) => house.store.change((tx) => house.identity.removeClient(tx, id));
  const register = (id: string, scopes: readonly Scope[]) =>
    house.store.change(async (tx) => {
      await house.identity.addClientGrants(tx, await house.identity.reserveClientName(tx, id), scopes);
    });
  const grantsOf = async (id: string) => {
    const grants = (await house.identity.listGrants()).filter(
      (grant) => grant.ownerType === 'CLIENT' && grant.ownerId === id,
    );
    return Object.fromEntries(
      grants.map((grant) => [grant.resourceType, [grant.resourceId, ...grant.permissionTypes]]),
    );
  };

  it('cannot take the name of a user', async () => {
    await house.identity.createUser({ username: 'demo', password: 'demo' });
    await expect(reserve('demo')).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: "Expected to create client with id 'demo', but a user with this username already exists",
    });
  });

  it('keeps its name from users, and from other clients', async () => {
    await reserve('worker');
    await expect(house.identity.createUser({ username: 'worker', password: 'x' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: "Expected to create user with username 'worker', but a client with this id already exists",
    });
    await expect(reserve('worker')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it.each(['', 'a b', "a'b", 'x'.repeat(257), 'a\r\nb'])('cannot be called %j', async (id) => {
    await expect(reserve(id)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('reserves nothing where the transaction around it fails', async () => {
    const failed = house.store.change(async (tx) => {
      await house.identity.reserveClientName(tx, 'worker');
      throw new Error('the other half failed');
    });
    await expect(failed).rejects.toThrow('the other half failed');
    await reserve('worker');
  });

  it('gets what the scope operate grants, on everything of these types', async () => {
    await register('reader', ['operate']);
    expect(await grantsOf('reader')).toEqual({
      PROCESS_DEFINITION: ['*', 'READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE'],
      DECISION_DEFINITION: ['*', 'READ_DECISION_DEFINITION', 'READ_DECISION_INSTANCE'],
      DECISION_REQUIREMENTS_DEFINITION: ['*', 'READ'],
    });
    expect(house.identity.snapshot().reach('CLIENT', 'reader', 'PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE').all).toBe(
      true,
    );
  });

  it('gets from the scope administration nothing of the cluster data', async () => {
    await register('console', ['administration']);
    expect(await grantsOf('console')).toEqual({ SYSTEM: ['*', 'READ', 'READ_USAGE_METRIC', 'UPDATE'] });
  });

  it('gets from orchestration what operate, zeebe and tasklist grant together', async () => {
    await register('one', ['orchestration']);
    await register('three', ['operate', 'zeebe', 'tasklist']);
    const sorted = async (id: string) => {
      const entries = Object.entries(await grantsOf(id));
      return Object.fromEntries(entries.map(([type, permissions]) => [type, permissions.toSorted()]));
    };
    expect(await sorted('one')).toEqual(await sorted('three'));
    expect((await grantsOf('one')).PROCESS_DEFINITION).toHaveLength(11);
  });

  it('gets nothing without scopes', async () => {
    await register('bare', []);
    expect(await grantsOf('bare')).toEqual({});
  });

  it('keeps what the configuration granted it before it was registered', async () => {
    await house.identity.initialize({
      authorizations: [
        { ownerType: 'CLIENT', ownerId: 'worker', resourceType: 'MESSAGE', resourceId: '*', permissions: ['CREATE'] },
        {
          ownerType: 'CLIENT',
          ownerId: 'worker',
          resourceType: 'SYSTEM',
          resourceId: '*',
          permissions: ['READ_USAGE_METRIC'],
        },
      ],
    });
    await register('worker', ['administration']);
    expect(await grantsOf('worker')).toEqual({
      MESSAGE: ['*', 'CREATE'],
      SYSTEM: ['*', 'READ_USAGE_METRIC', 'READ', 'UPDATE'],
    });
  });

  it('takes its grants and memberships along when it is deleted', async () => {
    await house.identity.initialize({ defaultRoles: { admin: { clients: ['worker'] } } });
    await register('worker', ['zeebe']);
    const worker = await house.store.db.selectFrom('principal_names').select('name').executeTakeFirstOrThrow();
    const principal = () =>
      house.identity.snapshot().principalOf({ kind: 'client', clientId: worker.name as ClientId });
    expect(principal()).toMatchObject({ roles: ['admin'] });
    await remove('worker');
    expect(await grantsOf('worker')).toEqual({});
    expect(principal()).toMatchObject({ roles: [], tenants: [] });
  });

  it('leaves an id that nobody gets again, neither client nor user', async () => {
    await reserve('worker');
    await remove('worker');
    const gone = expect.stringContaining('a client with this id has existed');
    await expect(reserve('worker')).rejects.toMatchObject({ code: 'ALREADY_EXISTS', message: gone });
    await expect(house.identity.createUser({ username: 'worker', password: 'x' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: gone,
    });
  });

  it('cannot be deleted twice, nor can a user by this way', async () => {
    await reserve('worker');
    await remove('worker');
    await expect(remove('worker')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await house.identity.createUser({ username: 'ann', password: 'x' });
    await expect(remove('ann')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(house.identity.snapshot().user('ann')).toBeDefined();
  });

  it('does not lose its grants when a user of another name is deleted', async () => {
    await register('worker', ['operate']);
    await house.identity.createUser({ username: 'ann', password: 'x' });
    await house.identity.deleteUser({ username: 'ann' });
    expect(Object.keys(await grantsOf('worker'))).toHaveLength(3);
  });
});
