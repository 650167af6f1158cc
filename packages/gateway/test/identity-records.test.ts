import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { grant, type IdentityDoor, names, openIdentityDoor } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
beforeAll(async () => {
  open = await openIdentityDoor();
});
afterAll(closeDoors);

const PATTERN = '^[a-zA-Z0-9_~@.+-]+$';
const TENANT_PATTERN = '^(?:<default>|[\\w.-]{1,31})$';

type Kind = {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly resource: 'USER' | 'ROLE' | 'GROUP' | 'TENANT' | 'MAPPING_RULE';
  /** What the records are asked for one of them. */
  readonly read: 'user' | 'role' | 'group' | 'tenant' | 'mappingRule';
  readonly first: Readonly<Record<string, string>>;
  readonly shown?: Readonly<Record<string, string>>;
  readonly second: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  readonly unknown: string;
  readonly absent: (verb: string, id: string) => string;
};

const DESCRIBED = {
  first: { name: 'First', description: 'as it was made' },
  second: { name: 'Second', description: 'as it became' },
  required: ['name'],
} as const;

const KINDS: readonly Kind[] = [
  {
    name: 'user',
    path: '/v2/users',
    id: 'username',
    resource: 'USER',
    read: 'user',
    first: { name: 'First', email: 'first@example.com', password: 'pass word' },
    shown: { name: 'First', email: 'first@example.com' },
    second: { name: 'Second', email: 'second@example.com' },
    required: ['password'],
    unknown: 'User',
    absent: (verb, id) => `Expected to ${verb} user with username ${id}, but a user with this username does not exist`,
  },
  {
    name: 'role',
    path: '/v2/roles',
    id: 'roleId',
    resource: 'ROLE',
    read: 'role',
    ...DESCRIBED,
    unknown: 'Role',
    absent: (verb, id) => `Expected to ${verb} role with ID '${id}', but a role with this ID does not exist.`,
  },
  {
    name: 'group',
    path: '/v2/groups',
    id: 'groupId',
    resource: 'GROUP',
    read: 'group',
    ...DESCRIBED,
    unknown: 'Group',
    absent: (verb, id) => `Expected to ${verb} group with ID '${id}', but a group with this ID does not exist.`,
  },
  {
    name: 'tenant',
    path: '/v2/tenants',
    id: 'tenantId',
    resource: 'TENANT',
    read: 'tenant',
    ...DESCRIBED,
    unknown: 'Tenant',
    absent: (verb, id) => `Expected to ${verb} tenant with id '${id}', but no tenant with this id exists.`,
  },
  {
    name: 'mapping rule',
    path: '/v2/mapping-rules',
    id: 'mappingRuleId',
    resource: 'MAPPING_RULE',
    read: 'mappingRule',
    first: { name: 'First', claimName: 'department', claimValue: 'music' },
    second: { name: 'Second', claimName: 'department', claimValue: 'stage' },
    required: ['name', 'claimName', 'claimValue'],
    unknown: 'Mapping Rule',
    absent: (verb, id) =>
      `Expected to ${verb} mapping rule with id '${id}', but a mapping rule with this id does not exist.`,
  },
];

let count = 0;
function newId(): string {
  count += 1;
  return `id.${count}`;
}

