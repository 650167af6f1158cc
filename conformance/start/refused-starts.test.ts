import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREE_PORTS, type ProgramOptions, refusedStart, startProgram } from '../program/start-program.ts';

const scratch = mkdtempSync(join(tmpdir(), 'stagedoor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a refused start prints: sentences, no stack trace, and nothing of what is only for programs. */
async function sentencesOf(options: ProgramOptions): Promise<readonly string[]> {
  const { code, stderr } = await refusedStart(options);
  expect(code, stderr).toBe(1);
  expect(stderr).not.toMatch(/^ {4}at |something went wrong/m);
  const lines = stderr.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^(?:stagedoor|warning|note): \S/);
  return lines.filter((line) => line.startsWith('stagedoor: ')).map((line) => line.slice('stagedoor: '.length));
}

describe('a port that is taken', () => {
  let taken: Server;
  let port: string;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = String((taken.address() as AddressInfo).port);
  });
  afterAll(() => new Promise((resolve) => taken.close(resolve)));

  const OPTIONS = [
    ['--port', 'the REST APIs'],
    ['--issuer-port', 'the token issuer'],
    ['--management-port', 'health and metrics'],
  ] as const;

  it.each(OPTIONS)('refuses the start and names the option: %s', async (option, what) => {
    const data = join(scratch, `port${option}`);
    const args = [...FREE_PORTS, option, port, '--data', data];
    expect(await sentencesOf({ args })).toEqual([
      `127.0.0.1:${port} is taken, and ${what} should listen there: stop the program that has it, or choose another port with ${option} (0 takes any free one)`,
    ]);
    // Nothing was made, and nothing is kept: with a free port the same start succeeds.
    const program = await startProgram({ args: [...FREE_PORTS, '--data', data] });
    await program.stop();
  });

  it('is taken too where only the other family has it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen({ port: 0, host: '::1', ipv6Only: true }, resolve));
    const { port: sixth } = other.address() as AddressInfo;
    expect(await sentencesOf({ args: [...FREE_PORTS, '--port', String(sixth), '--memory'] })).toEqual([
      expect.stringMatching(new RegExp(`^::1:${sixth} is taken`)),
    ]);
    await new Promise((resolve) => other.close(resolve));
  });

  it('is said of all three at once', async () => {
    const second = createServer();
    await new Promise<void>((resolve) => second.listen(0, '127.0.0.1', resolve));
    const { port: another } = second.address() as AddressInfo;
    const sentences = await sentencesOf({
      args: ['--port', port, '--issuer-port', String(another), '--management-port', '0', '--memory'],
    });
    expect(sentences).toEqual([expect.stringContaining('the REST APIs'), expect.stringContaining('the token issuer')]);
    await new Promise((resolve) => second.close(resolve));
  });

  it('is no address of this machine where --host says so', async () => {
    expect(
      await sentencesOf({ args: [...FREE_PORTS, '--memory', '--method', 'oidc', '--host', '203.0.113.7'] }),
    ).toEqual([
      expect.stringContaining('is no address of this machine, and the REST APIs should listen there'),
      expect.stringContaining('the token issuer should listen there'),
      expect.stringContaining('health and metrics should listen there'),
    ]);
  });
});

