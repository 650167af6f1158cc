import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { hasChromium, launchChromium } from '../ways-in/chromium.ts';
import { openSameOriginSite, type SameOriginSite } from './same-origin-site.ts';

let program: Program;
let site: SameOriginSite;
let browser: Browser;
let page: Page;
let client: { readonly clientId: string; readonly clientSecret: string };

beforeAll(async () => {
  if (!hasChromium()) return;
  [program, browser] = await Promise.all([
    startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--memory'] }),
    launchChromium(),
  ]);
  site = await openSameOriginSite(program);
  client = JSON.parse(await command(program, ['client', 'create', '--json', '--name', 'page']));
});
afterAll(async () => {
  await Promise.all([browser?.close(), site?.close(), program?.stop()]);
});

beforeEach(async (ctx) => {
  ctx.skip(!hasChromium(), 'Chromium is not installed');
  page = await browser.newPage();
  await page.goto(site.origin);
  site.asked.length = 0;
  return () => page.close();
});

/** Runs a script of a page that has our modules as `client`, and a client with a secret as `call`. Its result passes as JSON. */
async function run(script: string): Promise<unknown> {
  const result = await page.evaluate<string>(`(async () => {
    const client = await import('/client/index.ts');
    const endpoint = new URL('/oauth/token', location.origin);
    const secret = client.fixedSecret(${JSON.stringify(client.clientSecret)});
    const authentication = { kind: 'secret', secret, sentIn: 'body' };
    const tokens = new client.TokenManager();
    const request = { endpoint, clientId: ${JSON.stringify(client.clientId)}, authentication, audience: 'orchestration-api' };
    const call = client.authorizedFetch(client.renewedBearer(tokens.tokenFor(request)), { origins: [location.origin] });
    const codeOf = (promise) => promise.then(({ status }) => status, ({ code }) => code);
    return JSON.stringify(await (async () => { ${script} })());
  })()`);
  return JSON.parse(result);
}

describe('the core in Chromium', () => {
  it('fetches one token for two hundred calls, and the API takes it', async () => {
    const script = `
      const calls = Array.from({ length: 200 }, () => call(location.origin + '/v2/topology'));
      return (await Promise.all(calls)).map(({ status }) => status);`;
    const statuses = await run(script);
    expect(statuses).toEqual(Array.from({ length: 200 }, () => 200));
    expect(site.asked.filter((path) => path === '/oauth/token')).toHaveLength(1);
  });

  it('drops the token that got a 401, and makes the call once more', async () => {
    site.instead.set('/v2/topology', { status: 401 });
    expect(await run('return codeOf(call(new URL("/v2/topology", location.origin)));')).toBe(200);
    expect(site.asked).toEqual(['/oauth/token', '/v2/topology', '/oauth/token', '/v2/topology']);
  });

  it('sends a body of a request again', async () => {
    site.instead.set('/v2/process-definitions/search', { status: 401 });
    const script = `
      const headers = { 'content-type': 'application/json' };
      const asked = new Request('/v2/process-definitions/search', { method: 'POST', headers, body: '{}' });
      return codeOf(call(asked));`;
    expect(await run(script)).toBe(200);
  });

  it.each([
    ['to another origin', `call('https://evil.example/v2/topology')`],
    ['to a name that begins like this one', `call('http://localhost.evil.example/v2/topology')`],
    ['where a redirect leads, be it to the same origin', `call(new URL('/v2/elsewhere', location.origin))`],
  ])('carries no token %s', async (_what, call) => {
    site.instead.set('/v2/elsewhere', { status: 302, location: '/v2/topology' });
    expect(await run(`return codeOf(${call});`)).toBe('ORIGIN_FOREIGN');
    expect(site.asked).not.toContain('/v2/topology');
  });

  it('tells a wrong secret in the words of the issuer, after one request', async () => {
    const script = `
      const wrong = { ...authentication, secret: client.fixedSecret('wrong') };
      const token = tokens.tokenFor({ ...request, authentication: wrong });
      const told = await Promise.allSettled(Array.from({ length: 50 }, () => token.get()));
      return [...new Set(told.map(({ reason }) => reason.error))];`;
    expect(await run(script)).toEqual(['access_denied']);
    expect(site.asked).toEqual(['/oauth/token']);
  });

  it('signs assertions with a key that the page cannot export', async () => {
    const key = await run(`
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
      const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
      globalThis.pair = pair;
      return crypto.subtle.exportKey('jwk', pair.publicKey);`);
    const path = join(program.directory, 'page.jwk');
    writeFileSync(path, JSON.stringify(key));
    const created = await command(program, ['client', 'create', '--json', '--name', 'keyed', '--key-file', path]);
    const { clientId } = JSON.parse(created);
    const script = `
      const key = { privateKey: globalThis.pair.privateKey, algorithm: 'ES256', known: {} };
      const assertion = { kind: 'assertion', key: { read: () => key } };
      // Its audience is the issuer's own address, which is reached through this site.
      const tokens = new client.TokenManager({ fetch: (_own, init) => fetch('/oauth/token', init) });
      const endpoint = new URL('${program.issuer}/oauth/token');
      const clientId = ${JSON.stringify(clientId)};
      const token = tokens.tokenFor({ ...request, endpoint, clientId, authentication: assertion });
      return token.get().then(({ value }) => value.split('.').length, ({ error }) => error);`;
    expect(await run(script)).toBe(3);
  });
});
