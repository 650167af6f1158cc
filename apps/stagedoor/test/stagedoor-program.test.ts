import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { temporaryDirectory } from './temporary-directory.ts';

const PROGRAM = fileURLToPath(new URL('../bin/stagedoor.mjs', import.meta.url));

/** Makes the Node that loads it believe that it is an old one, installed elsewhere. */
function preload(statements: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(statements)}`;
}
const OLD_NODE = preload(`
  Object.defineProperty(process.versions, 'node', { value: '18.20.0' });
  process.execPath = '/old/node';
`);

function run(args: readonly string[], program = PROGRAM, flags: readonly string[] = []) {
  return spawnSync(process.execPath, [...flags, program, ...args], { encoding: 'utf8' });
}

/** `stagedoor config` in a directory of its own, with no variables but these. */
function config(directory: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const options = { encoding: 'utf8', cwd: directory, env: { PATH: process.env.PATH, ...variables } } as const;
  return spawnSync(process.execPath, [PROGRAM, 'config', ...args], options);
}

/** Where nothing can be written, as on a disk that is full. */
function fullDevice(): number {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  return full;
}

describe('the program', () => {
  it('starts through a link, as npm makes one', () => {
    const link = join(temporaryDirectory(), 'stagedoor');
    symlinkSync(PROGRAM, link);
    expect(run(['--version'], link)).toMatchObject({ status: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('ends with the exit code of its command', () => {
    expect(run(['sing'])).toMatchObject({ status: 2, stdout: '', stderr: "stagedoor: unknown command 'sing'\n" });
    expect(run(['client', 'list', '--data', PROGRAM])).toMatchObject({ status: 1, stdout: '' });
  });

  it('says that it made a data directory, where a slip in its name would look like success', () => {
    const data = join(temporaryDirectory(), 'slip');
    const note = { status: 0, stderr: expect.stringMatching(/^note: there was no data directory \/.*slip: /) };
    expect(run(['client', 'create', '--name', 'a', '--data', data])).toMatchObject(note);
    expect(run(['client', 'create', '--name', 'b', '--data', data])).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    [['client', 'list']],
    [['client', 'delete', 'reader']],
    [['user', 'list', '--json']],
    [['grant', 'remove', '1']],
    [['key', 'rotate']],
    [['explain', 'GET', '/v2/topology']],
  ])('makes none for %j, which says that there is none', (args) => {
    const data = join(temporaryDirectory(), 'slip');
    expect(run([...args, '--data', data])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `stagedoor: there is no data directory ${data}: name the program's with --data\n`,
    });
    expect(existsSync(data)).toBe(false);
  });

  it('says that its output is lost where that has no room, and shows no stack', (ctx) => {
    ctx.skip(process.platform !== 'linux', 'needs /dev/full');
    const full = fullDevice();
    const data = ['--data', join(temporaryDirectory(), 'data')];
    const args = [PROGRAM, 'client', 'create', '--name', 'a', '--json', ...data];
    const ran = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/^note: .*\nstagedoor: standard output cannot be written \(ENOSPC\), and [^\n]+\n$/);
    expect(run(['client', 'list', ...data]).stdout).toContain('secret');
    const blind = spawnSync(process.execPath, [PROGRAM, 'sing'], { stdio: ['ignore', 'pipe', full] });
    expect(blind.status).toBe(2);
  });

  it('goes on where its log has no room', async (ctx) => {
    ctx.skip(process.platform !== 'linux', 'needs /dev/full');
    const ports = ['--port', '0', '--issuer-port', '0', '--management-port', '0'];
    const args = [PROGRAM, 'start', '--memory', '--method', 'basic', '--json', ...ports];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', fullDevice()], cwd: temporaryDirectory() });
    onTestFinished(() => void child.kill('SIGKILL'));
    if (child.stdout === null) throw new Error('its output is not there');
    const [line] = await once(child.stdout, 'data');
    const { rest } = JSON.parse(String(line));
    // Each of them is a line of the log.
    for (let refused = 0; refused < 3; refused += 1) expect((await fetch(`${rest}/v2/topology`)).status).toBe(401);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('hands over to the Node that is installed with it, with arguments and exit code', () => {
    expect(run(['--version'], PROGRAM, [OLD_NODE])).toMatchObject({ status: 0, stdout: `${packageJson.version}\n` });
    expect(run(['sing'], PROGRAM, [OLD_NODE])).toMatchObject({
      status: 2,
      stderr: "stagedoor: unknown command 'sing'\n",
    });
  });

  it('passes signals on to the Node that it handed over to, and ends as that does', async () => {
    // A command that waits for its input for as long as nobody gives it. Both processes say when they are there.
    const args = ['user', 'create', 'alice', '--password-stdin', '--data', temporaryDirectory()];
    const front = spawn(process.execPath, [OLD_NODE, PROGRAM, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: preload('process.stdout.write(String(process.pid) + "\\n")') },
    });
    let said = '';
    for await (const chunk of front.stdout) {
      said += chunk;
      if (/^\d+\n\d+\n$/.test(said)) break;
    }
    const behind = Number(said.split('\n').find((pid) => pid !== String(front.pid)));
    front.kill('SIGTERM');
    expect(await once(front, 'exit')).toEqual([null, 'SIGTERM']);
    expect(() => process.kill(behind, 0)).toThrow('ESRCH');
  });

  it('says what to do where there is no Node that can run it', () => {
    const alone = preload(`
      Object.defineProperty(process.versions, 'node', { value: '18.20.0' });
      Object.defineProperty(process, 'arch', { value: 'none' });
    `);
    const ran = run(['--version'], PROGRAM, [alone]);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toBe(
      'stagedoor: this is Node 18.20.0 and Stagedoor needs 24: run npm install in its directory, or install Node 24\n',
    );
  });
});

describe('stagedoor config', () => {
  it('prints where each value came from, and no secret', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'application.yaml'), 'server:\n  port: 8081\n');
    const secret = {
      CAMUNDA_SECURITY_INITIALIZATION_USERS_0_PASSWORD: 'canary',
      CAMUNDA_SECURITY_INITIALIZATION_USERS_0_USERNAME: 'alice',
    };
    const ran = config(directory, ['--method', 'basic', '--json'], secret);
    expect(ran.status).toBe(0);
    const { keys } = JSON.parse(ran.stdout);
    expect(keys.find((entry: { key: string }) => entry.key === 'server.port')).toMatchObject({
      value: 8081,
      origin: expect.stringContaining('application.yaml'),
    });
    expect(ran.stdout + ran.stderr).not.toContain('canary');
  });

  it('says everything that is wrong at once', () => {
    const ran = config(temporaryDirectory(), ['--profile', 'opera', '--port', 'x']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('server.port'),
      expect.stringContaining('stagedoor.profile'),
    ]);
  });

  it('refuses a file that is named and is not there', () => {
    const ran = config(temporaryDirectory(), ['--config', 'gone.yaml']);
    expect([ran.status, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toMatch(/^stagedoor: [^\n]+gone\.yaml cannot be read \(ENOENT\): [^\n]+\n$/);
  });
});