describe('a data directory', () => {
  let whole: string;
  beforeAll(async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--method', 'basic', '--data', join(scratch, 'whole')],
      directory: scratch,
    });
    await program.stop();
    whole = program.data;
  });

  function sql(file: string, statement: string): void {
    const database = new DatabaseSync(file);
    database.exec(statement);
    database.close();
  }

  /** What somebody else, a newer version or a failing disk may have made of it; and what the sentence has to say. */
  const SPOILED: readonly (readonly [string, (data: string) => void, RegExp])[] = [
    [
      'with records that are no database',
      (data) => writeFileSync(join(data, 'records.sqlite'), 'something else'),
      /records\.sqlite cannot be read as a database .*: restore it from a backup, or move it away/,
    ],
    [
      'with a cluster that is no database',
      (data) => writeFileSync(join(data, 'cluster.sqlite'), 'something else'),
      /cluster\.sqlite` is not a database, or is damaged: restore it from a backup/,
    ],
    [
      'with a directory in place of the records',
      (data) => replaceByDirectory(data, 'records.sqlite'),
      /records\.sqlite cannot be opened/,
    ],
    [
      'with a directory in place of the cluster',
      (data) => replaceByDirectory(data, 'cluster.sqlite'),
      /cluster\.sqlite` cannot be opened/,
    ],
    [
      'with the records of another program',
      (data) => foreign(data, 'records.sqlite'),
      /records\.sqlite is the database of another program: choose another directory with --data/,
    ],
    [
      'with the cluster of another program',
      (data) => foreign(data, 'cluster.sqlite'),
      /cluster\.sqlite` .*another program/,
    ],
    [
      'with records of a newer version',
      (data) =>
        sql(join(data, 'records.sqlite'), "INSERT INTO kysely_migration VALUES ('identity-9999-opera', '2030-01-01')"),
      /records\.sqlite was written by a newer version of Stagedoor \(identity-9999-opera\): use that version/,
    ],
    [
      'with a cluster of a newer version',
      (data) => sql(join(data, 'cluster.sqlite'), 'PRAGMA user_version = 9999'),
      /cluster\.sqlite` .*newer version/,
    ],
    [
      'with signing keys that are none',
      (data) => writeFileSync(join(data, 'keys', 'signing-keys.json'), '{"keys":[{}]}'),
      /signing-keys\.json does not hold signing keys: restore it from a backup/,
    ],
    [
      'with signing keys that others can read',
      (data) => chmodSync(join(data, 'keys', 'signing-keys.json'), 0o644),
      /signing-keys\.json can be reached by other users of this machine: run chmod 600/,
    ],
    [
      'with a session key that is none',
      (data) => writeFileSync(join(data, 'session.key'), 'short'),
      /session\.key is not a session key: remove it to have a new one/,
    ],
    [
      'with a directory in place of the session key',
      (data) => replaceByDirectory(data, 'session.key'),
      /session key .*session\.key cannot be read \(EISDIR\)/,
    ],
    [
      'with something in the way of its socket',
      (data) => writeFileSync(join(data, 'control.sock'), 'mine'),
      /control\.sock is in the way of the control socket: move it away/,
    ],
    ['that others can enter', (data) => chmodSync(data, 0o755), /can be entered by other users: run chmod 700/],
  ];

  function replaceByDirectory(data: string, name: string): void {
    rmSync(join(data, name));
    mkdirSync(join(data, name), { mode: 0o700 });
  }

  function foreign(data: string, name: string): void {
    rmSync(join(data, name));
    sql(join(data, name), 'CREATE TABLE tickets (seat INTEGER)');
  }

  it.each(SPOILED)('%s is refused in one sentence', async (what, spoil, sentence) => {
    const data = join(scratch, what.replaceAll(' ', '-'));
    cpSync(whole, data, { recursive: true });
    for (const directory of [data, join(data, 'keys')]) chmodSync(directory, 0o700);
    spoil(data);
    expect(await sentencesOf({ args: [...FREE_PORTS, '--method', 'basic', '--data', data] })).toEqual([
      expect.stringMatching(sentence),
    ]);
  });

  it('that is a file is refused in one sentence', async () => {
    const data = join(scratch, 'a-file');
    writeFileSync(data, '');
    expect(await sentencesOf({ args: [...FREE_PORTS, '--data', data] })).toEqual([
      `${data} is not a directory: choose another one with --data`,
    ]);
    expect(await sentencesOf({ args: [...FREE_PORTS, '--data', join(data, 'below')] })).toEqual([
      expect.stringMatching(/cannot be used as a data directory \(ENOTDIR\)|is not a directory/),
    ]);
  });

  it('whose socket would have too long a path is refused in one sentence', async () => {
    expect(await sentencesOf({ args: [...FREE_PORTS, '--data', join(scratch, 'x'.repeat(100))] })).toEqual([
      expect.stringContaining('choose a data directory with a shorter path'),
    ]);
  });
});

