import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { basic, bearer } from '../program/credentials.ts';
import { runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { sendRaw } from './raw-request.ts';

/** A secret that stands nowhere else in the world. */
function canary(what: string): string {
  return `canary-${what}-${randomBytes(12).toString('hex')}`;
}

/** In which shapes a text could lie about without looking like itself. */
function shapesOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Base64 of a text in the middle of another depends on where it begins: the part that does not is looked for.
  const shifted = ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...shifted, [...secret].reverse().join('')];
}

/** Where what a program and its commands showed is kept, and the secrets that may not be among it. */
class Observer {
  readonly #secrets = new Map<string, string>();
  readonly #seen: { readonly where: string; readonly text: string }[] = [];

  secret(what: string, value = canary(what)): string {
    if (value.length < 20) throw new TypeError(`what is so short as ${what} stands everywhere`);
    this.#secrets.set(value, what);
    return value;
  }

  /** Keeps what was seen; the secrets that this one place is there to show are taken out first. */
  saw(where: string, text: string, shown: readonly string[] = []): void {
    this.#seen.push({ where, text: shown.reduce((rest, secret) => rest.replaceAll(secret, ''), text) });
  }

  /** Where which secret was found. */
  get leaks(): readonly string[] {
    return [...this.#secrets].flatMap(([secret, what]) => {
      const shapes = shapesOf(secret);
      return this.#seen
        .filter(({ text }) => shapes.some((shape) => text.includes(shape)))
        .map(({ where }) => `${what} in ${where}`);
    });
  }

  get size(): number {
    return this.#seen.length;
  }

  files(directory: string): void {
    for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) this.saw(path, readFileSync(path, 'latin1'));
    }
  }
}

type Asked = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams;
};

class Visitor {
  readonly observer = new Observer();
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  /** Asks, and keeps the whole answer; `showing` picks out of it what it is there to show. */
  async ask(
    url: string,
    asked: Asked = {},
    showing: (answer: Response, body: string) => readonly string[] = () => [],
  ): Promise<Response> {
    const answer = await fetch(url, asked);
    const body = await answer.text();
    const shown = showing(answer, body);
    this.observer.saw(
      `the answer to ${asked.method ?? 'GET'} ${new URL(url).pathname}`,
      `${JSON.stringify([...answer.headers])}\n${body}`,
      shown,
    );
    return answer;
  }

  async run(
    args: readonly string[],
    input = '',
    showing: (stdout: string) => readonly string[] = () => [],
  ): Promise<string> {
    const ran = await runCommandLine([...args, '--data', this.program.data], {
      directory: this.program.directory,
      input,
    });
    this.observer.saw(`the output of ${args.slice(0, 2).join(' ')}`, ran.stdout + ran.stderr, showing(ran.stdout));
    return ran.stdout;
  }
}

