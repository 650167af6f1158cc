import { AuthorizationKey, type CamundaClient } from '@camunda8/orchestration-cluster-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE, failureOf, strictClient } from '../official-clients/strict-client.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

type Request = Parameters<CamundaClient['createAuthorization']>[0];

let program: Program;
let camunda: CamundaClient;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  camunda = strictClient(program.rest, { username: 'demo', password: 'demo' });
  await camunda.createRole({ roleId: 'prompter', name: 'Prompter' });
  await camunda.createGroup({ groupId: 'choir', name: 'Choir' });
  await camunda.createMappingRule({ mappingRuleId: 'altos', name: 'Altos', claimName: 'voice', claimValue: 'alto' });
  await camunda.createUser({ username: 'angelotti', password: 'a password' });
});
afterAll(() => program.stop());

const READ_PROCESS: Request = {
  ownerType: 'USER',
  ownerId: 'angelotti',
  resourceType: 'PROCESS_DEFINITION',
  resourceId: 'order',
  permissionTypes: ['READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE'],
};
const CLAIM_TASKS: Request = {
  ownerType: 'ROLE',
  ownerId: 'prompter',
  resourceType: 'USER_TASK',
  resourcePropertyName: 'candidateGroups',
  permissionTypes: ['CLAIM', 'READ'],
};

function problem(status: number, title: string, detail: string): object {
  return expect.objectContaining({ name: 'HttpSdkError', status, title, detail: expect.stringContaining(detail) });
}

const sorted = (permissions: readonly string[]) => [...permissions].sort();

