import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grant, type IdentityDoor, names, openIdentityDoor, pageOf } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
beforeAll(async () => {
  open = await openIdentityDoor();
  await open.identity.createRole({ roleId: 'chorus', name: 'Chorus' });
  await open.identity.createRole({ roleId: 'singer', name: 'Singer', description: 'sings' });
  await open.identity.createGroup({ groupId: 'sopranos', name: 'Sopranos' });
  await open.identity.createGroup({ groupId: 'altos', name: 'Altos' });
  await open.identity.createTenant({ tenantId: 'house', name: 'House' });
  for (const mappingRuleId of ['by-voice', 'by-name'])
    await open.identity.createMappingRule({
      mappingRuleId,
      name: mappingRuleId,
      claimName: 'voice',
      claimValue: 'high',
    });
});
afterAll(closeDoors);

const CONTAINERS = {
  role: { path: '/v2/roles/chorus', nobody: '/v2/roles/nobody', id: 'chorus', resource: 'ROLE' },
  group: { path: '/v2/groups/sopranos', nobody: '/v2/groups/nobody', id: 'sopranos', resource: 'GROUP' },
  tenant: { path: '/v2/tenants/house', nobody: '/v2/tenants/nobody', id: 'house', resource: 'TENANT' },
} as const;
const MEMBERS = {
  user: { segment: 'users', id: 'username', one: 'mary', type: 'USER' },
  client: { segment: 'clients', id: 'clientId', one: 'anybodys', type: 'CLIENT' },
  group: { segment: 'groups', id: 'groupId', one: 'altos', type: 'GROUP' },
  role: { segment: 'roles', id: 'roleId', one: 'singer', type: 'ROLE' },
  'mapping rule': { segment: 'mapping-rules', id: 'mappingRuleId', one: 'by-voice', type: 'MAPPING_RULE' },
} as const;
const CASES = [
  ['role', 'user'],
  ['role', 'client'],
  ['role', 'group'],
  ['role', 'mapping rule'],
  ['group', 'user'],
  ['group', 'client'],
  ['group', 'mapping rule'],
  ['tenant', 'user'],
  ['tenant', 'client'],
  ['tenant', 'group'],
  ['tenant', 'role'],
  ['tenant', 'mapping rule'],
] as const;