function cookiesOf(answer: Response): readonly string[] {
  return answer.headers.getSetCookie().map((line) => (line.split(';', 1)[0] ?? '').replace(/^[^=]*=/, ''));
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Requests that say a secret in every place in which people put one. */
function placesFor(secret: string): readonly (readonly [string, Asked])[] {
  return [
    ['/v2/topology', { headers: basic('demo', secret) }],
    ['/v2/topology', { headers: basic(secret, 'x') }],
    ['/v2/topology', { headers: bearer(secret) }],
    ['/v2/topology', { headers: { authorization: `Basic ${secret}` } }],
    ['/v2/topology', { headers: { authorization: `Secret ${secret}` } }],
    ['/v2/topology', { headers: { authorization: secret } }],
    ['/v2/topology', { headers: { cookie: `OPERATE-SESSION=${secret}; camunda-session=${secret}` } }],
    [
      '/v2/topology',
      { headers: { 'x-csrf-token': secret, 'stagedoor-setup-code': secret, origin: `http://${secret}.example` } },
    ],
    [`/v2/topology?access_token=${secret}`, {}],
    [`/v2/topology?password=${secret}`, { headers: basic('demo', 'demo') }],
    [`/v2/nothing?${secret}`, {}],
    [`/nothing?${secret}`, {}],
    [`/api/login?username=demo&password=${secret}`, { method: 'POST' }],
    [`/api/login?username=${secret}&password=x`, { method: 'POST' }],
    [`/login?username=demo&password=${secret}`, { method: 'POST' }],
    ['/login', { method: 'POST', body: new URLSearchParams({ username: 'demo', password: secret }) }],
    ['/login', { method: 'POST', body: new URLSearchParams({ username: secret, password: secret }) }],
    ['/login', { method: 'POST', headers: JSON_TYPE, body: `{"password":"${secret}"` }],
    ['/v2/setup/user', { method: 'POST', headers: JSON_TYPE, body: `{"username":"x","password":"${secret}"}` }],
    ['/v2/setup/user', { method: 'POST', headers: JSON_TYPE, body: `{"username":"x","password":"${secret}"` }],
    [
      '/v2/setup/user',
      { method: 'POST', headers: JSON_TYPE, body: `{"password":["${secret}"],"username":{"x":"${secret}"}}` },
    ],
    [
      '/v2/process-instances',
      {
        method: 'POST',
        headers: { ...JSON_TYPE, ...basic('demo', 'demo') },
        body: `{"processDefinitionId":5,"variables":"${secret}"}`,
      },
    ],
    [
      '/v2/process-instances',
      { method: 'POST', headers: { ...JSON_TYPE, ...basic('demo', 'demo') }, body: `${secret}` },
    ],
    [
      '/v1/process-instances/search',
      {
        method: 'POST',
        headers: { ...JSON_TYPE, ...basic('demo', 'demo') },
        body: `{"filter":{"state":"${secret}"},"size":"${secret}"}`,
      },
    ],
    ['/admin-api/clusters', { headers: bearer(secret) }],
  ];
}

const TOKEN_PATHS = ['/oauth/token', '/auth/realms/camunda-platform/protocol/openid-connect/token'] as const;

function tokenRequests(secret: string): readonly Asked[] {
  const fields = { grant_type: 'client_credentials', client_id: 'fixed', client_secret: secret };
  return [
    { method: 'POST', body: new URLSearchParams(fields) },
    { method: 'POST', body: new URLSearchParams({ ...fields, client_id: secret }) },
    { method: 'POST', body: new URLSearchParams({ ...fields, audience: 'another', scope: 'another' }) },
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(fields) },
    { method: 'POST', headers: JSON_TYPE, body: `{"client_secret":"${secret}"` },
    {
      method: 'POST',
      headers: basic('fixed', secret),
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    },
    { method: 'POST', headers: basic(secret, secret), body: new URLSearchParams({ grant_type: 'client_credentials' }) },
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: secret },
    { method: 'POST', body: new URLSearchParams([...Object.entries(fields), ['client_secret', secret]]) },
  ];
}

const ended: Program[] = [];
afterAll(() => Promise.all(ended.map((program) => program.stop())));

/** A house with a known secret in every place that can hold one. */
async function seededHouse(method: 'none' | 'basic' | 'oidc') {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
  const seeds = {
    user: canary('configured-password'),
    client: canary('configured-secret'),
    file: canary('secret-of-a-file'),
  };
  writeFileSync(join(directory, 'secret'), `${seeds.file}\n`);
  const users =
    method === 'oidc'
      ? ''
      : `camunda.security.initialization.users: [{ username: demo, password: "${seeds.user}" }, { username: other, password: "${seeds.user}x" }]\n`;
  const clients = `stagedoor.clients: [{ id: fixed, secret: "${seeds.client}" }, { id: filed, secret-file: ./secret }]\n`;
  const program = await startProgram({
    args: [...FREE_PORTS, '--method', method, '--data', './data'],
    yaml: users + clients,
    directory,
  });
  ended.push(program);
  const visitor = new Visitor(program);
  for (const [what, value] of Object.entries(seeds)) visitor.observer.secret(what, value);
  return { visitor, program, seeds };
}

