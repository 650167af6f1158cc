import type { CamundaClient } from '@camunda8/orchestration-cluster-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE, failureOf, strictClient } from '../official-clients/strict-client.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { MEMBERSHIP_KINDS } from './memberships.ts';
import { RECORD_KINDS } from './records.ts';

let program: Program;
let camunda: CamundaClient;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  camunda = strictClient(program.rest, { username: 'demo', password: 'demo' });
});
afterAll(() => program.stop());

let count = 0;
/** A record with an id of its own; a client is known by its id alone. */
async function made(kind: string): Promise<string> {
  count += 1;
  const id = `${kind.replace(' ', '.')}-${count}`;
  await RECORD_KINDS[kind]?.create(camunda, id, `the ${id}`);
  return id;
}

function rejection(status: number, title: string, command: string): object {
  const detail = expect.stringContaining(`Command '${command}' rejected with code '${title}': `);
  return expect.objectContaining({ name: 'HttpSdkError', status, title, detail });
}

describe.each(MEMBERSHIP_KINDS)('a $member in a $container, by the official client,', (kind) => {
  const idsOf = async (container: string) => {
    const { items, page } = await kind.members(camunda, container);
    expect(page).toMatchObject({ totalItems: items.length, hasMoreTotalItems: false });
    return items.map((item) => item[kind.id]);
  };

  it('is assigned, found among the members, and taken out', async () => {
    const container = await made(kind.container);
    const [one, other] = [await made(kind.member), await made(kind.member)];
    expect(await idsOf(container)).toEqual([]);
    await kind.assign(camunda, container, one);
    expect(await idsOf(container)).toEqual([one]);
    await kind.assign(camunda, container, other);
    expect((await idsOf(container)).sort()).toEqual([one, other].sort());
    await kind.unassign(camunda, container, one);
    expect(await idsOf(container)).toEqual([other]);
  });

  it('is not assigned twice, and not taken out twice', async () => {
    const [container, member] = [await made(kind.container), await made(kind.member)];
    await kind.assign(camunda, container, member);
    expect(await failureOf(kind.assign(camunda, container, member))).toEqual(
      rejection(409, 'ALREADY_EXISTS', 'ADD_ENTITY'),
    );
    await kind.unassign(camunda, container, member);
    expect(await failureOf(kind.unassign(camunda, container, member))).toEqual(
      rejection(404, 'NOT_FOUND', 'REMOVE_ENTITY'),
    );
    expect(await idsOf(container)).toEqual([]);
  });

  it('is not assigned to what there is not, where nobody is found', async () => {
    const member = await made(kind.member);
    expect(await failureOf(kind.assign(camunda, 'nowhere', member))).toEqual(rejection(404, 'NOT_FOUND', 'ADD_ENTITY'));
    expect(await failureOf(kind.unassign(camunda, 'nowhere', member))).toEqual(
      rejection(404, 'NOT_FOUND', 'REMOVE_ENTITY'),
    );
    expect(await idsOf('nowhere')).toEqual([]);
  });

  // Clients are nobody's to look up.
  if (kind.member !== 'client') {
    it('is not assigned where there is no such member', async () => {
      const container = await made(kind.container);
      expect(await failureOf(kind.assign(camunda, container, 'nobody'))).toEqual(
        rejection(404, 'NOT_FOUND', 'ADD_ENTITY'),
      );
      expect(await idsOf(container)).toEqual([]);
    });
  }

  it('is a member no longer once the container is removed, nor in one of the same name', async () => {
    const [container, member] = [await made(kind.container), await made(kind.member)];
    await kind.assign(camunda, container, member);
    await RECORD_KINDS[kind.container]?.remove(camunda, container);
    expect(await idsOf(container)).toEqual([]);
    await RECORD_KINDS[kind.container]?.create(camunda, container, `the second ${container}`);
    expect(await idsOf(container)).toEqual([]);
  });

  // Clients are nobody's to look up.
  if (kind.member !== 'client') {
    it('is a member no longer once it is removed itself', async () => {
      const [container, member] = [await made(kind.container), await made(kind.member)];
      await kind.assign(camunda, container, member);
      await RECORD_KINDS[kind.member]?.remove(camunda, member);
      expect(await idsOf(container)).toEqual([]);
      await RECORD_KINDS[kind.member]?.create(camunda, member, `the second ${member}`);
      expect(await idsOf(container)).toEqual([]);
    });
  }
});

describe('the roles of a group, by the official client,', () => {
  it('are those that it was given', async () => {
    const [groupId, roleId] = [await made('group'), await made('role')];
    expect((await camunda.searchRolesForGroup({ groupId }, AT_ONCE)).items).toEqual([]);
    await camunda.assignRoleToGroup({ roleId, groupId });
    const found = await camunda.searchRolesForGroup({ groupId }, AT_ONCE);
    expect(found.items).toEqual([{ roleId, name: `the ${roleId}`, description: 'holds the stick' }]);
    await camunda.unassignRoleFromGroup({ roleId, groupId });
    expect((await camunda.searchRolesForGroup({ groupId }, AT_ONCE)).items).toEqual([]);
  });
});