describe.each(CASES)('in a %s, a %s', (containerName, memberName) => {
  const container = CONTAINERS[containerName];
  const member = MEMBERS[memberName];
  const place = `${container.path}/${member.segment}`;
  const found = (body?: unknown) => open.ask('POST', `${place}/search`, body);

  afterEach(async () => {
    await open.ask('DELETE', `${place}/${member.one}`);
  });

  it('is assigned, found and unassigned', async () => {
    expect(await open.ask('PUT', `${place}/${member.one}`)).toMatchObject({ status: 204, json: undefined });
    expect(names(await found(), member.id)).toEqual([member.one]);
    expect(await open.ask('DELETE', `${place}/${member.one}`)).toMatchObject({ status: 204, json: undefined });
    expect(pageOf(await found())).toMatchObject({ totalItems: 0, startCursor: null, endCursor: null });
  });

  it('is refused a second time', async () => {
    await open.ask('PUT', `${place}/${member.one}`);
    const before = await open.records();
    expect(await open.ask('PUT', `${place}/${member.one}`)).toMatchObject({
      status: 409,
      json: {
        title: 'ALREADY_EXISTS',
        detail: expect.stringMatching(/^Command 'ADD_ENTITY' rejected with code 'ALREADY_EXISTS': .*already assigned/),
      },
    });
    expect(await open.records()).toBe(before);
  });

  it('is paged by the id alone, in both orders', async () => {
    await open.ask('PUT', `${place}/${member.one}`);
    for (const order of ['ASC', 'DESC'])
      expect(names(await found({ sort: [{ field: member.id, order }] }), member.id)).toEqual([member.one]);
    expect(await found({ sort: [{ field: 'password', order: 'ASC' }] })).toMatchObject({
      status: 400,
      json: {
        title: 'Bad Request',
        detail: expect.stringMatching(
          /^Unexpected value 'password' for enum field 'field'\. Use any of the following values: \[/,
        ),
      },
    });
  });

  describe('is refused', () => {
    let before: string;
    beforeEach(async () => {
      before = await open.records();
    });
    afterEach(async () => {
      expect(await open.records()).toBe(before);
    });

    it.each(['PUT', 'DELETE'])(
      `by %s where there is no such ${containerName}, before rights are asked about`,
      async (method) => {
        for (const who of ['demo', 'mary'] as const) {
          expect(
            await open.ask(method, `${container.nobody}/${member.segment}/${member.one}`, undefined, who),
          ).toMatchObject({
            status: 404,
            json: {
              title: 'NOT_FOUND',
              detail: expect.stringMatching(
                new RegExp(
                  `^Command '${method === 'PUT' ? 'ADD' : 'REMOVE'}_ENTITY' rejected with code 'NOT_FOUND': .*'nobody'`,
                ),
              ),
            },
          });
        }
      },
    );

    it('where he is no member, as one to be taken out', async () => {
      expect(await open.ask('DELETE', `${place}/${member.one}`)).toMatchObject({
        status: 404,
        json: {
          title: 'NOT_FOUND',
          detail: expect.stringMatching(/^Command 'REMOVE_ENTITY' rejected with code 'NOT_FOUND': /),
        },
      });
    });

    // Clients are nobody's to look up.
    if (memberName !== 'client') {
      it('where there is no such member', async () => {
        expect(await open.ask('PUT', `${place}/phantom`)).toMatchObject({
          status: 404,
          json: {
            title: 'NOT_FOUND',
            detail: expect.stringMatching(
              /^Command 'ADD_ENTITY' rejected with code 'NOT_FOUND': .*'phantom'.*doesn't exist/,
            ),
          },
        });
      });
    }

    it.each([
      ['a%20b', 'contains illegal characters'],
      ['x'.repeat(257), 'exceeds the limit of 256 characters'],
    ])('with an id that none can be', async (id, detail) => {
      for (const method of ['PUT', 'DELETE']) {
        expect(await open.ask(method, `${place}/${id}`)).toMatchObject({
          status: 400,
          json: { title: 'INVALID_ARGUMENT', detail: expect.stringContaining(`The provided ${member.id} ${detail}`) },
        });
      }
    });

    it('to whoever may not change the container', async () => {
      await grant(open, 'reader', `${container.resource}:READ`).catch(() => undefined);
      before = await open.records();
      for (const [method, command] of [
        ['PUT', 'ADD_ENTITY'],
        ['DELETE', 'REMOVE_ENTITY'],
      ] as const) {
        expect(await open.ask(method, `${place}/${member.one}`, undefined, 'reader')).toMatchObject({
          status: 403,
          json: {
            title: 'FORBIDDEN',
            detail: `Command '${command}' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'UPDATE' on resource '${container.resource}', required resource identifiers are one of '[*, ${container.id}]'`,
          },
        });
      }
    });

    it('to be searched for with a body that nothing is made of', async () => {
      expect(await found({ meow: 1 })).toMatchObject({
        status: 400,
        json: { title: 'Bad Request', detail: 'Request property [meow] cannot be parsed: it is not known here' },
      });
      expect(await found('{')).toMatchObject({ status: 400, json: { title: 'Bad Request' } });
    });
  });

  it('is shown to nobody where the container is not there, and that is no error', async () => {
    expect(await open.ask('POST', `${container.nobody}/${member.segment}/search`)).toMatchObject({
      status: 200,
      json: { items: [], page: { totalItems: 0 } },
    });
  });

  it('is counted for nobody who may not read it', async () => {
    await open.ask('PUT', `${place}/${member.one}`);
    expect(await open.ask('POST', `${place}/search`, undefined, 'mary')).toMatchObject({
      status: 200,
      json: { items: [], page: { totalItems: 0, startCursor: null, endCursor: null } },
    });
  });
});

describe('the roles that a group is in', () => {
  it('are found from its side, and those that the caller may read alone', async () => {
    await open.ask('PUT', '/v2/roles/chorus/groups/altos');
    await open.ask('PUT', '/v2/roles/singer/groups/altos');
    const found = await open.ask('POST', '/v2/groups/altos/roles/search', {
      sort: [{ field: 'roleId', order: 'DESC' }],
    });
    expect(names(found, 'roleId')).toEqual(['singer', 'chorus']);
    expect(names(found, 'description')).toEqual(['sings', '']);
    await grant(open, 'mary', 'ROLE:READ', 'chorus');
    const his = await open.ask('POST', '/v2/groups/altos/roles/search', undefined, 'mary');
    expect(names(his, 'roleId')).toEqual(['chorus']);
    expect(pageOf(his).totalItems).toBe(1);
  });

  it('cannot be assigned from its side', async () => {
    expect(await open.ask('PUT', '/v2/groups/altos/roles/chorus')).toMatchObject({ status: 404 });
  });
});

describe('mapping rules in a role', () => {
  it('are shown to whoever may read the rules, not to whoever may read the role', async () => {
    for (const rule of ['by-voice', 'by-name']) await open.ask('PUT', `/v2/roles/singer/mapping-rules/${rule}`);
    const search = (who: 'reader' | 'mary') =>
      open.ask('POST', '/v2/roles/singer/mapping-rules/search', undefined, who);
    await grant(open, 'reader', 'ROLE:READ').catch(() => undefined);
    expect(pageOf(await search('reader')).totalItems).toBe(0);
    await grant(open, 'mary', 'MAPPING_RULE:READ', 'by-name');
    expect(names(await search('mary'), 'mappingRuleId')).toEqual(['by-name']);
  });
});
