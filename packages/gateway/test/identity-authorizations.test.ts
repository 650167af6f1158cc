import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grant, type IdentityDoor, names, openIdentityDoor, pageOf } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
beforeAll(async () => {
  open = await openIdentityDoor();
});
afterAll(closeDoors);

const GRANT = {
  ownerType: 'USER',
  ownerId: 'mary',
  resourceType: 'PROCESS_DEFINITION',
  resourceId: 'order',
  permissionTypes: ['READ_PROCESS_DEFINITION'],
} as const;
const OWNERS = 'CLIENT, GROUP, MAPPING_RULE, ROLE, USER';

async function made(more: object = {}): Promise<string> {
  const answer = await open.ask('POST', '/v2/authorizations', { ...GRANT, ...more });
  expect(answer).toMatchObject({ status: 201, json: { authorizationKey: expect.stringMatching(/^\d+$/) } });
  return (answer.json as { authorizationKey: string }).authorizationKey;
}

describe('an authorization of v2', () => {
  it('is created, shown, replaced, found and deleted', async () => {
    const key = await made({ resourceId: 'whole-life' });
    const path = `/v2/authorizations/${key}`;
    const shown = { ...GRANT, resourceId: 'whole-life', resourcePropertyName: null, authorizationKey: key };
    expect(await open.ask('GET', path)).toMatchObject({ status: 200, json: shown });
    const other = { ...GRANT, resourceId: 'another', permissionTypes: ['READ_PROCESS_INSTANCE'] };
    expect(await open.ask('PUT', path, other)).toMatchObject({ status: 204, json: undefined });
    expect((await open.ask('GET', path)).json).toEqual({ ...other, resourcePropertyName: null, authorizationKey: key });
    const found = await open.ask('POST', '/v2/authorizations/search', { filter: { resourceIds: ['another', 'no'] } });
    expect(names(found, 'authorizationKey')).toEqual([key]);
    expect(await open.ask('DELETE', path)).toMatchObject({ status: 204, json: undefined });
    expect(await open.ask('GET', path)).toMatchObject({
      status: 404,
      json: { title: 'NOT_FOUND', detail: `Authorization with key '${key}' not found` },
    });
  });

  it('is on a property of user tasks, too', async () => {
    const { resourceId: _, ...rest } = GRANT;
    const more = { resourceType: 'USER_TASK', resourcePropertyName: 'assignee', permissionTypes: ['READ', 'CLAIM'] };
    const answer = await open.ask('POST', '/v2/authorizations', { ...rest, ...more });
    expect(answer.status).toBe(201);
    const { authorizationKey } = answer.json as { authorizationKey: string };
    expect((await open.ask('GET', `/v2/authorizations/${authorizationKey}`)).json).toMatchObject({
      resourceId: null,
      resourcePropertyName: 'assignee',
    });
    const filter = { resourcePropertyNames: ['assignee'], ownerId: 'mary' };
    const found = await open.ask('POST', '/v2/authorizations/search', { filter });
    expect(names(found, 'authorizationKey')).toEqual([authorizationKey]);
  });

  it('decides the very next request', async () => {
    const search = () => open.ask('POST', '/v2/roles/search', { filter: { roleId: 'admin' } }, 'reader');
    expect(pageOf(await search()).totalItems).toBe(0);
    const key = await made({ ownerId: 'reader', resourceType: 'ROLE', resourceId: 'admin', permissionTypes: ['READ'] });
    expect(names(await search(), 'roleId')).toEqual(['admin']);
    await open.ask('DELETE', `/v2/authorizations/${key}`);
    expect(pageOf(await search()).totalItems).toBe(0);
  });

  describe('is refused', () => {
    let before: string;
    beforeEach(async () => {
      before = await open.records();
    });
    afterEach(async () => {
      expect(await open.records()).toBe(before);
    });

    it.each([
      [
        'ownerType',
        'MEOW',
        `Unexpected value 'MEOW' for enum field 'ownerType'. Use any of the following values: [${OWNERS}]`,
      ],
      [
        'ownerType',
        'user',
        `Unexpected value 'user' for enum field 'ownerType'. Use any of the following values: [${OWNERS}]`,
      ],
      [
        'resourceType',
        'MEOW',
        expect.stringMatching(
          /^Unexpected value 'MEOW' for enum field 'resourceType'\. Use any of the following values: \[AUDIT_LOG, AUTHORIZATION, /,
        ),
      ],
      [
        'permissionTypes',
        ['READ_PROCESS_DEFINITION', 'MEOW'],
        expect.stringMatching(
          /^Unexpected value 'MEOW' for enum field 'permissionTypes'\. Use any of the following values: \[ACCESS, /,
        ),
      ],
      ['permissionTypes', 'READ', 'Request property [permissionTypes] cannot be parsed: it must be array'],
      ['resourceId', 5, 'Request property [resourceId] cannot be parsed: it must be string'],
      ['meow', 1, 'Request property [meow] cannot be parsed: it is not known here'],
    ])('with a %s that cannot be parsed', async (name, value, detail) => {
      expect(await open.ask('POST', '/v2/authorizations', { ...GRANT, [name]: value })).toMatchObject({
        status: 400,
        json: { title: 'Bad Request', detail },
      });
    });

    it.each([
      [
        'a permission that the type does not have',
        { permissionTypes: ['REVEAL'] },
        /^Expected to create authorization with permission types '\[REVEAL\]' and resource type 'PROCESS_DEFINITION', but these permissions are not supported\. Supported permission types are: '\[CANCEL_PROCESS_INSTANCE, /,
      ],
      ['no permissions', { permissionTypes: [] }, /^No permissionTypes provided\.$/],
      ['no owner', { ownerId: '' }, /^No ownerId provided\.$/],
      [
        'an owner of 257 characters',
        { ownerId: 'x'.repeat(257) },
        /^The provided ownerId exceeds the limit of 256 characters\.$/,
      ],
      [
        'a resource of 257 characters',
        { resourceId: 'x'.repeat(257) },
        /^The provided resourceId exceeds the limit of 256 characters\.$/,
      ],
      [
        'characters that no id has',
        { resourceId: 'a b' },
        /^The provided resourceId contains illegal characters\. It must match the pattern '/,
      ],
      [
        'neither a resource nor a property',
        { resourceId: undefined },
        /^At least one of \[resourceId, resourcePropertyName\] is required\.$/,
      ],
      [
        'both a resource and a property',
        { resourcePropertyName: 'assignee' },
        /^Only one of \[resourceId, resourcePropertyName\] is allowed\.$/,
      ],
    ])('with %s', async (_, more, detail) => {
      for (const [method, path] of [
        ['POST', '/v2/authorizations'],
        ['PUT', `/v2/authorizations/${await ownGrant()}`],
      ] as const) {
        expect(await open.ask(method, path, { ...GRANT, ...more })).toMatchObject({
          status: 400,
          json: { title: 'INVALID_ARGUMENT', detail: expect.stringMatching(detail) },
        });
      }
    });

    it('without what it has to have, every missing member named', async () => {
      expect(await open.ask('POST', '/v2/authorizations', {})).toMatchObject({
        status: 400,
        json: {
          title: 'INVALID_ARGUMENT',
          detail: 'No ownerId provided. No ownerType provided. No resourceType provided. No permissionTypes provided.',
        },
      });
    });

    it.each([
      ['USER', 'user'],
      ['ROLE', 'role'],
      ['GROUP', 'group'],
      ['MAPPING_RULE', 'mapping rule'],
    ])('for a %s that there is not', async (ownerType, word) => {
      const expected = `Expected to create or update authorization with ownerId or resourceId 'phantom', but a ${word} with this ID does not exist.`;
      expect(await open.ask('POST', '/v2/authorizations', { ...GRANT, ownerType, ownerId: 'phantom' })).toMatchObject({
        status: 404,
        json: { title: 'NOT_FOUND', detail: `Command 'CREATE' rejected with code 'NOT_FOUND': ${expected}` },
      });
      expect(
        await open.ask('POST', '/v2/authorizations', {
          ...GRANT,
          resourceType: ownerType,
          resourceId: 'phantom',
          permissionTypes: ['READ'],
        }),
      ).toMatchObject({ status: 404, json: { title: 'NOT_FOUND' } });
    });

    it.each([
      ['GET', 404, (key: string) => `Authorization with key '${key}' not found`],
      [
        'PUT',
        404,
        (key: string) =>
          `Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update authorization with key ${key}, but an authorization with this key does not exist`,
      ],
      [
        'DELETE',
        404,
        (key: string) =>
          `Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete authorization with key ${key}, but an authorization with this key does not exist`,
      ],
    ] as const)('by %s under a key that there is not', async (method, status, detail) => {
      for (const key of ['987654321', '9223372036854775807', '-5']) {
        const answer = await open.ask(method, `/v2/authorizations/${key}`, method === 'PUT' ? GRANT : undefined);
        expect(answer).toMatchObject({ status, json: { title: 'NOT_FOUND', detail: detail(key) } });
      }
    });

    it.each(['meow', '1e3', '0x10', '1.5', '9'.repeat(20), 'x'.repeat(300)])(
      'under the key %s, which is none',
      async (key) => {
        for (const method of ['GET', 'DELETE']) {
          expect(await open.ask(method, `/v2/authorizations/${key}`)).toMatchObject({
            status: 400,
            json: {
              title: 'INVALID_ARGUMENT',
              detail: expect.stringMatching(
                /^The provided authorizationKey '[^']{1,100}' is not a valid key\. Expected a numeric value\. Did you pass an entity id instead of an entity key\?$/,
              ),
            },
          });
        }
      },
    );

    it('to whoever has no grant on authorizations', async () => {
      const key = await ownGrant();
      const because = (operation: string) =>
        `Command '${operation}' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation '${operation}' on resource 'AUTHORIZATION'`;
      expect(await open.ask('POST', '/v2/authorizations', GRANT, 'mary')).toMatchObject({
        status: 403,
        json: { title: 'FORBIDDEN', detail: because('CREATE') },
      });
      expect(await open.ask('GET', `/v2/authorizations/${key}`, undefined, 'mary')).toMatchObject({
        status: 403,
        json: { title: 'FORBIDDEN', detail: "Unauthorized to perform operation 'READ' on resource 'AUTHORIZATION'" },
      });
      expect(await open.ask('PUT', `/v2/authorizations/${key}`, GRANT, 'mary')).toMatchObject({ status: 403 });
      expect(await open.ask('DELETE', `/v2/authorizations/${key}`, undefined, 'mary')).toMatchObject({ status: 403 });
      expect(await open.ask('POST', '/v2/authorizations/search', undefined, 'mary')).toMatchObject({
        status: 200,
        json: { items: [], page: { totalItems: 0 } },
      });
    });

    it.each([
      ['ownerType', 'MEOW', "Unexpected value 'MEOW' for enum field 'ownerType'"],
      ['resourceType', ['USER'], 'Request property [filter.resourceType] cannot be parsed'],
      ['resourceIds', 'order', 'Request property [filter.resourceIds] cannot be parsed'],
      ['resourceIds', [5], 'Request property [filter.resourceIds.0] cannot be parsed'],
      ['ownerId', { $eq: 'mary' }, 'Request property [filter.ownerId] cannot be parsed'],
      ['meow', 1, 'Request property [filter.meow] cannot be parsed'],
    ])('to be found by a %s that cannot be parsed', async (name, value, detail) => {
      expect(await open.ask('POST', '/v2/authorizations/search', { filter: { [name]: value } })).toMatchObject({
        status: 400,
        json: { title: 'Bad Request', detail: expect.stringContaining(detail) },
      });
    });
  });

  it('is refused where its owner has one on that resource, and the first one stays', async () => {
    await made({ resourceId: 'twice' });
    const before = await open.records();
    expect(await open.ask('POST', '/v2/authorizations', { ...GRANT, resourceId: 'twice' })).toMatchObject({
      status: 409,
      json: {
        title: 'ALREADY_EXISTS',
        detail:
          "Command 'CREATE' rejected with code 'ALREADY_EXISTS': Expected to create authorization for owner 'mary' for resource identifier 'twice', but an authorization for this resource identifier already exists.",
      },
    });
    expect(await open.records()).toBe(before);
  });
});

/** The grant that every new user has on himself. */
async function ownGrant(): Promise<string> {
  const found = await open.ask('POST', '/v2/authorizations/search', {
    filter: { ownerId: 'reader', resourceType: 'USER' },
  });
  expect(found).toMatchObject({ status: 200, json: { items: [{ resourceId: 'reader', permissionTypes: ['READ'] }] } });
  return String(names(found, 'authorizationKey')[0]);
}

describe('his own authorizations', () => {
  const path = '/v2/authentication/me/authorizations/search';

  it('are shown to a user without any other right, and no one else’s', async () => {
    const found = await open.ask('POST', path, undefined, 'reader');
    expect(found).toMatchObject({ status: 200, json: { page: { totalItems: 1 } } });
    expect(names(found, 'ownerId')).toEqual(['reader']);
  });

  it('are those of his groups and roles as well', async () => {
    await open.identity.createGroup({ groupId: 'ushers', name: 'Ushers' });
    await open.identity.createRole({ roleId: 'usher', name: 'Usher' });
    await open.identity.addMember({
      container: 'group',
      containerId: 'ushers',
      memberType: 'user',
      memberId: 'reader',
    });
    await open.identity.addMember({ container: 'role', containerId: 'usher', memberType: 'group', memberId: 'ushers' });
    for (const [ownerType, ownerId] of [
      ['GROUP', 'ushers'],
      ['ROLE', 'usher'],
    ] as const)
      await open.identity.addGrant({ ...GRANT, ownerType, ownerId });
    const sort = [{ field: 'ownerType', order: 'ASC' }];
    const found = await open.ask('POST', path, { sort, filter: { resourceType: 'PROCESS_DEFINITION' } }, 'reader');
    expect(names(found, 'ownerId')).toEqual(['ushers', 'usher']);
    const all = await open.ask('POST', path, { sort }, 'reader');
    expect(names(all, 'ownerType')).toEqual(['GROUP', 'ROLE', 'USER']);
  });

  it('do not become another’s with another’s cursor', async () => {
    const page = pageOf(await open.ask('POST', path, { page: { limit: 1 } }, 'reader'));
    await grant(open, 'mary', 'ROLE:READ', 'admin');
    expect(await open.ask('POST', path, { page: { after: page.endCursor } }, 'mary')).toMatchObject({
      status: 400,
      json: {
        title: 'Bad Request',
        detail: 'Request property [page.after] cannot be parsed: it is no cursor of this search',
      },
    });
  });
});
