import { permission, RESOURCE_TYPES } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../src/failure.ts';
import { noContent, type Operation, operation } from '../src/operation.ts';
import { object, text } from '../src/schema.ts';
import { logIn, operateSession } from './log-in.ts';
import { CLUSTER_ID, closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { basic, bearer, headerOf, JSON_TYPE, jsonOf } from './raw-http.ts';
import { clientIdOf, RECORDS, usernameOf } from './records.ts';

afterEach(closeDoors);

const DEMO = basic('demo', 'demo');
const READER = basic('reader', 'reader-password');
const MARY = { kind: 'user', username: usernameOf('mary') } as const;

let done = 0;

/** A gateway with one more row, which looks its item up by the path or by the body. */
async function openWith(row: Partial<Operation>, options: DoorOptions = {}): Promise<OpenDoor> {
  const [dialect] = (await openDoor()).dialects;
  if (dialect === undefined) throw new TypeError('there is a dialect');
  const added: Operation = {
    ...operation({
      id: 'cancel',
      method: 'POST',
      path: '/v2/things/{key}/cancellation',
      summary: 'Cancels',
      requirement: permission('PROCESS_DEFINITION', 'CANCEL_PROCESS_INSTANCE', 'found'),
      params: object({ key: text }),
      find: async ({ params }) => {
        if (params.key === '0') throw new Failure('not-found', 'nothing has this key');
        return [{ resourceId: params.key }];
      },
      responses: { 204: null },
      handle: () => {
        done += 1;
        return noContent;
      },
    }),
    ...row,
  };
  return openDoor({ ...options, dialects: [{ ...dialect, operations: [added] }] });
}

const CANCEL = { method: 'POST', target: '/v2/things/order/cancellation' } as const;

describe('explain', () => {
  it('says every step of the way in its order, with the grant that let the caller through', async () => {
    const open = await openWith({});
    const explained = await open.explain({ ...CANCEL, headers: [READER] });
    expect(explained).toMatchObject({ outcome: 'allowed', code: null, step: null, fix: null });
    expect(explained.steps.map(({ step }) => step)).toEqual([
      'host',
      'path',
      'route',
      'credentials',
      'authentication',
      'principal',
      'memberships',
      'origin',
      'decision',
    ]);
    const says = Object.fromEntries(explained.steps.map((step) => [step.step, step.says]));
    expect(says.route).toBe('cancel (orchestration): POST /v2/things/{key}/cancellation');
    expect(says.principal).toBe('the user reader');
    expect(says.decision).toMatch(
      /^granted by grant \S+ of USER reader on order, for CANCEL_PROCESS_INSTANCE on PROCESS_DEFINITION$/,
    );
  });

  it('does nothing of what it explains', async () => {
    const open = await openWith({});
    done = 0;
    await open.explain({ ...CANCEL, headers: [DEMO] });
    await open.explain({ ...CANCEL, as: MARY });
    expect(done).toBe(0);
    await open.send({ method: 'POST', path: CANCEL.target, headers: [DEMO] });
    expect(done).toBe(1);
  });

  it('prints the command that would grant what is missing, for the shell', async () => {
    const open = await openWith({});
    const target = '/v2/things/o$(rm)/cancellation';
    const { fix } = await open.explain({ ...CANCEL, target, as: MARY });
    expect(fix).toBe(
      "stagedoor grant add --owner user:mary --resource 'PROCESS_DEFINITION:o$(rm)' --permission CANCEL_PROCESS_INSTANCE",
    );
  });

  it('makes a user before it grants him something, where there is none of that name', async () => {
    const open = await openWith({});
    const nobody = await open.explain({ ...CANCEL, as: { kind: 'user', username: usernameOf('nobody') } });
    expect(nobody.fix?.split('\n')).toEqual([
      'stagedoor user create nobody',
      'stagedoor grant add --owner user:nobody --resource PROCESS_DEFINITION:order --permission CANCEL_PROCESS_INSTANCE',
    ]);
    expect(nobody.steps.find(({ step }) => step === 'principal')?.says).toContain('no record');
  });

  it('takes a client for a client, and a user of the same name for a user', async () => {
    const open = await openWith({});
    const client = await open.explain({ ...CANCEL, as: { kind: 'client', clientId: clientIdOf('demo') } });
    const user = await open.explain({ ...CANCEL, as: { kind: 'user', username: usernameOf('demo') } });
    expect([client.outcome, user.outcome]).toEqual(['refused', 'allowed']);
    expect(client.fix).toContain('--owner client:demo');
  });

  it('lists memberships in the order in which they follow from each other', async () => {
    const groups = { containerType: 'group', containerId: 'clerks', memberType: 'user', memberId: 'mary' } as const;
    const roles = { containerType: 'role', containerId: 'auditor', memberType: 'group', memberId: 'clerks' } as const;
    const open = await openDoor({ records: { memberships: [groups, roles] } });
    const { steps } = await open.explain({ method: 'GET', target: '/v2/topology', as: MARY });
    expect(steps.find(({ step }) => step === 'memberships')?.says).toBe(
      'mapping rules: none; groups (by the records): clerks; roles: auditor; tenants: none',
    );
  });

  it('names the policy, the key and the claims of a token, and no value of a claim but the principal', async () => {
    const subject = { kind: 'client', clientId: clientIdOf('worker') } as const;
    const evidence = {
      policy: 'keycloak',
      keyId: 'key-1',
      subjectClaim: 'azp',
      groupsClaim: 'realm.groups',
      rolesClaim: null,
    };
    const claims = { azp: 'worker', email: 'c4n4ry' };
    const tokens = {
      verify: () =>
        ({
          kind: 'verified',
          subject: { subject, groups: [], claims },
          issuer: 'https://issuer.example',
          expiresAt: Number.MAX_SAFE_INTEGER,
          evidence,
        }) as const,
    };
    const open = await openDoor({ method: 'oidc', tokens });
    const explained = await open.explain({ method: 'GET', target: '/v2/topology', headers: [bearer('t0k3n')] });
    const says = explained.steps.map((step) => step.says).join('\n');
    expect(says).toContain('issuer keycloak, with the key "key-1"');
    expect(says).toContain('the client worker, whom the claim "azp" names');
    expect(says).toContain('groups (by the claim "realm.groups")');
    expect(says).not.toMatch(/c4n4ry|t0k3n/);
  });

  it('knows what a row refuses on its own account', async () => {
    const open = await openDoor({ method: 'oidc' });
    const asked = { method: 'POST', target: `/clusters/${CLUSTER_ID}/clients` };
    const user = await open.explain({ ...asked, as: { kind: 'user', username: usernameOf('demo') } });
    expect(user.steps.at(-1)?.says).toContain('Only a client can register a client');
    const worker = await open.explain({ ...asked, as: { kind: 'client', clientId: clientIdOf('worker') } });
    expect(worker.outcome).toBe('allowed');
  });

  it('tells a password that is remembered from one that had to be hashed', async () => {
    const verdict = { kind: 'verified', user: RECORDS.users[0] } as const;
    let answer: () => typeof verdict | Promise<typeof verdict> = () => Promise.resolve(verdict);
    const open = await openDoor({ passwords: { verify: () => answer() as never } });
    const ask = () => open.explain({ method: 'GET', target: '/v2/topology', headers: [DEMO] });
    const said = async () => (await ask()).steps.find(({ step }) => step === 'authentication')?.says;
    expect(await said()).toContain('was hashed');
    answer = () => verdict;
    expect(await said()).toContain('is remembered');
  });

  it.each([
    ['a path that leads nowhere', 'GET', '/v2/nowhere'],
    ['a method that the path does not have', 'DELETE', '/v2/topology'],
    ['a method that nobody has', 'BREW', '/v2/topology'],
  ])('says of %s that no operation is there', async (_, method, target) => {
    const open = await openDoor();
    const explained = await open.explain({ method, target, headers: [DEMO] });
    expect(explained).toMatchObject({ outcome: 'failed', code: null, step: 'route', fix: null });
  });

  it('says of an item that is not there what a request would be answered', async () => {
    const open = await openWith({});
    const explained = await open.explain({ ...CANCEL, target: '/v2/things/0/cancellation', headers: [DEMO] });
    expect(explained.outcome).toBe('failed');
    expect(explained.steps.at(-1)?.says).toBe('404: nothing has this key');
  });

  it('reads a whole URL, whose host has to be one of this server', async () => {
    const open = await openDoor();
    const ask = (target: string) => open.explain({ method: 'GET', target, headers: [DEMO] });
    expect((await ask('http://localhost:8080/v2/topology')).outcome).toBe('allowed');
    expect((await ask('https://evil.example/v2/topology')).code).toBe('HOST_REFUSED');
  });
});

describe('explain of an operation whose body says what it is about', () => {
  const byBody: Partial<Operation> = {
    body: { kind: 'json' },
    find: async ({ body }) => [{ resourceId: (body as { id: string }).id }],
  };

  it('is open for who has some of it, and names what it takes', async () => {
    const open = await openWith(byBody);
    const explained = await open.explain({ ...CANCEL, headers: [READER] });
    expect(explained).toMatchObject({ outcome: 'depends', code: null, step: 'decision' });
    expect(explained.steps.at(-1)?.says).toContain('CANCEL_PROCESS_INSTANCE on the PROCESS_DEFINITION');
  });

  it('is certain for who has nothing of it', async () => {
    const open = await openWith(byBody);
    const explained = await open.explain({ ...CANCEL, as: MARY });
    expect(explained).toMatchObject({ outcome: 'refused', code: 'PERMISSION_MISSING' });
    expect(explained.fix).toContain('--resource PROCESS_DEFINITION --permission CANCEL_PROCESS_INSTANCE');
  });
});

describe('a search that authorizations narrow', () => {
  const search: Partial<Operation> = {
    method: 'GET',
    path: '/v2/things',
    requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'),
    find: null,
    handle: () => ({ status: 200, body: { items: [] } }),
  };
  const filtered = async (open: OpenDoor, ...headers: readonly (readonly [string, string])[]) =>
    headerOf(await open.send({ path: '/v2/things', headers }), 'stagedoor-filtered');

  it('says so where explaining is on, and only where something could be hidden', async () => {
    const open = await openWith(search);
    expect(await filtered(open, READER)).toBe('authorizations');
    expect(await filtered(open, basic('mary', 'pässwörd:with:colons'))).toBe('authorizations');
    expect(await filtered(open, DEMO)).toBeUndefined();
  });

  it('says nothing where explaining is off', async () => {
    const open = await openWith(search, { explaining: false });
    expect(await filtered(open, READER)).toBeUndefined();
  });

  it('is explained by what is shown, with the command that would show it all', async () => {
    const open = await openWith(search);
    const ask = { method: 'GET', target: '/v2/things' };
    const reader = await open.explain({ ...ask, headers: [READER] });
    expect(reader).toMatchObject({ outcome: 'allowed', fix: null });
    expect(reader.steps.at(-1)?.says).toBe('only these are shown: order');
    const mary = await open.explain({ ...ask, as: MARY });
    expect(mary.steps.at(-1)?.says).toContain('nothing is shown');
    expect(mary.fix).toBe(
      'stagedoor grant add --owner user:mary --resource PROCESS_DEFINITION --permission READ_PROCESS_INSTANCE',
    );
  });
});

describe('POST /stagedoor/v1/explain', () => {
  const ask = (open: OpenDoor, body: unknown, ...headers: readonly (readonly [string, string])[]) =>
    open.send({
      method: 'POST',
      path: '/stagedoor/v1/explain',
      headers: [JSON_TYPE, ...headers],
      body: JSON.stringify(body),
    });
  const QUESTION = { method: 'GET', path: '/v2/topology', authorization: 'Basic ZGVtbzpkZW1v' };

  it('answers an administrator, and is a line of the audit log without what was asked', async () => {
    const open = await openDoor();
    const answer = await ask(open, QUESTION, DEMO);
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toMatchObject({ outcome: 'allowed', code: null, step: null, fix: null });
    expect(open.audited).toMatchObject([{ operation: 'explain', actor: { id: 'demo' }, outcome: 'SUCCESS' }]);
    expect(JSON.stringify(open.audited)).not.toMatch(/ZGVtbzpkZW1v|topology/);
  });

  it('answers by the name of a principal too', async () => {
    const open = await openDoor();
    const answer = await ask(open, { method: 'POST', path: '/v2/users', as: 'user:mary' }, DEMO);
    expect(jsonOf(answer)).toMatchObject({ outcome: 'refused', code: 'PERMISSION_MISSING', step: 'decision' });
  });

  it.each([
    ['nobody', [], 401, 'CREDENTIALS_MISSING'],
    ['a user without rights', [basic('mary', 'pässwörd:with:colons')], 403, 'PERMISSION_MISSING'],
    ['a user with rights on one process', [READER], 403, 'PERMISSION_MISSING'],
  ] as const)('tells %s nothing', async (_, headers, status, code) => {
    const open = await openDoor();
    const answer = await ask(open, QUESTION, ...headers);
    expect([answer.status, jsonOf(answer).code]).toEqual([status, code]);
  });

  it('tells nothing to who may only read everything, since it tells whether a password is right', async () => {
    const authorizations = RESOURCE_TYPES.map((resourceType, index) => {
      const owner = { ownerType: 'USER', ownerId: 'mary', resourceId: '*' } as const;
      return { ...owner, authorizationKey: String(index + 1), resourceType, permissionTypes: ['READ'] as const };
    });
    const open = await openDoor({ records: { authorizations } });
    const answer = await ask(open, QUESTION, basic('mary', 'pässwörd:with:colons'));
    expect(jsonOf(answer).code).toBe('PERMISSION_MISSING');
  });

  it('tells nothing to everybody where the API is unprotected: a session of an administrator is asked for', async () => {
    const open = await openDoor({ method: 'none' });
    expect(jsonOf(await ask(open, QUESTION)).code).toBe('CREDENTIALS_MISSING');
    expect((await ask(open, QUESTION, await operateSession(open))).status).toBe(200);
  });

  it('tells nothing to everybody where authorizations are off', async () => {
    const open = await openDoor();
    Object.assign(open.door.policy, { authorizationsEnabled: false });
    expect((await ask(open, QUESTION, READER)).status).toBe(403);
    expect((await ask(open, QUESTION, DEMO)).status).toBe(200);
  });

  it('verifies a password under the limits of whoever asks: by the address that he calls from', async () => {
    const places: string[] = [];
    const open = await openDoor();
    const { verify } = open.door.passwords;
    Object.assign(open.door.passwords, {
      verify: (...args: Parameters<typeof verify>) => {
        places.push(args[2].address);
        return verify(...args);
      },
    });
    await ask(open, { ...QUESTION, authorization: 'Basic bWFyeTp3cm9uZw==' }, DEMO);
    expect(places).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  it.each([
    ['no method', { path: '/' }],
    ['a member that is not known', { ...QUESTION, password: 'x' }],
    ['a path that is none', { ...QUESTION, path: 'v2' }],
    ['both a credential and a name', { ...QUESTION, as: 'user:mary' }],
    ['a name of no kind', { method: 'GET', path: '/', as: 'mary' }],
    ['a role for a name', { method: 'GET', path: '/', as: 'role:admin' }],
    ['a header that nothing depends on', { ...QUESTION, headers: { 'x-any': '1' } }],
    ['a header that would write into another', { ...QUESTION, headers: { origin: 'a\r\nb' } }],
  ])('refuses %s', async (_, body) => {
    const open = await openDoor();
    expect((await ask(open, body, DEMO)).status).toBe(400);
  });

  it('begins no session and ends none', async () => {
    const open = await openDoor();
    const answer = await ask(open, { method: 'POST', path: '/login' }, DEMO);
    expect(jsonOf(answer).outcome).toBe('allowed');
    expect(headerOf(answer, 'set-cookie')).toBeUndefined();
    expect((await logIn(open, 'camunda')).status).toBe(204);
  });
});