describe('an authorization, by the official client,', () => {
  it('on an id is made, shown, changed and removed', async () => {
    const { authorizationKey } = await camunda.createAuthorization(READ_PROCESS);
    const shown = await camunda.getAuthorization({ authorizationKey }, AT_ONCE);
    expect({ ...shown, permissionTypes: sorted(shown.permissionTypes) }).toEqual({
      ...READ_PROCESS,
      authorizationKey,
      resourcePropertyName: null,
    });
    await camunda.updateAuthorization({
      authorizationKey,
      ...READ_PROCESS,
      resourceId: '*',
      permissionTypes: ['READ_USER_TASK'],
    });
    expect(await camunda.getAuthorization({ authorizationKey }, AT_ONCE)).toMatchObject({
      authorizationKey,
      resourceId: '*',
      permissionTypes: ['READ_USER_TASK'],
    });
    await camunda.deleteAuthorization({ authorizationKey });
    expect(await failureOf(camunda.getAuthorization({ authorizationKey }, AT_ONCE))).toEqual(
      problem(404, 'NOT_FOUND', `Authorization with key '${authorizationKey}' not found`),
    );
  });

  it('on a property is made, shown, changed and removed', async () => {
    const { authorizationKey } = await camunda.createAuthorization(CLAIM_TASKS);
    const shown = await camunda.getAuthorization({ authorizationKey }, AT_ONCE);
    expect({ ...shown, permissionTypes: sorted(shown.permissionTypes) }).toEqual({
      ...CLAIM_TASKS,
      authorizationKey,
      resourceId: null,
    });
    await camunda.updateAuthorization({ authorizationKey, ...CLAIM_TASKS, resourcePropertyName: 'candidateUsers' });
    expect(await camunda.getAuthorization({ authorizationKey }, AT_ONCE)).toMatchObject({
      resourcePropertyName: 'candidateUsers',
    });
    await camunda.deleteAuthorization({ authorizationKey });
  });

  it.each([
    ['USER', 'angelotti'],
    ['CLIENT', 'of-whom-nobody-heard'],
    ['ROLE', 'prompter'],
    ['GROUP', 'choir'],
    ['MAPPING_RULE', 'altos'],
  ] as const)('is given to a %s, and found by it', async (ownerType, ownerId) => {
    const resources = [
      ['DOCUMENT', '*'],
      ['RESOURCE', 'form'],
    ] as const;
    for (const [resourceType, resourceId] of resources) {
      await camunda.createAuthorization({ ownerType, ownerId, resourceType, resourceId, permissionTypes: ['READ'] });
    }
    const ofOwner = { ownerType, ownerId };
    const found = async (filter: NonNullable<Parameters<CamundaClient['searchAuthorizations']>[0]>['filter']) => {
      const sort = [{ field: 'resourceType', order: 'DESC' } as const];
      const { items } = await camunda.searchAuthorizations({ filter: { ...ofOwner, ...filter }, sort }, AT_ONCE);
      return items.filter((item) => item.resourceType !== 'USER').map((item) => [item.resourceType, item.resourceId]);
    };
    expect(await found({})).toEqual([...resources].reverse());
    expect(await found({ resourceType: 'DOCUMENT' })).toEqual([resources[0]]);
    expect(await found({ resourceIds: ['form', 'x'] })).toEqual([resources[1]]);
    expect(await found({ resourceIds: ['x'] })).toEqual([]);
    expect(await found({ resourcePropertyNames: ['assignee'] })).toEqual([]);
  });

  it.each([
    ['USER', 'nobody', 'user'],
    ['ROLE', 'nobody', 'role'],
    ['GROUP', 'nobody', 'group'],
    ['MAPPING_RULE', 'nobody', 'mapping rule'],
  ] as const)('is not given to a %s that there is not', async (ownerType, ownerId, word) => {
    const failure = await failureOf(camunda.createAuthorization({ ...READ_PROCESS, ownerType, ownerId }));
    expect(failure).toEqual(
      problem(
        404,
        'NOT_FOUND',
        `Command 'CREATE' rejected with code 'NOT_FOUND': Expected to create or update authorization with ownerId or resourceId 'nobody', but a ${word} with this ID does not exist`,
      ),
    );
  });

  it.each(['USER', 'ROLE', 'GROUP', 'MAPPING_RULE'] as const)('is not on a %s that there is not', async (type) => {
    const request: Request = { ...READ_PROCESS, resourceType: type, resourceId: 'nobody', permissionTypes: ['READ'] };
    expect(await failureOf(camunda.createAuthorization(request))).toEqual(problem(404, 'NOT_FOUND', "'nobody'"));
  });

  it('is not made twice for the same owner and id', async () => {
    const twice: Request = { ...READ_PROCESS, resourceId: 'twice' };
    await camunda.createAuthorization(twice);
    expect(await failureOf(camunda.createAuthorization({ ...twice, permissionTypes: ['READ_USER_TASK'] }))).toEqual(
      problem(
        409,
        'ALREADY_EXISTS',
        "Expected to create authorization for owner 'angelotti' for resource identifier 'twice', but an authorization for this resource identifier already exists",
      ),
    );
  });

  it.each([
    ['with a permission that the type has not', { permissionTypes: ['CLAIM'] }, 'CLAIM'],
    ['with no permission', { permissionTypes: [] }, 'permissionTypes'],
    [
      'of a type that there is not',
      { resourceType: 'OPERA' },
      "Unexpected value 'OPERA' for enum field 'resourceType'",
    ],
    ['for an owner of no kind', { ownerType: 'TENOR' }, "Unexpected value 'TENOR' for enum field 'ownerType'"],
    ['for nobody', { ownerId: '' }, 'ownerId'],
    ['on an id with strange characters', { resourceId: 'a b' }, 'resourceId'],
    ['on an id that is too long', { resourceId: 'x'.repeat(257) }, 'resourceId'],
    ['on an id and a property', { resourcePropertyName: 'assignee' }, ''],
    ['on neither', { resourceId: undefined }, ''],
    ['on a property of what has none', { resourceId: undefined, resourcePropertyName: 'assignee' }, ''],
    ['with a member that there is not', { meow: true }, 'meow'],
  ])('is not made %s', async (_, change, named) => {
    const grants = async () =>
      (await camunda.searchAuthorizations({ filter: { ownerId: 'angelotti' } }, AT_ONCE)).items;
    const before = await grants();
    const failure = await failureOf(camunda.createAuthorization({ ...READ_PROCESS, ...change } as Request));
    expect(failure).toMatchObject({ name: 'HttpSdkError', status: 400 });
    expect(String(failure.detail)).toContain(named);
    expect(await grants()).toEqual(before);
  });

  it('is not found under a key that there is not', async () => {
    const authorizationKey = AuthorizationKey.assumeExists('4503599627370497');
    expect(await failureOf(camunda.getAuthorization({ authorizationKey }, AT_ONCE))).toEqual(
      problem(404, 'NOT_FOUND', `Authorization with key '${authorizationKey}' not found`),
    );
    for (const [command, word, call] of [
      ['UPDATE', 'update', () => camunda.updateAuthorization({ authorizationKey, ...READ_PROCESS })],
      ['DELETE', 'delete', () => camunda.deleteAuthorization({ authorizationKey })],
    ] as const) {
      expect(await failureOf(call())).toEqual(
        problem(
          404,
          'NOT_FOUND',
          `Command '${command}' rejected with code 'NOT_FOUND': Expected to ${word} authorization with key ${authorizationKey}, but an authorization with this key does not exist`,
        ),
      );
    }
  });

  it('is made for a new user on himself', async () => {
    await camunda.createUser({ username: 'sciarrone', password: 'a password' });
    const { items } = await camunda.searchAuthorizations({ filter: { ownerId: 'sciarrone' } }, AT_ONCE);
    expect(items).toEqual([
      expect.objectContaining({
        ownerType: 'USER',
        resourceType: 'USER',
        resourceId: 'sciarrone',
        permissionTypes: ['READ'],
      }),
    ]);
  });
});
