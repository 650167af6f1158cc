import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { FOREIGN_NAME, hasChromium, launchChromium } from '../ways-in/chromium.ts';

/** The login page in a real browser: its policy must not stop the way back, and must stop everything else. */
const verifier = randomBytes(32).toString('base64url');

let program: Program;
let browser: Browser;
let application: Server;
let port: number;
let clientId: string;
const arrived: string[] = [];

beforeEach((context) => {
  if (!hasChromium()) context.skip('Chromium is not installed');
});
beforeAll(async () => {
  if (!hasChromium()) return;
  application = createServer((request, response) => {
    arrived.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>the application</h1>');
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  const address = application.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  [program, browser] = await Promise.all([
    startProgram({ args: ['--method', 'oidc', ...FREE_PORTS] }),
    launchChromium(),
  ]);
  await command(program, ['user', 'create', 'alice', '--password-stdin'], 'alice in the wings');
  const options = [
    '--json',
    '--public',
    '--redirect-uri',
    'http://127.0.0.1/callback',
    '--redirect-uri',
    'http://[::1]/callback',
  ];
  ({ clientId } = JSON.parse(await command(program, ['client', 'create', '--name', 'The <Stage>', ...options])));
});
afterAll(async () => {
  await Promise.all([browser?.close(), program?.stop()]);
  application?.close();
});

function authorization(origin = `http://127.0.0.1:${port}`): string {
  const url = new URL(`${program.issuer}/oauth/authorize`);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: `${origin}/callback`,
    response_type: 'code',
    scope: 'openid',
    state: 'a state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return url.href;
}

async function type(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

describe('in Chromium', () => {
  it('a person comes from his application, errs, logs in, and is back there with a code', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.evaluate(`location.href = ${JSON.stringify(authorization())}`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.getByText('The <Stage>').count()).toBe(1);
    await type(page, 'alice', 'a guess');
    await page.getByRole('alert').waitFor();
    await type(page, 'alice', 'alice in the wings');
    await page.getByRole('heading', { name: 'the application' }).waitFor();
    const back = new URL(arrived.findLast((url) => url.startsWith('/callback')) ?? '', 'http://127.0.0.1');
    expect([back.pathname, back.searchParams.get('state')]).toEqual(['/callback', 'a state']);
    const answer = await fetch(`${program.issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        code: back.searchParams.get('code') ?? '',
        redirect_uri: `http://127.0.0.1:${port}/callback`,
        code_verifier: verifier,
      }),
    });
    expect(answer.status).toBe(200);
    await page.close();
  });

  it('a person gets back to an application that listens on the loopback address of IPv6', async (context) => {
    const native = createServer((_, response) => response.end('the native application')).listen(0, '::1');
    const failure = await once(native, 'listening').then(
      () => null,
      (error: unknown) => error,
    );
    context.skip(failure !== null, 'there is no IPv6 here');
    const address = native.address();
    const page = await browser.newPage();
    await page.goto(authorization(`http://[::1]:${typeof address === 'object' ? address?.port : 0}`));
    await type(page, 'alice', 'alice in the wings');
    await page.getByText('the native application').waitFor();
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
    await page.close();
    native.close();
  });

  it('a form of another site logs nobody in, also with a request that its owner opened himself', async () => {
    const theirs = await fetch(authorization());
    const request = /name="request" value="([^"]+)"/.exec(await theirs.text())?.[1] ?? '';
    const page = await browser.newPage();
    await page.goto(authorization());
    await page.goto(`http://${FOREIGN_NAME}:${port}/`);
    const before = arrived.length;
    const fields = { request, username: 'alice', password: 'alice in the wings' };
    await page.evaluate(`(() => {
      const form = document.body.appendChild(document.createElement('form'));
      Object.assign(form, { method: 'POST', action: ${JSON.stringify(`${program.issuer}/oauth/authorize/login`)} });
      for (const [name, value] of Object.entries(${JSON.stringify(fields)}))
        form.append(Object.assign(document.createElement('input'), { name, value }));
      form.submit();
    })()`);
    await page.getByRole('alert').waitFor();
    expect(arrived.slice(before).filter((url) => url.startsWith('/callback'))).toEqual([]);
    await page.close();
  });

  it('the page can be framed by nobody', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const blocked = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.evaluate(`document.body.innerHTML = '<iframe src=${JSON.stringify(authorization())}></iframe>'`);
    expect((await blocked).type()).toBe('error');
    await page.close();
  });
});
