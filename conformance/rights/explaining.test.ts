import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type Answer, ask, type Credentials, done, found } from './ask.ts';

const DEMO = basic('demo', 'demo');
const EXPLAIN = '/stagedoor/v1/explain';

let program: Program;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  for (const [username, role] of [
    ['nobody', null],
    ['reader', 'readonly-admin'],
    ['victim', null],
  ]) {
    await done(program, '/v2/users', {
      as: DEMO,
      method: 'POST',
      body: { username, password: `password of ${username}` },
    });
    if (role !== null) await done(program, `/v2/roles/${role}/users/${username}`, { as: DEMO, method: 'PUT' });
  }
});
afterAll(() => program.stop());

function question(password: string): object {
  return { method: 'GET', path: '/v2/topology', authorization: basic('victim', password).authorization };
}

function explain(as: Credentials, body: object): Promise<Answer> {
  return ask(program, EXPLAIN, { as, method: 'POST', body });
}

async function refusals(): Promise<string> {
  const metrics = await (await fetch(`${program.management}/actuator/prometheus`)).text();
  return metrics
    .split('\n')
    .filter((line) => line.includes('code="CREDENTIALS_WRONG"'))
    .join();
}

const OUTSIDERS = [
  ['nobody', {}, 401],
  ['somebody with a wrong password of his own', basic('demo', 'wrong'), 401],
  ['a user without grants', basic('nobody', 'password of nobody'), 403],
  ['the user himself', basic('victim', 'password of victim'), 403],
  ['a user who may read everything', basic('reader', 'password of reader'), 403],
] as const;

describe('whether a password is right', () => {
  it.each(OUTSIDERS)('is not told to %s', async (_, as, status) => {
    const [right, wrong, unknown] = [
      await explain(as, question('password of victim')),
      await explain(as, question('wrong')),
      await explain(as, { ...question('x'), authorization: basic('nobody-at-all', 'x').authorization }),
    ];
    expect(right.status).toBe(status);
    expect(wrong).toEqual(right);
    expect(unknown).toEqual(right);
    expect(JSON.stringify(right.body)).not.toContain('victim');
  });

  it('is not even looked at for them', async () => {
    const before = await refusals();
    const as = basic('nobody', 'password of nobody');
    for (let time = 0; time < 40; time++) expect((await explain(as, question(`wrong ${time}`))).status).toBe(403);
    expect(await refusals()).toBe(before);
    expect((await ask(program, '/v2/topology', { as: basic('victim', 'password of victim') })).status).toBe(200);
  });

  it('is told to an administrator, by the same limits as at the door', async () => {
    expect((await explain(DEMO, question('password of victim'))).body).toMatchObject({ outcome: 'allowed' });
    const codes = new Set<unknown>();
    for (let time = 0; time < 40 && codes.size < 2; time++) {
      const { status, body } = await explain(DEMO, question(`another wrong one ${time}`));
      expect([status, body]).toMatchObject([200, { outcome: 'refused' }]);
      codes.add((body as { code: unknown }).code);
    }
    // At first that it is wrong, and then that there were too many.
    expect(codes.size).toBe(2);
    // Whoever comes with the right one that is known already is not kept out by it.
    expect((await ask(program, '/v2/topology', { as: basic('victim', 'password of victim') })).status).toBe(200);
  }, 120_000);
});

describe.each([
  ['where nobody is asked who he is', ['--method', 'none'], '', {}, 401],
  [
    'where everybody may do everything',
    ['--method', 'basic'],
    'camunda.security.authorizations.enabled: false',
    basic('nobody', 'password of nobody'),
    403,
  ],
] as const)('%s', (_, args, yaml, as, status) => {
  it('whether a password is right is told to administrators alone, all the same', async () => {
    const open = await startProgram({ args: [...FREE_PORTS, ...args, '--memory'], yaml });
    for (const name of ['nobody', 'victim'])
      await command(open, ['user', 'create', name, '--password-stdin'], `password of ${name}`);
    expect((await ask(open, '/v2/users/victim', { as })).status).toBe(200);
    const answers = await Promise.all(
      ['password of victim', 'wrong'].map((password) =>
        ask(open, EXPLAIN, { as, method: 'POST', body: question(password) }),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.status).toBe(status);
    await open.stop();
  });
});

describe('who asked for explanations', () => {
  it('is in the audit log, and no credential that was asked about', async () => {
    await explain(DEMO, question('password of victim'));
    await explain(basic('nobody', 'password of nobody'), question('password of victim'));
    const rows = () => found(program, '/v2/audit-logs/search', DEMO, { page: { limit: 1000 } });
    const byWhom = async (actorId: string, result: string) =>
      (await rows()).filter((row) => row.actorId === actorId && row.result === result).length;
    await expect.poll(() => byWhom('nobody', 'FAIL'), { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(() => byWhom('demo', 'SUCCESS'), { timeout: 20_000 }).toBeGreaterThan(0);
    const text = JSON.stringify(await rows());
    for (const secret of ['password of victim', String(basic('victim', 'password of victim').authorization)])
      expect(text).not.toContain(secret);
  });
});

describe('an explanation', () => {
  it('names the grant that is missing, and the command that gives it', async () => {
    const asked = { method: 'GET', path: '/v2/roles/admin', as: 'user:nobody' };
    const { status, body } = await explain(DEMO, asked);
    expect([status, body]).toMatchObject([
      200,
      {
        outcome: 'refused',
        code: 'PERMISSION_MISSING',
        step: 'decision',
        fix: expect.stringMatching(/grant add --owner user:nobody --resource ROLE/),
      },
    ]);
  });

  it('does nothing of what it explains', async () => {
    const asked = { method: 'DELETE', path: '/v2/roles/rpa', as: 'user:demo' };
    expect((await explain(DEMO, asked)).body).toMatchObject({ outcome: 'allowed' });
    expect((await ask(program, '/v2/roles/rpa', { as: DEMO })).status).toBe(200);
  });

  it('on the command line gives a command that, when it is run, opens what was shut', async () => {
    const surroundings = { directory: program.directory };
    const explained = async () => {
      const args = ['explain', 'GET', '/v2/roles/admin', '--as', 'user:nobody', '--json', '--data', program.data];
      const ran = await runCommandLine(args, surroundings);
      return JSON.parse(ran.stdout) as { outcome: string; fix: string };
    };
    const nobody = basic('nobody', 'password of nobody');
    expect((await ask(program, '/v2/roles/admin', { as: nobody })).status).toBe(403);
    const { outcome, fix } = await explained();
    expect(outcome).toBe('refused');
    const [, args = ''] = /stagedoor (grant add [^\n]*)/.exec(fix) ?? [];
    const ran = await runCommandLine([...args.split(' '), '--data', program.data], surroundings);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect((await ask(program, '/v2/roles/admin', { as: nobody })).status).toBe(200);
    expect(await explained()).toMatchObject({ outcome: 'allowed' });
  });
});
