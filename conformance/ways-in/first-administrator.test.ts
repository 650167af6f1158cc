import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { startInText, type TextProgram } from '../program/start-in-text.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { fromOutside } from './from-outside.ts';

/** Basic without anybody: what somebody has who configures no users. */
const NOBODY = `
camunda.security.initialization:
  users: []
  default-roles: {}
`;
const HELM = ['--profile', 'helm'];

function setUp(rest: string, username: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${rest}/v2/setup/user`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ username, password: 'a password' }),
  });
}

async function refusedWith(answer: Promise<Response>, code: string): Promise<void> {
  const { status } = await answer;
  expect([status, await (await answer).json()]).toMatchObject([403, { code }]);
}

/** Whether somebody is an administrator: only they may deploy. */
async function deploys(rest: string, username: string): Promise<boolean> {
  const answer = await fetch(`${rest}/v2/deployments`, {
    method: 'POST',
    headers: basic(username, 'a password'),
    body: new FormData(),
  });
  return answer.status !== 403 && answer.status !== 401;
}

describe('the first set-up', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, ...HELM, '--data', './data'], yaml: NOBODY });
  });
  afterAll(() => program.stop());

  it.each([
    ['X-Forwarded-For', '127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1'],
    ['Via', '1.1 proxy'],
  ])('is refused to a caller behind a proxy (%s)', async (name, value) => {
    await refusedWith(setUp(program.rest, 'mallory', { [name]: value }), 'SETUP_REMOTE');
    await refusedWith(setUp(program.rest, 'mallory', { [name]: value, 'Stagedoor-Setup-Code': '' }), 'SETUP_REMOTE');
    await refusedWith(
      setUp(program.rest, 'mallory', { [name]: value, 'Stagedoor-Setup-Code': program.clusterId }),
      'SETUP_REMOTE',
    );
  });

  it('is refused to a page of another origin', async () => {
    await refusedWith(setUp(program.rest, 'mallory', { origin: 'http://evil.example' }), 'ORIGIN_REFUSED');
    await refusedWith(setUp(program.rest, 'mallory', { 'sec-fetch-site': 'cross-site' }), 'ORIGIN_REFUSED');
  });

  it('makes one administrator, also where many ask at once, and then no other', async () => {
    const answers = await Promise.all(['one', 'two', 'three', 'four'].map((name) => setUp(program.rest, name)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403]);
    const users: { username: string }[] = JSON.parse(await command(program, ['user', 'list', '--json']));
    expect(users).toHaveLength(1);
    expect(await deploys(program.rest, users[0]?.username ?? '')).toBe(true);
    await refusedWith(setUp(program.rest, 'five'), 'SETUP_CLOSED');
  });

  it('stays closed once the last administrator is deleted, and after a restart', async () => {
    const [{ username }] = JSON.parse(await command(program, ['user', 'list', '--json']));
    await command(program, ['user', 'delete', username]);
    expect(await command(program, ['user', 'list', '--json'])).toBe('[]\n');
    await refusedWith(setUp(program.rest, 'mallory'), 'SETUP_CLOSED');
    await refusedWith(setUp(program.rest, username), 'SETUP_CLOSED');
    await program.kill();
    const again = await startProgram({
      args: [...FREE_PORTS, ...HELM, '--data', './data'],
      directory: program.directory,
    });
    await refusedWith(setUp(again.rest, 'mallory'), 'SETUP_CLOSED');
    await again.stop();
  });
});

describe('the set-up of a house that has an administrator', () => {
  it.each([[['--method', 'none']], [['--method', 'basic']], [['--method', 'oidc']]])(
    'is closed with %s',
    async (args) => {
      const program = await startProgram({ args: [...FREE_PORTS, ...args, '--memory'] });
      await refusedWith(setUp(program.rest, 'mallory'), 'SETUP_CLOSED');
      await program.stop();
    },
  );
});

describe('a set-up from another machine', () => {
  let program: TextProgram;
  let code: string;
  beforeAll(async () => {
    program = await startInText({ args: [...FREE_PORTS, ...HELM, '--memory', '--host', '0.0.0.0'], yaml: NOBODY });
    code = /Stagedoor-Setup-Code: (\S+)/.exec(program.output())?.[1] ?? '';
  });
  afterAll(() => program.stop());

  it('is refused without the code that was printed at the start', async (context) => {
    expect(code).toMatch(/^[0-9a-f-]{36}$/);
    const rest = fromOutside(program.rest);
    if (rest === null) return context.skip('this machine has no address beside loopback');
    await refusedWith(setUp(rest, 'mallory'), 'SETUP_REMOTE');
    await refusedWith(setUp(rest, 'mallory', { 'Stagedoor-Setup-Code': code.replace(/^./, 'x') }), 'SETUP_REMOTE');
    await refusedWith(setUp(rest, 'mallory', { 'Stagedoor-Setup-Code': `${code}, ${code}` }), 'SETUP_REMOTE');
  });

  it('is taken with it, once', async () => {
    const remote = { 'x-forwarded-for': '192.0.2.7', 'stagedoor-setup-code': code };
    expect((await setUp(program.rest, 'boss', remote)).status).toBe(201);
    await refusedWith(setUp(program.rest, 'mallory', remote), 'SETUP_CLOSED');
    expect(await deploys(program.rest, 'boss')).toBe(true);
    expect(program.output().split(code)).toHaveLength(2);
  });
});
