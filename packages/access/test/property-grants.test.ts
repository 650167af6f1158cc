import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  anonymousPrincipal,
  anyOf,
  decide,
  type Found,
  type GroupId,
  permission,
  type ResourceProperty,
  reachesAnything,
  type SnapshotRecords,
  visibilityOf,
} from '../src/index.ts';
import { client, grant, member, propertyGrant, snapshotOf, user } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const readTask = permission('USER_TASK', 'READ', 'found');
const readTasks = anyOf(
  permission('PROCESS_DEFINITION', 'READ_USER_TASK', 'visible'),
  permission('USER_TASK', 'READ', 'visible'),
);

const WORKER_GRANTS = (['assignee', 'candidateUsers', 'candidateGroups'] as const).map((property) =>
  propertyGrant(['ROLE', 'task-worker'], property, 'READ'),
);
const snapshot = snapshotOf({
  memberships: [
    member('role', 'task-worker', 'user', 'ann'),
    member('role', 'task-worker', 'client', 'ann'),
    member('group', 'clerks', 'user', 'ann'),
    member('group', 'clerks', 'client', 'ann'),
  ],
  authorizations: [
    ...WORKER_GRANTS,
    propertyGrant(['USER', 'bob'], 'assignee', 'READ'),
    grant(['USER', 'bob'], ['PROCESS_DEFINITION', 'order'], 'READ_USER_TASK'),
    grant(['USER', 'bob'], ['USER_TASK', '17'], 'READ'),
  ],
});
const ann = snapshot.principalOf(user('ann'));
const bob = snapshot.principalOf(user('bob'));
const task = (properties?: Found['properties']): Found => ({
  resourceId: '1',
  ...(properties === undefined ? {} : { properties }),
});
const mayRead = (who: typeof ann, item: Found) => decide(snapshot, POLICY, who, readTask, [item]);

describe('a grant on a property', () => {
  it.each<[ResourceProperty, Found['properties']]>([
    ['assignee', { assignee: 'ann' }],
    ['candidateUsers', { candidateUsers: ['bob', 'ann'] }],
    ['candidateGroups', { candidateGroups: ['bosses', 'clerks'] }],
  ])('lets a task be read whose %s names the caller, and is named by the decision', (property, properties) => {
    const expected = WORKER_GRANTS.find((one) => one.resourcePropertyName === property);
    expect(mayRead(ann, task(properties))).toEqual({
      allowed: true,
      because: 'granted',
      by: [
        {
          authorizationKey: expected?.authorizationKey,
          ownerType: 'ROLE',
          ownerId: 'task-worker',
          resourcePropertyName: property,
        },
      ],
    });
  });

  it.each<[string, Found['properties']]>([
    ['says nothing', undefined],
    ['says nothing of people', {}],
    ['has no assignee', { assignee: null, candidateUsers: [], candidateGroups: [] }],
    ['is assigned to somebody else', { assignee: 'bob' }],
    ['is assigned to one whose name differs in case', { assignee: 'ANN' }],
    ['is assigned to a user who has the name of the group', { assignee: 'clerks' }],
    ['names others as candidates', { candidateUsers: ['anna', 'bob'], candidateGroups: ['bosses'] }],
    ['names a group like the caller', { candidateGroups: ['ann'] }],
    ['names a user like the group', { candidateUsers: ['clerks'] }],
  ])('refuses a task that %s', (_, properties) => {
    expect(mayRead(ann, task(properties))).toMatchObject({
      allowed: false,
      missing: [{ resourceType: 'USER_TASK', permissionType: 'READ', resourceIds: ['1'] }],
    });
  });

  it('refuses a client a task that is assigned to a user of the same name', () => {
    const worker = snapshot.principalOf(client('ann'));
    expect(mayRead(worker, task({ assignee: 'ann', candidateUsers: ['ann'] }))).toMatchObject({ allowed: false });
    expect(mayRead(worker, task({ candidateGroups: ['clerks'] }))).toMatchObject({ allowed: true });
  });

  it('refuses a permission that it does not have', () => {
    const complete = permission('USER_TASK', 'COMPLETE', 'found');
    expect(decide(snapshot, POLICY, ann, complete, [task({ assignee: 'ann' })])).toMatchObject({ allowed: false });
  });

  it('refuses what needs a wildcard', () => {
    const everything = permission('USER_TASK', 'READ', 'everything');
    expect(decide(snapshot, POLICY, ann, everything, [task({ assignee: 'ann' })])).toMatchObject({ allowed: false });
    expect(reachesAnything(snapshot, POLICY, ann, everything)).toMatchObject({ allowed: false });
  });

  it('refuses several tasks of which one names somebody else', () => {
    const tasks = [task({ assignee: 'ann' }), { resourceId: '2', properties: { assignee: 'bob' } }];
    expect(decide(snapshot, POLICY, ann, readTask, tasks)).toMatchObject({
      allowed: false,
      missing: [{ resourceIds: ['2'] }],
    });
  });

  it('reaches nothing on a resource that has no properties, should one be made past the types', () => {
    const past = { ...propertyGrant(['USER', 'eve'], 'assignee', 'READ'), resourceType: 'USER' } as const;
    const records: Partial<SnapshotRecords> = { authorizations: [past] };
    const odd = snapshotOf(records);
    const eve = odd.principalOf(user('eve'));
    const read = permission('USER', 'READ', 'found');
    expect(decide(odd, POLICY, eve, read, [task({ assignee: 'eve' })])).toMatchObject({ allowed: false });
    expect(visibilityOf(odd, POLICY, eve, read)).toEqual({ kind: 'none' });
    expect(reachesAnything(odd, POLICY, eve, read)).toMatchObject({ allowed: false });
  });
});

