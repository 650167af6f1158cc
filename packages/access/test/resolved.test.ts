import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  allOf,
  anonymousPrincipal,
  anyOf,
  authenticated,
  decide,
  type Found,
  permission,
  type Requirement,
  reachesAnything,
  resolved,
  visibilityOf,
} from '../src/index.ts';
import { grant, snapshotOf, user } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const OFF: AccessPolicy = { ...POLICY, authorizationsEnabled: false };
const deleteResource = resolved(
  'kind of resource',
  permission('RESOURCE', 'DELETE_PROCESS', 'found'),
  permission('RESOURCE', 'DELETE_FORM', 'found'),
);
const snapshot = snapshotOf({
  authorizations: [
    grant(['USER', 'ann'], ['RESOURCE', 'order'], 'DELETE_PROCESS'),
    grant(['USER', 'ann'], ['PROCESS_DEFINITION', 'order'], 'UPDATE_PROCESS_INSTANCE'),
    grant(['USER', 'root'], ['RESOURCE', '*'], 'DELETE_PROCESS', 'DELETE_FORM', 'DELETE_DRD'),
  ],
});
const ann = snapshot.principalOf(user('ann'));
const root = snapshot.principalOf(user('root'));
const nobody = snapshot.principalOf(user('nobody'));
const process = (resourceId: string): Found => ({
  resourceId,
  permission: { resourceType: 'RESOURCE', permissionType: 'DELETE_PROCESS' },
});
const form = (resourceId: string): Found => ({
  resourceId,
  permission: { resourceType: 'RESOURCE', permissionType: 'DELETE_FORM' },
});

describe('a requirement that depends on what is found', () => {
  it('is met by the permission that the item turned out to need', () => {
    expect(decide(snapshot, POLICY, ann, deleteResource, [process('order')])).toMatchObject({
      allowed: true,
      by: [{ ownerId: 'ann', resourceId: 'order' }],
    });
  });

  it.each<[string, readonly Found[]]>([
    ['nothing was found', []],
    ['the item names no permission', [{ resourceId: 'order' }]],
    [
      'the item names a permission that is none of them',
      [{ resourceId: 'order', permission: { resourceType: 'RESOURCE', permissionType: 'DELETE_DRD' } }],
    ],
    [
      'the item names a permission of another resource type',
      [{ resourceId: 'order', permission: { resourceType: 'MESSAGE', permissionType: 'DELETE_PROCESS' } }],
    ],
    ['one of the items names no permission', [process('order'), { resourceId: 'invoice' }]],
  ])('refuses everybody, wildcard or not, where %s', (_, found) => {
    for (const who of [ann, root]) {
      const decision = decide(snapshot, POLICY, who, deleteResource, found);
      expect(decision).toMatchObject({ allowed: false, because: 'permission-missing' });
    }
  });

  it('names all that could have been needed where the item does not say which', () => {
    expect(decide(snapshot, POLICY, root, deleteResource, [])).toEqual({
      allowed: false,
      because: 'permission-missing',
      missing: [
        { resourceType: 'RESOURCE', permissionType: 'DELETE_PROCESS', resourceIds: [] },
        { resourceType: 'RESOURCE', permissionType: 'DELETE_FORM', resourceIds: [] },
      ],
    });
  });

  it('refuses another of the permissions on the same item, and the same permission on another item', () => {
    expect(decide(snapshot, POLICY, ann, deleteResource, [form('order')])).toMatchObject({
      missing: [{ permissionType: 'DELETE_FORM', resourceIds: ['order'] }],
    });
    expect(decide(snapshot, POLICY, ann, deleteResource, [process('invoice')])).toMatchObject({ allowed: false });
  });

  it('wants every item, each with its own permission', () => {
    expect(decide(snapshot, POLICY, root, deleteResource, [process('a'), form('b')])).toMatchObject({ allowed: true });
    expect(decide(snapshot, POLICY, ann, deleteResource, [process('order'), form('b')])).toMatchObject({
      allowed: false,
      missing: [{ permissionType: 'DELETE_FORM', resourceIds: ['b'] }],
    });
  });

  it('is not met by a permission that only narrows a collection', () => {
    const odd = resolved('kind of resource', permission('RESOURCE', 'DELETE_PROCESS', 'visible'));
    expect(decide(snapshot, POLICY, root, odd, [process('order')])).toMatchObject({ allowed: false });
  });

  it('refuses an anonymous caller, and asks nothing of the grants where the checks are off', () => {
    expect(decide(snapshot, POLICY, anonymousPrincipal, deleteResource, [process('order')])).toEqual({
      allowed: false,
      because: 'not-authenticated',
    });
    expect(decide(snapshot, OFF, nobody, deleteResource)).toMatchObject({ because: 'checks-off' });
  });

  it('shows nothing of a collection', () => {
    expect(visibilityOf(snapshot, POLICY, root, deleteResource)).toEqual({ kind: 'none' });
    expect(visibilityOf(snapshot, POLICY, root, anyOf(deleteResource))).toEqual({ kind: 'none' });
    expect(visibilityOf(snapshot, POLICY, root, allOf(permission('RESOURCE', 'READ', 'visible')))).toEqual({
      kind: 'none',
    });
    expect(visibilityOf(snapshot, POLICY, root, authenticated)).toEqual({ kind: 'none' });
  });
});

