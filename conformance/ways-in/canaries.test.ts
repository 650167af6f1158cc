import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exchangeBytes } from '../../packages/gateway/test/raw-http.ts';
import { basic, bearer } from '../program/credentials.ts';
import { runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { canary, Observer } from './observer.ts';
import { JSON_TYPE, placesFor, tokenRequests } from './secret-places.ts';
import { Visitor } from './visitor.ts';

const TOKEN_PATHS = ['/oauth/token', '/auth/realms/camunda-platform/protocol/openid-connect/token'] as const;

const opened: Program[] = [];
afterAll(async () => {
  await Promise.all(opened.map((program) => program.stop()));
  for (const { directory } of opened) rmSync(directory, { recursive: true, force: true });
});

type Method = 'none' | 'basic' | 'oidc';

/** A house with a known secret in every place of its configuration that can hold one. */
async function seededHouse(method: Method) {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
  const [password, secret, filed] = [
    canary('configured-password'),
    canary('configured-secret'),
    canary('secret-of-a-file'),
  ];
  writeFileSync(join(directory, 'secret'), `${filed}\n`);
  const users = `camunda.security.initialization.users: [{ username: demo, password: "${password}" }]\n`;
  const clients = `stagedoor.clients: [{ id: fixed, secret: "${secret}" }, { id: filed, secret-file: ./secret }]\n`;
  const args = [...FREE_PORTS, '--method', method, '--data', './data'];
  const program = await startProgram({ args, yaml: method === 'oidc' ? clients : users + clients, directory });
  opened.push(program);
  const visitor = new Visitor(program);
  for (const [what, value] of Object.entries({ password, secret, filed }))
    visitor.observer.secret(`configured ${what}`, value);
  return { visitor, program, secret };
}

/** Wrong secrets in every place, and the right one in every shape of a token request. */
async function saySecrets(visitor: Visitor, secret: string): Promise<void> {
  const { program, observer } = visitor;
  for (const [path, asked] of placesFor(observer.secret('wrong'))) await visitor.ask(program.rest + path, asked);
  for (const path of TOKEN_PATHS) {
    for (const asked of tokenRequests(observer.secret('wrong-secret'))) await visitor.ask(program.issuer + path, asked);
    for (const asked of tokenRequests(secret))
      await visitor.ask(program.issuer + path, asked, (_, body) => tokensIn(body, observer));
  }
}

function tokensIn(body: string, observer: Observer): readonly string[] {
  return [...body.matchAll(/"access_token":"([^"]+)"/g)].map(([, token = '']) => observer.secret('token', token));
}

/** Clients made, rotated and listed, each secret with its one showing; and what their tokens see. */
async function useClients(visitor: Visitor): Promise<void> {
  const { program, observer } = visitor;
  const secretIn = (what: string) => (stdout: string) => [observer.secret(what, JSON.parse(stdout).clientSecret)];
  const made = await visitor.run(['client', 'create', '--name', 'reader', '--json'], '', secretIn('made secret'));
  const { clientId, clientSecret } = JSON.parse(made);
  await visitor.run(['client', 'rotate', clientId, '--json'], '', secretIn('rotated secret'));
  await visitor.run(['client', 'create', '--name', 'reader', '--env'], '', (stdout) => {
    return [observer.secret('secret in --env', /CLIENT_SECRET='([^']+)'/.exec(stdout)?.[1])];
  });
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  let token = '';
  await visitor.ask(`${program.issuer}/oauth/token`, { method: 'POST', body }, (_, answered) => {
    token = tokensIn(answered, observer)[0] ?? '';
    return [token];
  });
  const registered = {
    method: 'POST',
    headers: { ...JSON_TYPE, ...bearer(token) },
    body: '{"clientName":"made over HTTP"}',
  };
  const clients = `/clusters/${program.clusterId}/clients`;
  await visitor.ask(program.rest + clients, registered, (_, answered) => secretIn('secret over HTTP')(answered));
  for (const path of ['/v2/topology', '/v2/authentication/me', '/admin-api/clusters', clients, '/v2/nothing']) {
    await visitor.ask(program.rest + path, { headers: bearer(token) });
    await visitor.ask(program.rest + path, { headers: bearer(`${token}x`) });
    await visitor.ask(`${program.rest}${path}?access_token=${token}`);
  }
}

/** Passwords at the command line, where they belong and where they do not. */
async function usePasswords(visitor: Visitor): Promise<string> {
  const { program, observer } = visitor;
  const [first, second] = [observer.secret('first password'), observer.secret('second password')];
  await visitor.run(['user', 'create', 'alice', '--password-stdin'], first);
  await visitor.run(['user', 'create', 'alice', '--password-stdin'], first);
  await visitor.run(['user', 'passwd', 'alice', '--password-stdin'], second);
  await visitor.run(['user', 'passwd', 'nobody', '--password-stdin'], second);
  await visitor.run(['user', 'create', 'bob', '--password', observer.secret('argument')]);
  await visitor.run(['user', 'create', 'bob', observer.secret('second argument')]);
  await visitor.run(['user', 'create', `--password=${observer.secret('option with value')}`]);
  for (const path of ['/v2/topology', '/v2/authentication/me'])
    await visitor.ask(program.rest + path, { headers: basic('alice', second) });
  return second;
}

/** Sessions from their beginning to after their end. */
async function useSessions(visitor: Visitor, password: string): Promise<void> {
  const { program, observer } = visitor;
  const body = new URLSearchParams({ username: 'alice', password });
  for (const [login, asked] of [
    ['/api/login', { body }],
    ['/login', { body }],
    [`/api/login?username=alice&password=${password}`, {}],
  ] as const) {
    const answer = await visitor.ask(program.rest + login, { method: 'POST', ...asked }, (found) =>
      shownBySession(found, observer),
    );
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    for (const path of ['/v2/topology', '/v2/nothing', '/v2/authentication/me']) {
      await visitor.ask(program.rest + path, { headers: { cookie } }, (found) => shownBySession(found, observer));
    }
    await visitor.ask(`${program.rest}/logout`, { method: 'POST', headers: { cookie } });
    await visitor.ask(`${program.rest}/v2/topology`, { headers: { cookie } });
  }
}

/** Cookies, and the CSRF token that a session gets anew with every page. */
function shownBySession(answer: Response, observer: Observer): readonly string[] {
  const cookies = answer.headers.getSetCookie().map((line) => (line.split(';', 1)[0] ?? '').replace(/^[^=]*=/, ''));
  const shown = [...cookies, answer.headers.get('x-csrf-token') ?? ''].filter((value) => value !== '');
  return shown.map((value) => observer.secret('cookie', value));
}

/** Every kind of credential replayed, right and wrong, by the command line and over HTTP. */
async function explainSecrets(visitor: Visitor, password: string): Promise<void> {
  const { program, observer } = visitor;
  const wrong = observer.secret('explained password');
  const credentials = [
    basic('alice', password).authorization,
    basic('alice', wrong).authorization,
    basic(observer.secret('explained name'), wrong).authorization,
    bearer(observer.secret('explained token')).authorization,
    observer.secret('explained header'),
    `Cookie: OPERATE-SESSION=${observer.secret('explained cookie')}`,
  ];
  for (const line of credentials) {
    await visitor.run(['explain', 'POST', '/v2/users', '--authorization-stdin'], line);
    const body = JSON.stringify({ method: 'GET', path: `/v2/topology?x=${wrong}`, authorization: line });
    for (const asking of [{}, basic('alice', password), { cookie: '' }]) {
      const headers = { ...JSON_TYPE, ...asking };
      await visitor.ask(`${program.rest}/stagedoor/v1/explain`, { method: 'POST', headers, body });
    }
  }
  await visitor.run(['explain', 'GET', `/v2/topology?access_token=${wrong}`, '--json']);
}

/** What no HTTP client would send. */
async function sendWhatNobodySends({ program, observer }: Visitor): Promise<void> {
  const raw = observer.secret('raw');
  for (const lines of [
    `GET /v2/topology HTTP/1.1\r\nHost: ${raw}`,
    `GET /v2/topology HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${raw}\r\nAuthorization: Bearer ${raw}`,
    `GET /${'x'.repeat(20_000)}?${raw} HTTP/1.1\r\nHost: localhost`,
    `${raw} / HTTP/1.1`,
    `GET /v2/topology?${raw}\u0001 HTTP/1.1\r\nHost: localhost`,
  ]) {
    const port = Number(new URL(program.rest).port);
    observer.saw('the answer to a raw request', await exchangeBytes(port, `${lines}\r\nConnection: close\r\n\r\n`));
  }
}

/** All that was said or kept meanwhile, while the program runs and after its end. */
async function lookEverywhere(visitor: Visitor, method: Method): Promise<void> {
  const { program, observer } = visitor;
  observer.saw('the metrics', await (await fetch(`${program.management}/actuator/prometheus`)).text());
  for (const list of ['client', 'user', 'grant'])
    for (const more of [[], ['--json']]) await visitor.run([list, 'list', ...more]);
  const config = await runCommandLine(['config', '--json', '--method', method], { directory: program.directory });
  expect([config.code, config.stdout.includes('stagedoor.clients')]).toEqual([0, true]);
  observer.saw('the configuration', config.stdout + config.stderr);
  observer.files(program.data);
  const closed = new Promise((resolve) => program.child.once('close', resolve));
  program.child.kill('SIGTERM');
  await closed;
  observer.files(program.data);
  observer.saw('the output of the program', program.output());
}

describe.each(['none', 'basic', 'oidc'] as const)('with %s, a secret', (method) => {
  it('is in no answer but the one that shows it, in no log, no count, no output of a command and no file', async () => {
    const { visitor, program, secret } = await seededHouse(method);
    await saySecrets(visitor, secret);
    await useClients(visitor);
    const password = await usePasswords(visitor);
    await useSessions(visitor, password);
    await explainSecrets(visitor, password);
    await sendWhatNobodySends(visitor);
    await lookEverywhere(visitor, method);
    expect(program.output()).toMatch(/"code":"(?:PASSWORD_REFUSED|TOKEN_MALFORMED)"/);
    expect(visitor.observer.size).toBeGreaterThan(100);
    expect(visitor.observer.leaks).toEqual([]);
  });
});

describe('the observer', () => {
  it.each(['as it is', 'in hexadecimal', 'in base64 with a name', 'in a URL'])(
    'sees a secret that lies about %s',
    (shape) => {
      const observer = new Observer();
      const secret = observer.secret('secret');
      const shapes = new Map([
        ['as it is', secret],
        ['in hexadecimal', Buffer.from(secret).toString('hex')],
        ['in base64 with a name', Buffer.from(`demo:${secret}`).toString('base64')],
        ['in a URL', `?x=${encodeURIComponent(secret)}&y`],
      ]);
      observer.saw('somewhere', `before ${shapes.get(shape)} after`);
      expect(observer.leaks).toEqual(['secret in somewhere']);
    },
  );
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