describe.each(['none', 'basic', 'oidc'] as const)('with %s, a secret', (method) => {
  it('is in no answer but the one that shows it, in no log, no count, no output of a command and no file', async () => {
    const { visitor, program, seeds } = await seededHouse(method);
    const { observer } = visitor;
    const { rest, issuer, management } = program;

    // Everything wrong, in every place.
    for (const [path, asked] of placesFor(observer.secret('wrong'))) await visitor.ask(rest + path, asked);
    for (const path of TOKEN_PATHS)
      for (const asked of tokenRequests(observer.secret('wrong-secret'))) await visitor.ask(issuer + path, asked);

    // Everything right, as far as the method has it.
    for (const path of TOKEN_PATHS) {
      for (const asked of tokenRequests(seeds.client)) {
        await visitor.ask(issuer + path, asked, (_, body) => {
          const token = /"access_token":"([^"]+)"/.exec(body)?.[1];
          return token === undefined ? [] : [observer.secret('token', token)];
        });
      }
    }
    const made = await visitor.run(['client', 'create', '--name', 'reader', '--json'], '', (stdout) => [
      observer.secret('made-secret', JSON.parse(stdout).clientSecret),
    ]);
    const { clientId, clientSecret } = JSON.parse(made);
    await visitor.run(['client', 'rotate', clientId, '--json'], '', (stdout) => [
      observer.secret('rotated-secret', JSON.parse(stdout).clientSecret),
    ]);
    await visitor.run(['client', 'create', '--name', 'reader', '--env'], '', (stdout) => [
      observer.secret('secret-in-env', /CLIENT_SECRET='([^']+)'/.exec(stdout)?.[1]),
    ]);
    const fields = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    let token = '';
    await visitor.ask(`${issuer}/oauth/token`, { method: 'POST', body: fields }, (_, body) => {
      token = observer.secret('token', JSON.parse(body).access_token);
      return [token];
    });
    await visitor.ask(
      `${rest}/clusters/${program.clusterId}/clients`,
      { method: 'POST', headers: { ...JSON_TYPE, ...bearer(token) }, body: '{"clientName":"made over HTTP"}' },
      (_, body) => {
        return [observer.secret('secret-over-http', JSON.parse(body).clientSecret)];
      },
    );
    for (const path of [
      '/v2/topology',
      '/v2/authentication/me',
      '/admin-api/clusters',
      `/clusters/${program.clusterId}/clients`,
      '/v2/nothing',
    ]) {
      await visitor.ask(rest + path, { headers: bearer(token) });
      await visitor.ask(rest + path, { headers: bearer(`${token}x`) });
      await visitor.ask(`${rest}${path}?access_token=${token}`);
    }

    // People, their passwords and their sessions.
    const first = observer.secret('first-password');
    const second = observer.secret('second-password');
    await visitor.run(['user', 'create', 'alice', '--password-stdin'], first);
    await visitor.run(['user', 'create', 'alice', '--password-stdin'], first);
    await visitor.run(['user', 'passwd', 'alice', '--password-stdin'], second);
    await visitor.run(['user', 'passwd', 'nobody', '--password-stdin'], second);
    await visitor.run(['user', 'create', 'bob', '--password', observer.secret('argument')]);
    await visitor.run(['user', 'create', 'bob', observer.secret('second-argument')]);
    await visitor.run(['user', 'create', `--password=${observer.secret('option-with-value')}`]);
    for (const path of ['/v2/topology', '/v2/authentication/me'])
      await visitor.ask(rest + path, { headers: basic('alice', second) });
    for (const login of ['/api/login', '/login', `/api/login?username=alice&password=${second}`]) {
      const asked = {
        method: 'POST',
        ...(login.includes('?') ? {} : { body: new URLSearchParams({ username: 'alice', password: second }) }),
      };
      const answer = await visitor.ask(rest + login, asked, (found) =>
        [...cookiesOf(found), found.headers.get('x-csrf-token') ?? '']
          .filter((one) => one !== '')
          .map((one) => observer.secret('cookie', one)),
      );
      const cookie = answer.headers
        .getSetCookie()
        .map((line) => line.split(';', 1)[0])
        .join('; ');
      for (const path of ['/v2/topology', '/v2/nothing', '/v2/authentication/me']) {
        // A session's page gets a CSRF token anew, which is there to be shown.
        await visitor.ask(rest + path, { headers: { cookie } }, (found) =>
          [found.headers.get('x-csrf-token') ?? []].flat().map((one) => observer.secret('csrf', one)),
        );
      }
      await visitor.ask(`${rest}/logout`, { method: 'POST', headers: { cookie } });
      await visitor.ask(`${rest}/v2/topology`, { headers: { cookie } });
    }

    // What no HTTP client sends.
    const port = Number(new URL(rest).port);
    const raw = observer.secret('raw');
    for (const lines of [
      `GET /v2/topology HTTP/1.1\r\nHost: ${raw}`,
      `GET /v2/topology HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${raw}\r\nAuthorization: Bearer ${raw}`,
      `GET /${'x'.repeat(20_000)}?${raw} HTTP/1.1\r\nHost: localhost`,
      `${raw} / HTTP/1.1`,
      `GET /v2/topology?${raw}\u0001 HTTP/1.1\r\nHost: localhost`,
    ]) {
      observer.saw('the answer to a raw request', await sendRaw(port, `${lines}\r\nConnection: close\r\n\r\n`));
    }

    // And all that was said or kept meanwhile.
    observer.saw('the metrics', await (await fetch(`${management}/actuator/prometheus`)).text());
    for (const list of ['client', 'user', 'grant']) {
      await visitor.run([list, 'list']);
      await visitor.run([list, 'list', '--json']);
    }
    const config = await runCommandLine(['config', '--json', '--method', method], { directory: program.directory });
    expect([config.code, config.stdout.includes('stagedoor.clients')]).toEqual([0, true]);
    observer.saw('the configuration', config.stdout + config.stderr);
    observer.files(program.data);
    program.child.kill('SIGTERM');
    await new Promise((resolve) => program.child.once('close', resolve));
    observer.files(program.data);
    observer.saw('the output of the program', program.output());

    expect(program.output()).toMatch(/"code":"(?:PASSWORD_REFUSED|TOKEN_MALFORMED)"/);
    expect(observer.size).toBeGreaterThan(100);
    expect(observer.leaks).toEqual([]);
  });
});

