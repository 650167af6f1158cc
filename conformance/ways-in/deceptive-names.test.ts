import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeBytes } from '../../packages/gateway/test/raw-http.ts';
import { bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** What would run a command, or end a word, if a shell read it as anything but text. */
const SHELL = [
  `it's "quoted"`,
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"; touch pwned #',
  '$HOME',
  '\\',
  '!!',
  '*',
  '-n',
  '~',
  'a & touch pwned',
];

/** What would say something else on a terminal, in a log or in a header than what was written. */
const DECEPTIVE = {
  'a line break': 'first\nsecond',
  'CR and LF': 'first\r\nX-Injected: yes',
  'an escape sequence': 'first\u001b[2J\u001b]0;title\u0007',
  'a C1 control character': 'first\u009b31m',
  NUL: 'first\u0000second',
  'a turn of the reading direction': 'first\u202etsrif',
} as const;
/** No argument of a command can hold NUL. */
const DECEPTIVE_ARGUMENTS = Object.entries(DECEPTIVE).filter(([, name]) => !name.includes('\0'));

let program: Program;
beforeAll(async () => {
  // Any id is allowed here: what a careful pattern keeps out has to be harmless without it.
  const yaml = `camunda.security.id-validation-pattern: "[^x]*x?.*"`;
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--data', './data'], yaml });
});
afterAll(() => program.stop());

/** Evaluates the lines in a POSIX shell, and prints what the variables hold then. */
function evaluated(lines: string, names: readonly string[]): Readonly<Record<string, string>> {
  const print = names.map((name) => `printf '%s\\0' "$${name}"`).join('\n');
  const shell = spawnSync('sh', ['-eu'], {
    input: `${lines}\n${print}`,
    cwd: program.directory,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: '/home' },
  });
  expect([shell.status, shell.stderr]).toEqual([0, '']);
  const values = shell.stdout.split('\0');
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}

function pwned(): boolean {
  return existsSync(join(program.directory, 'pwned'));
}

describe('a name that a shell could take for a command', () => {
  it.each(SHELL)('is text for whoever evaluates what --env prints: %s', async (name) => {
    const lines = await command(program, ['client', 'create', '--name', name, '--env']);
    const { CLIENT_ID, CLIENT_SECRET } = evaluated(lines, ['CLIENT_ID', 'CLIENT_SECRET']);
    expect(pwned()).toBe(false);
    await expect(
      tokenOf(program.issuer, { clientId: CLIENT_ID ?? '', clientSecret: CLIENT_SECRET ?? '' }),
    ).resolves.toMatch(/^ey/);
  });

  it.each(SHELL.filter((id) => !id.startsWith('-')))('is text there as an id as well: %s', async (id) => {
    const lines = await command(program, ['client', 'create', '--name', 'reader', '--id', id, '--env']);
    const seen = evaluated(lines, ['CLIENT_ID', 'CAMUNDA_CLIENT_ID', 'ZEEBE_CLIENT_ID', 'CAMUNDA_REST_ADDRESS']);
    expect(seen).toEqual({
      CLIENT_ID: id,
      CAMUNDA_CLIENT_ID: id,
      ZEEBE_CLIENT_ID: id,
      CAMUNDA_REST_ADDRESS: program.rest,
    });
    expect(pwned()).toBe(false);
  });

  it.each(["it's $(touch pwned)", 'two words; touch pwned'])(
    'is text in a command that is printed to be run: %s',
    async (name) => {
      const data = join(mkdtempSync(join(tmpdir(), 'stagedoor-')), name);
      await command({ directory: program.directory, data }, ['client', 'create', '--name', 'first']);
      const { stderr } = await runCommandLine(['client', 'create', '--name', 'x', '--env', '--data', data], {
        directory: program.directory,
      });
      const [, word = ''] = /stagedoor start --data (.*), or use --json\n$/.exec(stderr) ?? [];
      const { DATA } = evaluated(`DATA=${word}`, ['DATA']);
      expect([DATA, pwned()]).toEqual([data, false]);
      spawnSync('chmod', ['755', data]);
      const refused = await runCommandLine(['user', 'list', '--data', data], { directory: program.directory });
      const [, fix = ''] = /run (chmod 700 .*), after a look/.exec(refused.stderr) ?? [];
      evaluated(fix, []);
      expect((await runCommandLine(['user', 'list', '--data', data], { directory: program.directory })).code).toBe(0);
      expect(pwned()).toBe(false);
      rmSync(join(data, '..'), { recursive: true });
    },
  );
});