describe('a configuration', () => {
  it('that is wrong in many ways hears of all of them at once', async () => {
    const sentences = await sentencesOf({
      args: [
        '--port',
        '8080x',
        '--issuer-port',
        '0',
        '--management-port',
        '70000',
        '--profile',
        'opera',
        '--host',
        'a b',
        '--memory',
      ],
      yaml: `
camunda.security:
  authentication.metod: basic
  initialization.users: [{ username: "a b", password: x }, { username: c }]
stagedoor: { cluster-id: mine, issuer.token-lifetime: 2d, clients: [{ id: x, secret: y, secret-file: z }] }
`,
    });
    const about = [
      'camunda.security.authentication.metod',
      'initialization.users[0].username',
      'initialization.users[1].password',
      'management.server.port',
      'server.address',
      'server.port',
      'stagedoor.clients[0]',
      'stagedoor.cluster-id',
      'stagedoor.issuer.token-lifetime',
      'stagedoor.profile',
    ];
    for (const key of about) expect(sentences).toContainEqual(expect.stringContaining(key));
    expect(sentences.filter((sentence) => !about.some((key) => sentence.includes(key)))).toEqual([]);
    expect(sentences).toHaveLength(about.length);
  });

  it.each<[string, ProgramOptions, readonly RegExp[]]>([
    [
      'that contradicts itself',
      {
        yaml: 'camunda.security.authentication: { method: basic, oidc: { issuer-uri: "https://a.example.com", audiences: a } }\nserver.port: 9600\nmanagement.server.port: 9600',
        args: ['--memory'],
      },
      [/Oidc configuration is not supported with `BASIC`/, /is the port of .* as well \(9600\)/],
    ],
    [
      'with none that is protected',
      { yaml: 'camunda.security.authentication: { method: none, unprotected-api: false }' },
      [/contradicts camunda\.security\.authentication\.method none/],
    ],
    [
      'with an unknown key of ours',
      { yaml: 'stagedoor.porfile: helm' },
      [/stagedoor\.porfile .*is not a known key: the nearest one is stagedoor\.profile/],
    ],
    [
      'with an unknown key of Camunda’s security',
      { yaml: 'camunda.security.authorization.enabled: false' },
      [/is not a known key: the nearest one is camunda\.security\.authorizations\.enabled/],
    ],
    [
      'with an unknown variable of ours',
      { environment: { STAGEDOOR_PORFILE: 'helm' } },
      [/STAGEDOOR_PORFILE .*is not a known variable: the nearest one is STAGEDOOR_PROFILE/],
    ],
    ['that is no YAML', { yaml: 'stagedoor: [1,\n  x' }, [/application\.yaml/]],
    ['that is a list', { yaml: '- stagedoor' }, [/application\.yaml/]],
    [
      'that is not there',
      { args: [...FREE_PORTS, '--config', 'gone.yaml'] },
      [/gone\.yaml cannot be read \(ENOENT\): check the path and its permissions/],
    ],
    ['that is a directory', { args: [...FREE_PORTS, '--config', '.'] }, [/cannot be read \(EISDIR\)/]],
    [
      'with a secret file that is not there',
      { yaml: 'stagedoor.clients: [{ id: a, secret-file: ./gone }]' },
      [/the secret file \.\/gone of client a cannot be read/],
    ],
    [
      'with a secret file of two lines',
      { yaml: '# the first line\nstagedoor.clients: [{ id: a, secret-file: application.yaml }]\n' },
      [/client a .*control characters/],
    ],
  ])('%s is refused', async (_, options, expected) => {
    const sentences = await sentencesOf({ args: [...FREE_PORTS, '--memory'], ...options });
    expect(sentences).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  it('with unknown keys of somebody else is warned of and taken', async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--memory'],
      yaml: 'spring.datasource.url: x\nlogging.level: debug\nserver.prot: 1',
    });
    expect(program.output()).toMatch(
      /^warning: server\.prot \(application\.yaml:3\) is not known and has no effect: did you mean server\.port\?$/m,
    );
    await program.stop();
  });

  it('of options that nobody knows is wrong usage', async () => {
    const { code, stderr } = await refusedStart({ args: ['--prot', '1'] });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^stagedoor: unknown option '--prot'/)]);
    const both = await refusedStart({ args: [...FREE_PORTS, '--memory', '--data', 'x'] });
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringMatching(/^stagedoor: option '--memory' cannot be used with option '--data <dir>'/),
    ]);
  });
});