describe('a secret in a configuration that is refused', () => {
  it('is not repeated by what is said about it', async () => {
    const observer = new Observer();
    const [password, secret, variable] = [
      observer.secret('password'),
      observer.secret('secret'),
      observer.secret('variable'),
    ];
    const yaml = `
camunda.security.initialization.users: [{ username: "a b", password: "${password}" }, { username: "x", pasword: "${password}" }]
stagedoor.clients: [{ id: "c d", secret: "${secret}" }, { id: e, secret: { "${secret}": 1 } }, "${secret}"]
server.port: "${secret}"
`;
    const environment = {
      CAMUNDA_SECURITY_INITIALIZATION_USERS_0_PASWORD: variable,
      CAMUNDA_SECURITY_AUTHENTICATION_METHOD: variable,
      STAGEDOOR_CLIENTS_0_SECRET_FILES: variable,
    };
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], yaml, environment });
    observer.saw('the refusal', stderr);
    expect([code, stderr.split('\n').length > 4]).toEqual([1, true]);
    expect(observer.leaks).toEqual([]);
  });

  it('is not repeated where the file is no YAML', async () => {
    const observer = new Observer();
    const secret = observer.secret('secret');
    for (const yaml of [
      `stagedoor: [\n  "${secret}`,
      `a: b: "${secret}"`,
      `"${secret}": *${secret}`,
      `${secret}`,
      `a: !!js/function "${secret}"`,
      `\t${secret}: x`,
    ]) {
      const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], yaml });
      expect([yaml, code]).toEqual([yaml, 1]);
      observer.saw(yaml.slice(0, 10), stderr);
    }
    expect(observer.leaks).toEqual([]);
  });
});
