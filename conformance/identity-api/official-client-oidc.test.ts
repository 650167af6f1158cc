import createCamundaClient, { type CamundaClient } from '@camunda8/orchestration-cluster-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE, failureOf } from '../official-clients/strict-client.ts';
import type { Client } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

const BOSS: Client = { clientId: 'boss', clientSecret: 'a-long-and-random-secret-of-the-boss' };

let program: Program;
let camunda: CamundaClient;

beforeAll(async () => {
  program = await startProgram({
    args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
    yaml: `
stagedoor.clients: [{ id: boss, secret: ${BOSS.clientSecret} }]
camunda.security.initialization.default-roles.admin.clients: [boss]
`,
  });
  camunda = clientOf(BOSS);
});
afterAll(() => program.stop());

function clientOf({ clientId, clientSecret }: Client): CamundaClient {
  return createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: program.rest,
      CAMUNDA_AUTH_STRATEGY: 'OAUTH',
      CAMUNDA_OAUTH_URL: `${program.issuer}/oauth/token`,
      CAMUNDA_CLIENT_ID: clientId,
      CAMUNDA_CLIENT_SECRET: clientSecret,
      CAMUNDA_TOKEN_AUDIENCE: 'orchestration',
      CAMUNDA_SDK_VALIDATION: 'req:none,res:fanatical',
      CAMUNDA_SDK_LOG_LEVEL: 'silent',
      CAMUNDA_SDK_HTTP_RETRY_MAX_ATTEMPTS: 1,
    },
    env: {},
  });
}

async function newClient(): Promise<Client> {
  return JSON.parse(await command(program, ['client', 'create', '--name', 'x', '--no-grants', '--json']));
}

describe('with tokens, the official client', () => {
  it('is told who it is: a client has a name, and neither a display name nor an address', async () => {
    expect(await camunda.getAuthentication()).toMatchObject({
      username: 'boss',
      displayName: null,
      email: null,
      authorizedComponents: ['*'],
      roles: ['admin'],
      canLogout: expect.any(Boolean),
    });
  });

  it('gives another client a role, and takes it again', async () => {
    const other = await newClient();
    const reader = clientOf(other);
    const { clientId } = other;
    await camunda.createRole({ roleId: 'reader', name: 'Reader' });
    await camunda.createAuthorization({
      ownerType: 'ROLE',
      ownerId: 'reader',
      resourceType: 'ROLE',
      resourceId: 'reader',
      permissionTypes: ['READ'],
    });
    expect(await failureOf(reader.getRole({ roleId: 'reader' }, AT_ONCE))).toMatchObject({
      name: 'HttpSdkError',
      status: 403,
      title: 'FORBIDDEN',
      detail: "Unauthorized to perform operation 'READ' on resource 'ROLE'",
    });
    await camunda.assignRoleToClient({ roleId: 'reader', clientId });
    expect(await reader.getRole({ roleId: 'reader' }, AT_ONCE)).toMatchObject({ name: 'Reader' });
    const { items, page } = await reader.searchRoles({}, AT_ONCE);
    expect([items.map(({ roleId }) => roleId), page.totalItems]).toEqual([['reader'], 1]);
    expect(await reader.getAuthentication()).toMatchObject({ username: clientId, roles: ['reader'] });
    await camunda.unassignRoleFromClient({ roleId: 'reader', clientId });
    expect(await failureOf(reader.getRole({ roleId: 'reader' }, AT_ONCE))).toMatchObject({ status: 403 });
    expect((await reader.searchRoles({}, AT_ONCE)).items).toEqual([]);
  });

  it('gives grants to users of whom nothing is recorded, for they are known elsewhere', async () => {
    const { authorizationKey } = await camunda.createAuthorization({
      ownerType: 'USER',
      ownerId: 'somebody-elsewhere',
      resourceType: 'DOCUMENT',
      resourceId: '*',
      permissionTypes: ['READ'],
    });
    expect(await camunda.getAuthorization({ authorizationKey }, AT_ONCE)).toMatchObject({
      ownerId: 'somebody-elsewhere',
    });
  });

  it('is refused as a command what it may not do, in the words for a command', async () => {
    const other = clientOf(await newClient());
    expect(await failureOf(other.createRole({ roleId: 'x', name: 'x' }))).toMatchObject({
      name: 'HttpSdkError',
      status: 403,
      title: 'FORBIDDEN',
      detail:
        "Command 'CREATE' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'CREATE' on resource 'ROLE'",
    });
    expect(await failureOf(other.updateRole({ roleId: 'admin', name: 'x' }))).toMatchObject({
      status: 403,
      detail:
        "Command 'UPDATE' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'UPDATE' on resource 'ROLE', required resource identifiers are one of '[*, admin]'",
    });
  });
});