describe('the visibility of user tasks', () => {
  it('is by process, by task and by property at once', () => {
    expect(visibilityOf(snapshot, POLICY, bob, readTasks)).toEqual({
      kind: 'properties',
      ids: { PROCESS_DEFINITION: ['order'], USER_TASK: ['17'] },
      assignee: 'bob',
      candidateUser: null,
      candidateGroups: [],
    });
  });

  it('names the groups of the caller where the grant is on candidate groups', () => {
    expect(visibilityOf(snapshot, POLICY, ann, readTasks)).toEqual({
      kind: 'properties',
      ids: {},
      assignee: 'ann',
      candidateUser: 'ann',
      candidateGroups: ['clerks'],
    });
  });

  it('shows a client only what is for its groups', () => {
    expect(visibilityOf(snapshot, POLICY, snapshot.principalOf(client('ann')), readTasks)).toEqual({
      kind: 'properties',
      ids: {},
      assignee: null,
      candidateUser: null,
      candidateGroups: ['clerks'],
    });
  });

  it('shows nothing to a client whose grants are on assignees, and to a caller in no group whose grants are on groups', () => {
    const odd = snapshotOf({
      authorizations: [
        propertyGrant(['CLIENT', 'worker'], 'assignee', 'READ'),
        propertyGrant(['USER', 'carl'], 'candidateGroups', 'READ'),
      ],
    });
    for (const who of [odd.principalOf(client('worker')), odd.principalOf(user('carl'))]) {
      expect(visibilityOf(odd, POLICY, who, readTasks)).toEqual({ kind: 'none' });
      expect(reachesAnything(odd, POLICY, who, readTasks)).toMatchObject({ allowed: false });
    }
  });

  it('takes the groups of the token where the token says which', () => {
    const claimed = snapshot.principalOfToken({
      subject: user('ann'),
      groups: ['bosses' as GroupId],
      claims: {},
    });
    expect(decide(snapshot, POLICY, claimed, readTask, [task({ candidateGroups: ['clerks'] })])).toMatchObject({
      allowed: false,
    });
    expect(visibilityOf(snapshot, POLICY, claimed, readTasks)).toMatchObject({ candidateGroups: ['bosses'] });
  });

  it('shows nothing to an anonymous caller', () => {
    expect(visibilityOf(snapshot, POLICY, anonymousPrincipal, readTasks)).toEqual({ kind: 'none' });
  });
});
