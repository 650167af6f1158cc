import { expect } from 'vitest';
import { basic } from '../program/credentials.ts';
import type { Program } from '../program/start-program.ts';
import { ask, done } from '../rights/ask.ts';
import type { StillThere } from './still-there.ts';

const DEMO = basic('demo', 'demo');

let serial = 0;
function newId(): string {
  serial += 1;
  return `kept-${serial}`;
}

async function change(program: Program, method: string, path: string, body?: object): Promise<unknown> {
  return done(program, path, { as: DEMO, method, ...(body === undefined ? {} : { body }) });
}

/** The kinds of record, each with a body that makes one, and one that changes it. */
const RECORDS = {
  users: (username: string) => [{ username, password: 'a password', name: 'First' }, { name: 'Second' }],
  roles: (roleId: string) => [{ roleId, name: 'First' }, { name: 'Second' }],
  groups: (groupId: string) => [{ groupId, name: 'First' }, { name: 'Second' }],
  tenants: (tenantId: string) => [{ tenantId, name: 'First' }, { name: 'Second' }],
  'mapping-rules': (mappingRuleId: string) => [
    { mappingRuleId, name: 'First', claimName: 'c', claimValue: mappingRuleId },
    { name: 'Second', claimName: 'd', claimValue: mappingRuleId },
  ],
} as const;

const shows = (path: string, expected: object): StillThere => {
  return async (later) => {
    const { status, body } = await ask(later, path, { as: DEMO });
    expect([path, status, body]).toMatchObject([path, 200, expected]);
  };
};

const isGone = (path: string): StillThere => {
  return async (later) => expect([path, (await ask(later, path, { as: DEMO })).status]).toEqual([path, 404]);
};

const records = Object.entries(RECORDS).flatMap(([kind, bodiesOf]) => {
  const made = async (program: Program) => {
    const id = newId();
    const [first, second] = bodiesOf(id);
    await change(program, 'POST', `/v2/${kind}`, first);
    return { path: `/v2/${kind}/${id}`, second };
  };
  return [
    [`${kind} made over HTTP`, async (program: Program) => shows((await made(program)).path, { name: 'First' })],
    [
      `${kind} changed over HTTP`,
      async (program: Program) => {
        const { path, second } = await made(program);
        await change(program, 'PUT', path, second);
        return shows(path, { name: 'Second' });
      },
    ],
    [
      `${kind} removed over HTTP`,
      async (program: Program) => {
        const { path } = await made(program);
        await change(program, 'DELETE', path);
        return isGone(path);
      },
    ],
  ] as const;
});

const GRANT = { ownerType: 'CLIENT', resourceType: 'DOCUMENT', resourceId: '*', permissionTypes: ['READ'] };

async function grant(program: Program): Promise<string> {
  const made = await done(program, '/v2/authorizations', {
    as: DEMO,
    method: 'POST',
    body: { ...GRANT, ownerId: newId() },
  });
  return `/v2/authorizations/${made.authorizationKey}`;
}

async function membership(program: Program): Promise<{ path: string; isMember: (yes: boolean) => StillThere }> {
  const [groupId, clientId] = [newId(), newId()];
  await change(program, 'POST', '/v2/groups', { groupId, name: 'A group' });
  const path = `/v2/groups/${groupId}/clients/${clientId}`;
  await change(program, 'PUT', path);
  const isMember = (yes: boolean): StillThere => {
    return async (later) => {
      const { items } = await done(later, `/v2/groups/${groupId}/clients/search`, { as: DEMO, method: 'POST' });
      expect(items).toEqual(yes ? [{ clientId }] : []);
    };
  };
  return { path, isMember };
}

/** Each makes, changes or ends one identity record over HTTP. */
export const ACKNOWLEDGED_IDENTITIES: Readonly<Record<string, (program: Program) => Promise<StillThere>>> = {
  ...Object.fromEntries(records),
  'an authorization made over HTTP': async (program) => shows(await grant(program), { permissionTypes: ['READ'] }),
  'an authorization changed over HTTP': async (program) => {
    const path = await grant(program);
    await change(program, 'PUT', path, { ...GRANT, ownerId: 'another', permissionTypes: ['DELETE'] });
    return shows(path, { ownerId: 'another', permissionTypes: ['DELETE'] });
  },
  'an authorization removed over HTTP': async (program) => {
    const path = await grant(program);
    await change(program, 'DELETE', path);
    return isGone(path);
  },
  'a member': async (program) => (await membership(program)).isMember(true),
  'the end of a membership': async (program) => {
    const { path, isMember } = await membership(program);
    await change(program, 'DELETE', path);
    return isMember(false);
  },
};
