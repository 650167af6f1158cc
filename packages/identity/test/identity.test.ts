import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openHouse, reopen } from './identity-under-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'identity-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the snapshot', () => {
  it('has a higher epoch after every command and every refresh, and none lower after a restart', async () => {
    const house = await openHouse();
    const { identity } = house;
    const epochs = [identity.snapshot().epoch];
    const note = () => epochs.push(identity.snapshot().epoch);
    await identity.createUser({ username: 'ann', password: 'x' }).then(note);
    await identity.changePassword({ username: 'ann', password: 'y' }).then(note);
    const grant = {
      ownerType: 'USER',
      ownerId: 'ann',
      resourceType: 'MESSAGE',
      resourceId: '*',
      permissionTypes: ['READ'],
    };
    const { authorizationKey } = await identity.addGrant(grant);
    note();
    await identity.removeGrant({ authorizationKey }).then(note);
    await identity.deleteUser({ username: 'ann' }).then(note);
    await identity.refresh().then(note);
    expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
    expect((await reopen(house)).identity.snapshot().epoch).toBeGreaterThan(epochs[0] ?? 0);
  });

  it('says in the records that they have changed, for another process on them', async () => {
    const { identity, store } = await openHouse();
    const other = (await reopen({ store, time: (await openHouse()).time })).identity;
    const grant = {
      ownerType: 'CLIENT',
      ownerId: 'c',
      resourceType: 'MESSAGE',
      resourceId: 'm',
      permissionTypes: ['READ'],
    };
    const keyOfGrant = async () =>
      (await identity.listGrants()).find((stored) => stored.ownerId === 'c')?.authorizationKey ?? '';
    const steps: (() => Promise<unknown>)[] = [
      () => identity.createUser({ username: 'ann', password: 'x' }),
      () => identity.changePassword({ username: 'ann', password: 'y' }),
      () => identity.deleteUser({ username: 'ann' }),
      () => identity.addGrant(grant),
      async () => identity.removeGrant({ authorizationKey: await keyOfGrant() }),
      () => identity.setUpFirstAdministrator({ username: 'root', password: 'x' }),
      async () => identity.rehash(identity.snapshot().user('root') ?? never(), 'x'),
      () => identity.initialize({ defaultRoles: { rpa: { users: ['root'] } } }),
      () => identity.initialize({ users: [{ username: 'root', password: 'other' }] }),
      () =>
        store.change(async (tx) =>
          identity.addClientGrants(tx, await identity.reserveClientName(tx, 'c'), ['operate']),
        ),
      () => store.change((tx) => identity.removeClient(tx, 'c')),
    ];
    for (const step of steps) {
      const before = await recordedEpoch();
      await step();
      expect(await recordedEpoch()).toBeGreaterThan(before);
    }
    expect(other.snapshot().user('root')).toBeDefined();

    async function recordedEpoch(): Promise<number> {
      const row = await store.db
        .selectFrom('identity_meta')
        .select('value')
        .where('name', '=', 'epoch')
        .executeTakeFirstOrThrow();
      return Number(row.value);
    }
  });

  it('stays as it was in the hands of whoever took it', async () => {
    const { identity } = await openHouse();
    const before = identity.snapshot();
    await identity.createUser({ username: 'ann', password: 'x' });
    expect(before.user('ann')).toBeUndefined();
    expect(identity.snapshot().user('ann')).toBeDefined();
  });

  it('is refused to everybody after the records could not be read, until they can', async () => {
    const { identity, store } = await openHouse();
    await store.db.schema.alterTable('authorizations').renameTo('elsewhere').execute();
    await expect(identity.refresh()).rejects.toThrow();
    expect(() => identity.snapshot()).toThrow('the identity records could not be read');
    await store.db.schema.alterTable('elsewhere').renameTo('authorizations').execute();
    await identity.refresh();
    expect(identity.snapshot().reach('ROLE', 'admin', 'USER', 'READ').all).toBe(true);
  });

  it('leaves out permissions that this version does not know', async () => {
    const { identity, store } = await openHouse();
    const permission_types = JSON.stringify(['READ', 'FLY', 7, 'REVEAL']);
    await store.db.updateTable('authorizations').set({ permission_types }).where('owner_id', '=', 'rpa').execute();
    await identity.refresh();
    const grants = (await identity.listGrants()).filter((grant) => grant.ownerId === 'rpa');
    expect(grants.map((grant) => grant.permissionTypes)).toEqual([['READ'], []]);
  });

  it('comes back from the file after a restart', async () => {
    const file = join(directory, 'records.db');
    const first = await openHouse({ file });
    await first.identity.createUser({ username: 'ann', password: 'x' });
    await first.store.db.destroy();
    const second = await openHouse({ file });
    expect(second.identity.snapshot().user('ann')).toBeDefined();
    await second.store.db.destroy();
  });
});

describe('ended sessions', () => {
  it('are ended for good, after a restart too, and others are not', async () => {
    const house = await openHouse();
    const { identity, time } = house;
    await identity.endedSessions.end('s1', time.now() + 60_000);
    const restarted = (await reopen(house)).identity;
    for (const sessions of [identity.endedSessions, restarted.endedSessions]) {
      expect(sessions.has('s1')).toBe(true);
      expect(sessions.has('s2')).toBe(false);
    }
  });

  it('may be ended twice', async () => {
    const { identity, time } = await openHouse();
    await identity.endedSessions.end('s1', time.now() + 60_000);
    await identity.endedSessions.end('s1', time.now() + 90_000);
    expect(identity.endedSessions.has('s1')).toBe(true);
  });

  it('are forgotten once they would have expired anyway', async () => {
    const { identity, store, time } = await openHouse();
    await identity.endedSessions.end('s1', time.now() + 60_000);
    time.move(60_000);
    await identity.endedSessions.end('s2', time.now() + 60_000);
    expect(identity.endedSessions.has('s1')).toBe(false);
    expect(await store.db.selectFrom('ended_sessions').select('session_id').execute()).toEqual([{ session_id: 's2' }]);
  });

  it('are not ended where the commit fails', async () => {
    const { identity, store, time } = await openHouse();
    store.breakCommits();
    await expect(identity.endedSessions.end('s1', time.now() + 60_000)).rejects.toThrow('the disk is full');
    expect(identity.endedSessions.has('s1')).toBe(false);
  });
});

function never(): never {
  throw new Error('the user is not there');
}