describe('an item with several ids', () => {
  const both = allOf(
    permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'),
    permission('RESOURCE', 'DELETE_PROCESS', 'found'),
  );

  it('is asked about by the id that the resource type has for it', () => {
    const item: Found = { resourceId: '17', idOf: { PROCESS_DEFINITION: 'order', RESOURCE: 'order' } };
    expect(decide(snapshot, POLICY, ann, both, [item])).toMatchObject({ allowed: true });
  });

  it('is refused where the id of one resource type is not reached, and that id is named', () => {
    const item: Found = { resourceId: 'order', idOf: { RESOURCE: '17' } };
    expect(decide(snapshot, POLICY, ann, both, [item])).toMatchObject({
      allowed: false,
      missing: [{ resourceType: 'RESOURCE', resourceIds: ['17'] }],
    });
  });
});

describe('the question whether there is any grant', () => {
  it.each<[string, Requirement]>([
    ['a permission', permission('RESOURCE', 'DELETE_PROCESS', 'found')],
    ['a collection', permission('RESOURCE', 'DELETE_PROCESS', 'visible')],
    ['one of several', anyOf(permission('USER', 'READ', 'found'), permission('RESOURCE', 'DELETE_PROCESS', 'found'))],
    ['what depends on the item', deleteResource],
  ])('is answered yes for %s by a grant on one id', (_, requirement) => {
    expect(reachesAnything(snapshot, POLICY, ann, requirement)).toMatchObject({
      allowed: true,
      because: 'granted',
      by: [{ ownerType: 'USER', ownerId: 'ann', resourceId: 'order' }],
    });
  });

  it.each<[string, Requirement]>([
    ['what needs a wildcard', permission('RESOURCE', 'DELETE_PROCESS', 'everything')],
    ['another permission', permission('RESOURCE', 'DELETE_FORM', 'found')],
    ['another resource', permission('USER', 'READ', 'found')],
    ['both of two', allOf(permission('RESOURCE', 'DELETE_PROCESS', 'found'), permission('USER', 'READ', 'found'))],
  ])('is answered no for %s', (_, requirement) => {
    expect(reachesAnything(snapshot, POLICY, ann, requirement)).toMatchObject({
      allowed: false,
      because: 'permission-missing',
    });
  });

  it('is answered no for a principal without grants, and names what is missing', () => {
    expect(reachesAnything(snapshot, POLICY, nobody, deleteResource)).toMatchObject({
      missing: [{ permissionType: 'DELETE_PROCESS' }, { permissionType: 'DELETE_FORM' }],
    });
  });

  it('is not asked of an anonymous caller, nor where the checks are off', () => {
    expect(reachesAnything(snapshot, POLICY, anonymousPrincipal, deleteResource)).toMatchObject({
      because: 'not-authenticated',
    });
    expect(reachesAnything(snapshot, OFF, nobody, deleteResource)).toMatchObject({ because: 'checks-off' });
    expect(
      reachesAnything(snapshot, { ...POLICY, unprotected: true }, anonymousPrincipal, deleteResource),
    ).toMatchObject({ because: 'unprotected' });
  });
});