describe.each(KINDS)(
  'a $name of v2',
  ({ path, id, resource, read, first, shown = first, second, required, unknown, absent }) => {
    const made = async () => {
      const one = newId();
      expect(await open.ask('POST', path, { [id]: one, ...first })).toMatchObject({ status: 201 });
      return one;
    };
    const word = resource.toLowerCase().replace('_', ' ');

    it('is created, shown, changed, found and deleted', async () => {
      const one = newId();
      expect(await open.ask('POST', path, { [id]: one, ...first })).toMatchObject({
        status: 201,
        json: { [id]: one, ...shown },
      });
      expect(await open.ask('GET', `${path}/${one}`)).toMatchObject({ status: 200, json: { [id]: one, ...shown } });
      expect(await open.ask('PUT', `${path}/${one}`, second)).toMatchObject({
        status: 200,
        json: { [id]: one, ...second },
      });
      expect((await open.ask('GET', `${path}/${one}`)).json).toEqual({ [id]: one, ...second });
      expect(names(await open.ask('POST', `${path}/search`, { filter: { [id]: one } }), 'name')).toEqual(['Second']);
      expect(await open.ask('DELETE', `${path}/${one}`)).toMatchObject({ status: 204, json: undefined });
      expect(await open.ask('GET', `${path}/${one}`)).toMatchObject({
        status: 404,
        json: { title: 'NOT_FOUND', detail: `${unknown} with id '${one}' not found` },
      });
    });

    it('is read once for one request, for the decision and for the answer, and again for the next', async () => {
      const one = await made();
      const reads = vi.spyOn(open.identity, read);
      expect(await open.ask('GET', `${path}/${one}`)).toMatchObject({ status: 200, json: { ...shown } });
      expect(reads.mock.calls).toEqual([[one]]);
      await open.ask('PUT', `${path}/${one}`, second);
      expect(await open.ask('GET', `${path}/${one}`)).toMatchObject({ status: 200, json: { ...second } });
      reads.mockRestore();
    });

    it('never shows a password', async () => {
      const one = await made();
      expect(JSON.stringify(await open.ask('GET', `${path}/${one}`))).not.toMatch(/pass|argon2|hash/i);
      expect(JSON.stringify(await open.ask('POST', `${path}/search`))).not.toMatch(/pass|argon2|hash/i);
    });

    describe('refused', () => {
      let before: string;
      beforeEach(async () => {
        before = await open.records();
      });
      afterEach(async () => {
        expect(await open.records()).toBe(before);
      });

      it.each([
        [
          'characters that no id has',
          'a b',
          /^The provided \w+ contains illegal characters. It must match the pattern/,
        ],
        ['nothing', '', /^No \w+ provided\.$/],
        ['257 characters', 'x'.repeat(257), /^The provided \w+ exceeds the limit of 256 characters\.$/],
        ['a line break', 'a\nb', /illegal characters/],
      ])('with %s as its id', async (_, one, detail) => {
        expect(await open.ask('POST', path, { [id]: one, ...first })).toMatchObject({
          status: 400,
          type: expect.stringContaining('application/problem+json'),
          json: { title: 'INVALID_ARGUMENT', detail: expect.stringMatching(detail), instance: path },
        });
      });

      it.each([
        ['GET', 'a%20b'],
        ['DELETE', 'a%20b'],
        ['PUT', 'a%20b'],
        ['GET', '%C3%A9'],
        ['GET', 'x'.repeat(257)],
        ['DELETE', 'x'.repeat(257)],
      ])('by %s with an id in its path that none can be', async (method, one) => {
        const detail =
          one.length > 256
            ? `The provided ${id} exceeds the limit of 256 characters.`
            : `The provided ${id} contains illegal characters. It must match the pattern '${id === 'tenantId' ? TENANT_PATTERN : PATTERN}'.`;
        const body = method === 'PUT' ? second : undefined;
        expect(await open.ask(method, `${path}/${one}`, body)).toMatchObject({
          status: 400,
          json: { title: 'INVALID_ARGUMENT', detail },
        });
      });

      it('without what it has to have, every missing member named', async () => {
        const detail = [id, ...required].map((name) => `No ${name} provided.`);
        const answer = await open.ask('POST', path, {});
        expect(answer).toMatchObject({ status: 400, json: { title: 'INVALID_ARGUMENT' } });
        for (const one of detail) expect((answer.json as { detail: string }).detail).toContain(one);
      });

      it.each([
        ['a member that is not known', { meow: 1 }, 'Request property [meow] cannot be parsed: it is not known here'],
        ['a name that is no text', { name: 5 }, 'Request property [name] cannot be parsed: it must be string'],
        ['a name that is null', { name: null }, 'Request property [name] cannot be parsed: it must be string'],
        [
          'a name that is an object',
          { name: { $eq: 'x' } },
          'Request property [name] cannot be parsed: it must be string',
        ],
      ])('with %s', async (_, more, detail) => {
        expect(await open.ask('POST', path, { [id]: newId(), ...first, ...more })).toMatchObject({
          status: 400,
          json: { title: 'Bad Request', detail },
        });
      });

      it.each([
        ['malformed JSON', '{"name": "x"', 'Failed to read request: the body is not JSON'],
        ['a list', '[]', 'Failed to read request'],
        ['nothing', '', 'Required request body is missing'],
        ['a prototype', '{"__proto__": {"name": "x"}}', 'Request property [__proto__] cannot be parsed'],
      ])('with %s as its body', async (_, body, detail) => {
        expect(await open.ask('POST', path, body)).toMatchObject({
          status: 400,
          json: { title: 'Bad Request', detail },
        });
      });

      it('to somebody without the permission, before its id is looked at', async () => {
        expect(await open.ask('POST', path, { [id]: 'a b', ...first }, 'mary')).toMatchObject({ status: 403 });
        expect(await open.ask('POST', path, { [id]: newId(), ...first }, 'mary')).toMatchObject({
          status: 403,
          json: {
            title: 'FORBIDDEN',
            detail: `Command 'CREATE' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'CREATE' on resource '${resource}'`,
          },
        });
      });

      it.each([
        ['PUT', 'UPDATE', 'update'],
        ['DELETE', 'DELETE', 'delete'],
      ])('by %s where there is none, whether the caller might or not', async (method, command, verb) => {
        const one = newId();
        const body = method === 'PUT' ? second : undefined;
        const detail = `Command '${command}' rejected with code 'NOT_FOUND': ${absent(verb, one)}`;
        for (const who of ['demo', 'mary'] as const) {
          expect(await open.ask(method, `${path}/${one}`, body, who)).toMatchObject({
            status: 404,
            json: { title: 'NOT_FOUND', detail },
          });
        }
      });
    });

    it('is refused a second time, and stays as it was', async () => {
      const one = await made();
      const before = await open.records();
      expect(await open.ask('POST', path, { [id]: one, ...first, name: 'Somebody else' })).toMatchObject({
        status: 409,
        json: {
          title: 'ALREADY_EXISTS',
          detail: expect.stringMatching(
            new RegExp(`^Command 'CREATE' rejected with code 'ALREADY_EXISTS': .*${word}.*already exists`),
          ),
        },
      });
      expect(await open.records()).toBe(before);
    });

    it('is shown, changed and deleted by whoever has a grant on it, and nobody else', async () => {
      const [his, another] = [await made(), await made()];
      for (const [method, command] of [
        ['GET', 'READ'],
        ['PUT', 'UPDATE'],
        ['DELETE', 'DELETE'],
      ] as const) {
        const body = method === 'PUT' ? second : undefined;
        const refused = await open.ask(method, `${path}/${his}`, body, 'reader');
        const expected =
          method === 'GET'
            ? `Unauthorized to perform operation 'READ' on resource '${resource}'`
            : `Command '${command}' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation '${command}' on resource '${resource}', required resource identifiers are one of '[*, ${his}]'`;
        expect(refused).toMatchObject({ status: 403, json: { title: 'FORBIDDEN', detail: expected } });
        await grant(open, 'reader', `${resource}:${command}`, his).catch(() => addPermission(resource, command, his));
        expect((await open.ask(method, `${path}/${his}`, body, 'reader')).status).toBe(method === 'DELETE' ? 204 : 200);
        expect((await open.ask(method, `${path}/${another}`, body, 'reader')).status).toBe(403);
      }
    });
  },
);

/** One grant on one resource is all that an owner may have: the next permission goes into the same. */
async function addPermission(resourceType: string, permissionType: string, resourceId: string): Promise<void> {
  const grants = await open.identity.listGrants();
  const his = grants.find((one) => one.ownerId === 'reader' && one.resourceId === resourceId);
  if (his === undefined) throw new Error('there is no grant to add to');
  const { authorizationKey, permissionTypes } = his;
  await open.identity.updateGrant({
    authorizationKey,
    ownerType: 'USER',
    ownerId: 'reader',
    resourceType,
    resourceId,
    permissionTypes: [...permissionTypes, permissionType],
  });
}