describe('a name with control characters', () => {
  it.each(DECEPTIVE_ARGUMENTS)('is refused to clients and users on the command line: %s', async (_, name) => {
    for (const args of [
      ['client', 'create', '--name', name],
      ['client', 'create', '--name', 'reader', '--id', name],
      ['user', 'create', name, '--password-stdin'],
      ['grant', 'add', '--owner', `client:${name}`, '--resource', 'SYSTEM', '--permission', 'READ'],
    ]) {
      const ran = await runCommandLine([...args, '--data', program.data], {
        directory: program.directory,
        input: 'a password',
      });
      expect([args, ran.code, ran.stdout]).toEqual([args, 2, '']);
      expect(ran.stderr).toMatch(/^stagedoor: [^\u0000-\u001f\u007f-\u009f\u202e]+\n$/);
    }
  });

  it.each(Object.entries(DECEPTIVE))('is refused to clients over HTTP, or shown as it is: %s', async (what, name) => {
    const admin: Client = JSON.parse(await command(program, ['client', 'create', '--name', 'admin', '--json']));
    const answer = await fetch(`${program.rest}/clusters/${program.clusterId}/clients`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...bearer(await tokenOf(program.issuer, admin, 'api.cloud.camunda.io')),
      },
      body: JSON.stringify({ clientName: name }),
    });
    expect([what, answer.status]).toEqual([what, what.startsWith('a turn') ? 200 : 400]);
    expect(await answer.text()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    const listed = await command(program, ['client', 'list']);
    expect(listed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(listed).not.toContain('X-Injected');
  });

  it('is refused to a resource that is deployed', async () => {
    const admin: Client = JSON.parse(await command(program, ['client', 'create', '--name', 'deployer', '--json']));
    const headers = bearer(await tokenOf(program.issuer, admin));
    const body = Buffer.from(
      '--b\r\nContent-Disposition: form-data; name="resources"; filename="a\u001b[2J.bpmn"\r\n\r\n<x/>\r\n--b--\r\n',
      'latin1',
    );
    const answer = await fetch(`${program.rest}/v2/deployments`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
      body,
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('control characters')]);
  });
});

describe('what a stranger sends', () => {
  it('writes nothing into the log but one line of JSON for each refusal', async () => {
    const before = program.output().length;
    const port = Number(new URL(program.rest).port);
    const paths = [
      '/v2/"quoted"',
      "/v2/it's",
      '/v2/$(touch%20x)',
      '/v2/%1b[2J',
      '/v2/%0d%0aINFO',
      '/v2/\u001b[2J',
      '/v2/{"code":"OK"}',
      '/v2/<script>',
      '/v2/%e2%80%ae',
    ];
    for (const path of paths)
      await exchangeBytes(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    for (const header of ['Host: evil"; DROP', 'Authorization: Bearer "quoted', 'Authorization: {"msg":"accepted"}']) {
      const host = header.startsWith('Host') ? '' : 'Host: localhost\r\n';
      await exchangeBytes(port, `GET /v2/topology HTTP/1.1\r\n${host}${header}\r\nConnection: close\r\n\r\n`);
    }
    // The HTTP parser refuses a path with a control character, before there is anything to log.
    await expect.poll(() => program.output().slice(before).split('\n').length - 1).toBe(paths.length - 1 + 3);
    const lines = program.output().slice(before).split('\n').slice(0, -1);
    for (const line of lines) {
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(JSON.parse(line)).toMatchObject({ msg: 'refused', code: expect.any(String), path: expect.any(String) });
    }
  });

  it('comes back as text of JSON, never as a header or as a page', async () => {
    const port = Number(new URL(program.rest).port);
    for (const path of ['/<script>alert(1)</script>', '/x%0d%0aX-Injected:%20yes', '/api/nothing"<b>']) {
      const answer = await exchangeBytes(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 40[014] /);
      expect(answer).toMatch(/\r\ncontent-type: application\/(?:problem\+)?json/i);
      expect(answer).toMatch(/\r\nx-content-type-options: nosniff/i);
      expect(answer).not.toMatch(/\r\nX-Injected/i);
    }
  });
});

describe('the front page', () => {
  it('shows what runs here as text', async () => {
    const page = await fetch(`${program.rest}/`);
    const text = await page.text();
    expect(text).toContain('&quot;$(npx --no-install stagedoor client create --name reader --env');
    expect(text).not.toMatch(/<script|onload=|javascript:/i);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });
});
