import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printedJson, runToEnd } from '../program/run-to-end.ts';

const SCRIPT = fileURLToPath(new URL('./adapted-clients.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'stagedoor-redirected-'));

/** A server that remembers what it was shown, and answers as it is told. */
async function listening(answer: (path: string) => readonly [number, Record<string, string>]) {
  const seen: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    seen.push({ path, headers: request.headers });
    request.resume();
    response.writeHead(...answer(path)).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { seen, port, stop };
}

let foreign: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  foreign = await listening(() => [200, { 'content-type': 'application/json' }]);
});
afterAll(async () => {
  await foreign?.stop();
  rmSync(home, { recursive: true, force: true });
});

const WAYS = {
  'a token': { CAMUNDA_OAUTH_TOKEN: 'canary' },
  'a name and a password': { CAMUNDA_BASIC_AUTH_USERNAME: 'demo', CAMUNDA_BASIC_AUTH_PASSWORD: 'canary' },
  'a session': { CAMUNDA_COOKIE_AUTH_USERNAME: 'demo', CAMUNDA_COOKIE_AUTH_PASSWORD: 'canary' },
};

describe.each(Object.entries(WAYS))(
  'an API that redirects both official clients with %s of ours',
  (_what, variables) => {
    it.each([
      [302, '127.0.0.1'],
      [307, '127.0.0.1'],
      [307, 'localhost'],
    ])('by %d to another server of %s shows it none of that', { timeout: 120_000 }, async (status, host) => {
      const session = { 'set-cookie': 'session=canary', 'x-csrf-token': 'token-of-the-session' };
      const api = await listening((path) =>
        path === '/login' ? [204, session] : [status, { location: `http://${host}:${foreign.port}${path}` }],
      );
      try {
        const address = `http://127.0.0.1:${api.port}`;
        const apis = { CAMUNDA_REST_ADDRESS: address, ZEEBE_REST_ADDRESS: address, CAMUNDA_OPERATE_BASE_URL: address };
        const answers = printedJson(
          await runToEnd(process.execPath, [SCRIPT], { cwd: home, env: { HOME: home, ...apis, ...variables } }),
        );
        expect(answers).toMatchObject({ topology: { error: expect.anything() }, search: { error: expect.anything() } });
      } finally {
        await api.stop();
      }
      const carried = api.seen
        .filter(({ path }) => path !== '/login')
        .map(({ headers }) => headers.authorization ?? headers.cookie);
      expect(carried.length).toBeGreaterThan(2);
      expect(carried.every((one) => one !== undefined)).toBe(true);
      const shown = JSON.stringify(foreign.seen.splice(0).map(({ headers }) => headers));
      for (const secret of ['canary', btoa('demo:canary')]) expect(shown).not.toContain(secret);
    });
  },
);
