import {
  type CamundaClient,
  ProcessDefinitionKey,
  ProcessInstanceKey,
  Username,
} from '@camunda8/orchestration-cluster-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE, failureOf, strictClient } from '../official-clients/strict-client.ts';
import { basic } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

let program: Program;
let camunda: CamundaClient;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  camunda = strictClient(program.rest, { username: 'demo', password: 'demo' });
});
afterAll(() => program.stop());

describe('who somebody is, by the official client,', () => {
  it('is shown to an administrator', async () => {
    expect(await camunda.getAuthentication()).toMatchObject({
      username: 'demo',
      authorizedComponents: ['*'],
      tenants: [{ tenantId: '<default>', name: 'Default', description: '' }],
      groups: [],
      roles: ['admin'],
      c8Links: {},
      canLogout: true,
    });
  });

  it('is shown to a new user, with empty lists, and then with what he was made a member of', async () => {
    await camunda.createUser({
      username: 'musetta',
      name: 'Musetta',
      email: 'm@example.com',
      password: 'quando m’en vo',
    });
    const musetta = strictClient(program.rest, { username: 'musetta', password: 'quando m’en vo' });
    expect(await musetta.getAuthentication()).toMatchObject({
      username: 'musetta',
      displayName: 'Musetta',
      email: 'm@example.com',
      authorizedComponents: [],
      tenants: [],
      groups: [],
      roles: [],
    });
    const username = Username.assumeExists('musetta');
    await camunda.createGroup({ groupId: 'momus', name: 'Café Momus' });
    await camunda.createRole({ roleId: 'guest', name: 'Guest' });
    await camunda.assignUserToGroup({ groupId: 'momus', username });
    await camunda.assignRoleToGroup({ roleId: 'guest', groupId: 'momus' });
    await camunda.createAuthorization({
      ownerType: 'ROLE',
      ownerId: 'guest',
      resourceType: 'COMPONENT',
      resourceId: 'operate',
      permissionTypes: ['ACCESS'],
    });
    expect(await musetta.getAuthentication()).toMatchObject({
      authorizedComponents: ['operate'],
      groups: ['momus'],
      roles: ['guest'],
    });
  });

  it('comes with his own grants, which the client does not know yet', async () => {
    const answer = await fetch(`${program.rest}/v2/authentication/me/authorizations/search`, {
      method: 'POST',
      headers: basic('musetta', 'quando m’en vo'),
    });
    const found = (await answer.json()) as { items: { ownerId: string; resourceType: string }[]; page: object };
    expect(answer.status).toBe(200);
    expect(found.items.map(({ ownerId, resourceType }) => [ownerId, resourceType]).sort()).toEqual([
      ['guest', 'COMPONENT'],
      ['musetta', 'USER'],
    ]);
    expect(found.page).toMatchObject({ totalItems: 2, hasMoreTotalItems: false });
  });
});

describe('the system, by the official client,', () => {
  it('shows its configuration, topology, license and status', async () => {
    const strict = strictClient(program.rest, { username: 'demo', password: 'demo', answers: 'strict' });
    expect(await strict.getSystemConfiguration()).toMatchObject({ jobMetrics: { enabled: expect.any(Boolean) } });
    expect(await camunda.getTopology()).toMatchObject({ clusterSize: 1 });
    expect(await camunda.getLicense()).toMatchObject({ validLicense: false });
    await camunda.getStatus();
  });
});

describe('the audit log, by the official client,', () => {
  it('has a row for each change of an identity, in the order in which they were made', async () => {
    await camunda.createRole({ roleId: 'logged', name: 'Logged' });
    await camunda.updateRole({ roleId: 'logged', name: 'Logged again' });
    await camunda.deleteRole({ roleId: 'logged' });
    const found = await camunda.searchAuditLogs(
      { filter: { entityType: 'ROLE', actorId: 'demo' }, sort: [{ field: 'timestamp', order: 'ASC' }] },
      AT_ONCE,
    );
    const rows = found.items.filter(({ entityKey }) => String(entityKey) === 'logged');
    expect(
      rows.map(({ operationType, result, actorType, category }) => [operationType, result, actorType, category]),
    ).toEqual([
      ['CREATE', 'SUCCESS', 'USER', 'ADMIN'],
      ['UPDATE', 'SUCCESS', 'USER', 'ADMIN'],
      ['DELETE', 'SUCCESS', 'USER', 'ADMIN'],
    ]);
    const [row] = rows;
    expect(row && (await camunda.getAuditLog({ auditLogKey: row.auditLogKey }, AT_ONCE))).toEqual(row);
  });

  it('is paged, and takes filters of every form', async () => {
    const all = await camunda.searchAuditLogs({ page: { limit: 2 } }, AT_ONCE);
    expect(all.items).toHaveLength(2);
    const none = {
      operationType: { $in: ['CREATE'] },
      timestamp: { $lt: '2001-01-01T00:00:00.000Z' },
    } satisfies NonNullable<Parameters<CamundaClient['searchAuditLogs']>[0]['filter']>;
    expect((await camunda.searchAuditLogs({ filter: none }, AT_ONCE)).page.totalItems).toBe(0);
    expect(await failureOf(camunda.searchAuditLogs({ filter: { timestamp: 'yesterday' } }, AT_ONCE))).toMatchObject({
      name: 'HttpSdkError',
      status: 400,
    });
  });
});

const BPMN = (id: string) =>
  `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="${id}" name="The ${id}" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>`;

describe('processes, by the official client,', () => {
  it('are deployed, started, found and shown', async () => {
    const deployed = await camunda.createDeployment({ resources: [new File([BPMN('overture')], 'overture.bpmn')] });
    const [process] = deployed.processes;
    if (process === undefined) throw new Error('nothing was deployed');
    const { processDefinitionKey } = process;
    const started = await camunda.createProcessInstance({ processDefinitionKey });
    const definitions = await camunda.searchProcessDefinitions(
      { filter: { processDefinitionId: { $like: 'over*' } }, sort: [{ field: 'version', order: 'DESC' }] },
      AT_ONCE,
    );
    expect(definitions.items).toEqual([await camunda.getProcessDefinition({ processDefinitionKey }, AT_ONCE)]);
    expect(definitions.items).toMatchObject([{ processDefinitionId: 'overture', name: 'The overture', version: 1 }]);
    expect(await camunda.getProcessDefinitionXml({ processDefinitionKey }, AT_ONCE)).toContain('id="overture"');
    const instances = await camunda.searchProcessInstances({ filter: { processDefinitionKey } }, AT_ONCE);
    const { processInstanceKey } = started;
    expect(instances.items).toEqual([await camunda.getProcessInstance({ processInstanceKey }, AT_ONCE)]);
    expect(instances.items).toMatchObject([
      { processInstanceKey, state: 'COMPLETED', processDefinitionName: 'The overture' },
    ]);
  });

  it('are not found under a key that there is not', async () => {
    const [definition, instance] = [
      ProcessDefinitionKey.assumeExists('4503599627370497'),
      ProcessInstanceKey.assumeExists('4503599627370497'),
    ];
    for (const call of [
      () => camunda.getProcessDefinition({ processDefinitionKey: definition }, AT_ONCE),
      () => camunda.getProcessDefinitionXml({ processDefinitionKey: definition }, AT_ONCE),
      () => camunda.getProcessInstance({ processInstanceKey: instance }, AT_ONCE),
    ]) {
      expect(await failureOf(call())).toMatchObject({ name: 'HttpSdkError', status: 404, title: 'NOT_FOUND' });
    }
  });
});
