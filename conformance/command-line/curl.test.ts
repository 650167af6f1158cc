import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../program/run-command-line.ts';
import type { Ran } from '../program/run-to-end.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { CURL_PRESENT } from '../x509/curl.ts';

/** The real curl, run by the real command, against the real program and against a server that watches. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-curl-'));
const TOKEN = 'canary.of-a.token';
let program: Program;

beforeAll(async () => {
  program = await startProgram({ args: ['--memory', '--method', 'basic', ...FREE_PORTS] });
});
afterAll(async () => {
  await program?.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach((ctx) => ctx.skip(!CURL_PRESENT, 'curl is missing'));

type Variables = Readonly<Record<string, string>>;

function curl(environment: Variables, args: readonly string[], input = ''): Promise<Ran> {
  return runCommandLine(['curl', ...args], { directory, environment, input });
}

const demo = (): Variables => ({
  CAMUNDA_REST_ADDRESS: program.rest,
  CAMUNDA_BASIC_AUTH_USERNAME: 'demo',
  CAMUNDA_BASIC_AUTH_PASSWORD: 'demo',
});
const session = (): Variables => ({
  CAMUNDA_REST_ADDRESS: program.rest,
  CAMUNDA_COOKIE_AUTH_USERNAME: 'demo',
  CAMUNDA_COOKIE_AUTH_PASSWORD: 'demo',
});

/** A server that remembers who came, with what. `look` runs while curl waits. */
async function watching(look: (request: IncomingMessage) => void = () => undefined): Promise<{
  readonly origin: string;
  readonly seen: IncomingMessage[];
  readonly server: Server;
}> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    look(request);
    if (request.url === '/away') response.writeHead(302, { location: 'http://localhost:8/' }).end();
    else response.end('seen');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

const supplied = (origin: string): Variables => ({ CAMUNDA_REST_ADDRESS: origin, CAMUNDA_OAUTH_TOKEN: TOKEN });

describe('stagedoor curl', () => {
  it('calls a path of the API with the credentials', async () => {
    const { code, stdout, stderr } = await curl(demo(), ['-sS', '/v2/topology']);
    expect([code, stderr, JSON.parse(stdout)]).toEqual([0, '', expect.objectContaining({ clusterSize: 1 })]);
  });

  it('calls a whole URL of the API, with a body from standard input', async () => {
    const args = ['-s', '--json', '@-', '-w', '%{http_code}', '-o', '/dev/null', `${program.rest}/v2/users/search`];
    expect(await curl(demo(), args, '{"page":{"limit":1}}')).toMatchObject({ code: 0, stdout: '200' });
    expect(await curl(demo(), args, '{"page":"x"}')).toMatchObject({ code: 0, stdout: '400' });
  });

  it('carries a session with its token against forged requests', async () => {
    const name = { username: 'alice', password: 'alice-has-a-long-one', name: 'Alice', email: 'a@example.com' };
    const args = ['-s', '--json', '@-', '-w', '%{http_code}', '-o', '/dev/null', '/v2/users'];
    expect(await curl(session(), args, JSON.stringify(name))).toMatchObject({ code: 0, stdout: '201' });
  });

  it('ends as curl does', async () => {
    expect((await curl(demo(), ['-s', '-f', '/v2/users/nobody'])).code).toBe(22);
    expect((await curl(supplied('http://127.0.0.1:8'), ['-s', '/v2/topology'])).code).toBe(7);
  });

  it('passes everything else on untouched', async () => {
    const { origin, seen, server } = await watching();
    const value = 'a "b" \\c\\ $d `e` \'f\' --api x';
    const ran = await curl(supplied(origin), ['-s', '-H', `X-Odd: ${value}`, '-A', '--help', '/v2/x?q=%22']);
    server.close();
    expect([ran.code, ran.stdout]).toEqual([0, 'seen']);
    expect(
      seen.map(({ url, headers }) => [url, headers['x-odd'], headers['user-agent'], headers.authorization]),
    ).toEqual([['/v2/x?q=%22', value, '--help', `Bearer ${TOKEN}`]]);
  });

  it('says that curl is missing', async () => {
    const { code, stderr } = await curl({ ...demo(), PATH: directory }, ['/v2/topology']);
    expect([code, stderr]).toEqual([127, 'stagedoor: curl is not installed, or not on the PATH\n']);
  });

  it.each([
    ['wrong usage of the environment', () => ({ CAMUNDA_CLIENT_ID: 'x' }), ['/v2/topology']],
    ['another origin', demo, ['http://localhost:8/']],
    ['a redirect to be followed', demo, ['-L', '/v2/topology']],
    ['a further configuration', demo, ['-K', '/dev/null', '/v2/topology']],
  ])('ends with 125 and runs nothing for %s', async (_, environment, args) => {
    const ran = await curl(environment(), args);
    expect([ran.code, ran.stdout]).toEqual([125, '']);
    expect(ran.stderr).not.toBe('');
  });
});

describe('the credentials', () => {
  it('stand in no argument of curl, and in no file that has a name', async (ctx) => {
    ctx.skip(process.platform !== 'linux', 'processes are looked at by /proc');
    const curls: { readonly arguments: string; readonly files: readonly string[] }[] = [];
    const { origin, server } = await watching(() => curls.push(...processesOf('curl', directory)));
    const { code } = await curl(supplied(origin), ['-s', '/v2/topology']);
    server.close();
    expect(code).toBe(0);
    expect(curls).toHaveLength(1);
    expect(curls[0]?.arguments).toContain('/v2/topology');
    expect(curls[0]?.arguments).not.toContain('canary');
    const named = curls[0]?.files.filter((file) => file.startsWith('/') && !/^\/(?:dev|proc|usr|etc)\//.test(file));
    expect(named?.every((file) => file.endsWith(' (deleted)'))).toBe(true);
    expect(readdirSync(tmpdir()).filter((name) => name === 'nameless')).toEqual([]);
  });

  it('do not follow a redirect that the API answers', async () => {
    const { origin, seen, server } = await watching();
    const { stdout } = await curl(supplied(origin), ['-s', '-o', '/dev/null', '-w', '%{http_code}', '/away']);
    server.close();
    expect([stdout, seen.length]).toEqual(['302', 1]);
  });

  it('go nowhere that ~/.curlrc names', async () => {
    const [api, other] = await Promise.all([watching(), watching()]);
    writeFileSync(join(directory, '.curlrc'), `url = "${other.origin}/taken"\nlocation-trusted\n`);
    const ran = await curl({ ...supplied(api.origin), HOME: directory, CURL_HOME: directory }, ['-s', '/v2/topology']);
    api.server.close();
    other.server.close();
    expect([ran.code, api.seen.length, other.seen.length]).toEqual([0, 1, 0]);
  });
});

/** Processes of a program in a directory: their arguments, and what their descriptors lead to. */
function processesOf(name: string, cwd: string) {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (!args.startsWith(`${name}\0`) || readlinkSync(`/proc/${pid}/cwd`) !== cwd) return [];
        const files = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
        return [{ arguments: args, files }];
      } catch {
        return [];
      }
    });
}
