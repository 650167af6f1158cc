import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../program/start-program.ts';
import { PLANTED, setBrowserStage } from './browser-stage.ts';
import { takeCensus } from './census.ts';
import { FOREIGN_NAME, hasChromium } from './chromium.ts';
import { countRefusals } from './count-refusals.ts';
import type { ForeignSite } from './foreign-site.ts';

let program: Program;
let browser: Browser;
let site: ForeignSite;

setBrowserStage('none', (stage) => {
  ({ program, browser, site } = stage);
});

/** Runs a script in the page; everything in it that comes back is text. */
function run(page: Page, script: string): Promise<string> {
  return page.evaluate<string>(`(async () => {
    const BPMN = ${JSON.stringify(PLANTED)};
    const bpmnFile = () => new File([BPMN], 'planted.bpmn');
    const submit = (action, enctype, fields) => new Promise((resolve) => {
      const frame = document.createElement('iframe');
      // Before it is part of the page: afterwards the form would open a window of that name.
      frame.name = 'answer' + document.forms.length;
      document.body.append(frame);
      const form = document.body.appendChild(document.createElement('form'));
      Object.assign(form, { action, enctype, method: 'POST', target: frame.name });
      for (const [name, value] of Object.entries(fields)) {
        const input = form.appendChild(document.createElement('input'));
        input.name = name;
        if (typeof value === 'string') { input.value = value; continue; }
        const transfer = new DataTransfer();
        transfer.items.add(value);
        input.type = 'file';
        input.files = transfer.files;
      }
      frame.addEventListener('load', () => {
        let seen = 'nothing';
        try { seen = frame.contentDocument?.body?.textContent || 'nothing'; } catch {}
        resolve(seen);
      });
      form.submit();
    });
    const seenBy = (answer) => answer.then(
      async (response) => response.type === 'opaque' ? 'nothing' : response.status + ' ' + await response.text(),
      () => 'nothing',
    );
    ${script}
  })()`);
}

/** Cross-site requests that a browser sends without asking first, each to a place where it would do something. */
const ATTACKS: readonly (readonly [string, (rest: string) => string])[] = [
  [
    'a form with a file that deploys',
    (rest) => `return submit('${rest}/v2/deployments', 'multipart/form-data', { resources: bpmnFile() });`,
  ],
  [
    'a fetch without CORS that deploys',
    (rest) => `
      const body = new FormData();
      body.append('resources', bpmnFile());
      return seenBy(fetch('${rest}/v2/deployments', { method: 'POST', mode: 'no-cors', body }));`,
  ],
  [
    'a beacon that deploys',
    (rest) => `
      const body = new FormData();
      body.append('resources', bpmnFile());
      return navigator.sendBeacon('${rest}/v2/deployments', body) ? 'nothing' : 'not sent';`,
  ],
  [
    'a deployment below the context path',
    (rest) => `
      const body = new FormData();
      body.append('resources', bpmnFile());
      return seenBy(fetch('${rest}/CLUSTER/v2/deployments', { method: 'POST', mode: 'no-cors', body }));`,
  ],
  [
    'a fetch without CORS and with JSON as text that starts an instance',
    (rest) =>
      `return seenBy(fetch('${rest}/v2/process-instances', { method: 'POST', mode: 'no-cors', body: '{"processDefinitionId":"curtain-call"}' }));`,
  ],
  [
    'a form with JSON as text that starts an instance',
    (rest) =>
      `return submit('${rest}/v2/process-instances', 'text/plain', { '{"processDefinitionId":"curtain-call","x":"': '"}' });`,
  ],
  [
    'a fetch without a media type that sets up an administrator',
    (rest) => `
      const body = new Blob(['{"username":"mallory","password":"mallory"}']);
      return seenBy(fetch('${rest}/v2/setup/user', { method: 'POST', mode: 'no-cors', body }));`,
  ],
  [
    'a form that sets up an administrator',
    (rest) =>
      `return submit('${rest}/v2/setup/user', 'application/x-www-form-urlencoded', { username: 'mallory', password: 'mallory' });`,
  ],
  [
    'a form that logs in',
    (rest) =>
      `return submit('${rest}/login', 'application/x-www-form-urlencoded', { username: 'demo', password: 'demo' });`,
  ],
  [
    'a call without a body that logs in',
    (rest) =>
      `return seenBy(fetch('${rest}/api/login?username=demo&password=demo', { method: 'POST', mode: 'no-cors', credentials: 'include' }));`,
  ],
  [
    'a call without a body that logs out',
    (rest) => `return seenBy(fetch('${rest}/logout', { method: 'POST', mode: 'no-cors', credentials: 'include' }));`,
  ],
  ['a beacon that logs out', (rest) => `return navigator.sendBeacon('${rest}/api/logout') ? 'nothing' : 'not sent';`],
];

/** Ways to look at an answer of another origin. */
const LOOKS: readonly (readonly [string, (url: string) => string])[] = [
  ['a fetch', (url) => `return seenBy(fetch('${url}'));`],
  ['a fetch with cookies', (url) => `return seenBy(fetch('${url}', { credentials: 'include' }));`],
  ['a fetch without CORS', (url) => `return seenBy(fetch('${url}', { mode: 'no-cors' }));`],
  [
    'a fetch with a header that asks first',
    (url) => `return seenBy(fetch('${url}', { headers: { 'x-csrf-token': 'x' } }));`,
  ],
  [
    'a frame',
    (url) => `return new Promise((resolve) => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.addEventListener('load', () => {
        let seen = 'nothing';
        try { seen = frame.contentDocument?.body?.textContent || 'nothing'; } catch {}
        resolve(seen);
      });
      frame.src = '${url}';
    });`,
  ],
  [
    'a script',
    (url) => `return new Promise((resolve) => {
      const script = document.head.appendChild(document.createElement('script'));
      script.onload = () => resolve('loaded');
      script.onerror = () => resolve('nothing');
      script.src = '${url}';
    });`,
  ],
];

/** Where the foreign page can come from; the last word is what the browser then says of itself. */
const FOREIGN_PAGES = [
  ['of another site', (port: number) => `http://${FOREIGN_NAME}:${port}/`],
  ['of another address of this machine', (port: number) => `http://127.0.0.1:${port}/`],
  ['of another port of the same host', (port: number) => `http://localhost:${port}/`],
  ['that says nothing of where it comes from', (port: number) => `http://localhost:${port}/quiet`],
  ['in a sandbox', (port: number) => `http://localhost:${port}/sandboxed`],
] as const;

/** The session of a person who is logged in with this browser. */
async function logIn(page: Page): Promise<void> {
  const answer = await page.context().request.post(`${program.rest}/api/login?username=demo&password=demo`);
  expect(answer.status()).toBe(204);
}

async function sessionIsAlive(page: Page): Promise<boolean> {
  const answer = await page.context().request.get(`${program.rest}/v2/authentication/me`);
  return answer.status() === 200 && (await answer.text()).includes('"demo"');
}

describe.each(FOREIGN_PAGES)('a page %s, without authentication', (_, address) => {
  let page: Page;
  let before: unknown;
  let cookies: unknown;

  beforeAll(async () => {
    if (!hasChromium()) return;
    page = await (await browser.newContext()).newPage();
    await logIn(page);
    await page.goto(address(site.port));
    [before, cookies] = [await takeCensus(program), await page.context().cookies()];
  });

  afterAll(() => page?.context().close());

  it.each(ATTACKS)('is refused %s', async (_name, attack) => {
    const refused = await countRefusals(program.management, 'ORIGIN_REFUSED');
    const script = attack(program.rest).replace('CLUSTER', program.clusterId);
    expect(await run(page, script)).toBe('nothing');
    await expect.poll(() => countRefusals(program.management, 'ORIGIN_REFUSED')).toBe(refused + 1);
  });

  it('sees nothing of what the REST APIs, the issuer and the management port answer', async () => {
    const urls = [
      `${program.rest}/v2/topology`,
      `${program.rest}/v2/authentication/me`,
      `${program.rest}/`,
      `${program.issuer}/.well-known/openid-configuration`,
      `${program.management}/actuator/health`,
      `${program.management}/actuator/prometheus`,
    ];
    for (const url of urls) {
      for (const [name, look] of LOOKS) expect([url, name, await run(page, look(url))]).toEqual([url, name, 'nothing']);
    }
  });

  it('registers no client, gets no token that it could read, and stops nothing', async () => {
    const json = `{ method: 'POST', mode: 'no-cors', body: '{"clientName":"mallory"}' }`;
    expect(
      await run(page, `return seenBy(fetch('${program.rest}/clusters/${program.clusterId}/clients', ${json}));`),
    ).toBe('nothing');
    expect(
      await run(
        page,
        `return submit('${program.issuer}/oauth/token', 'application/x-www-form-urlencoded', { grant_type: 'client_credentials', client_id: 'mallory', client_secret: 'x' });`,
      ),
    ).toBe('nothing');
    expect(
      await run(
        page,
        `return seenBy(fetch('${program.management}/actuator/shutdown', { method: 'POST', mode: 'no-cors' }));`,
      ),
    ).toBe('nothing');
  });

  it('has changed nothing by all that, and ended no session', async () => {
    expect(await takeCensus(program)).toEqual(before);
    expect(await page.context().cookies()).toEqual(cookies);
    expect(await sessionIsAlive(page)).toBe(true);
  });
});

/** What a page can try to read once its own name points at this machine: the browser takes it for the same origin. */
const REBOUND = [
  ['rest', ['/v2/topology', '/v2/authentication/me', '/v1/topology', '/', '/nothing-is-here']],
  ['issuer', ['/.well-known/openid-configuration', '/.well-known/jwks.json']],
  ['management', ['/actuator/health', '/actuator/prometheus']],
] as const;

describe('a page whose name was bound again to this machine', () => {
  /** The page comes from the attacker's machine; from then on its name is ours. */
  async function rebind(origin: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    const address = `http://${FOREIGN_NAME}:${new URL(origin).port}/free-tickets`;
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><body>' }), {
      times: 1,
    });
    await page.goto(address);
    return page;
  }

  function originOf(listener: 'rest' | 'issuer' | 'management'): string {
    const origin = program[listener];
    if (origin === null) throw new Error(`there is no ${listener}`);
    return origin;
  }

  it.each(REBOUND)('reads nothing from the listener %s', async (listener, paths) => {
    const page = await rebind(originOf(listener));
    for (const path of paths) {
      const seen = await run(page, `return seenBy(fetch('${path}', { credentials: 'include' }));`);
      expect([path, seen]).toEqual([path, expect.stringMatching(/^421 /)]);
      expect(seen).not.toContain(program.clusterId);
      expect(seen).not.toContain('localhost');
    }
    await page.context().close();
  });

  it('deploys nothing, starts nothing, logs nobody in and sets nobody up', async () => {
    const before = await takeCensus(program);
    const page = await rebind(program.rest);
    const attempts = [
      `const body = new FormData(); body.append('resources', bpmnFile()); return seenBy(fetch('/v2/deployments', { method: 'POST', body }));`,
      `return seenBy(fetch('/v2/process-instances', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"processDefinitionId":"planted"}' }));`,
      `return seenBy(fetch('/api/login?username=demo&password=demo', { method: 'POST' }));`,
      `return seenBy(fetch('/v2/setup/user', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":"mallory","password":"mallory"}' }));`,
    ];
    for (const attempt of attempts) expect(await run(page, attempt)).toMatch(/^421 /);
    expect(await page.context().cookies()).toEqual([]);
    expect(await takeCensus(program)).toEqual(before);
    await page.context().close();
  });

  it('gets no token from the issuer, even with a client secret that is right', async () => {
    const page = await rebind(originOf('issuer'));
    const client = JSON.parse(program.run('client', 'create', '--name', 'reader', '--json')) as Record<string, string>;
    const fields = JSON.stringify({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    });
    const seen = await run(
      page,
      `return seenBy(fetch('/oauth/token', { method: 'POST', body: new URLSearchParams(${fields}) }));`,
    );
    expect(seen).toMatch(/^421 /);
    expect(seen).not.toContain('access_token');
    await page.context().close();
  });
});

describe('a page of the program itself', () => {
  it('can read, deploy and start', async () => {
    // The front page forbids scripts; another page of this origin would not have to.
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(`${program.rest}/`);
    expect(await page.title()).toBe('Stagedoor');
    expect(await run(page, `return seenBy(fetch('/v2/topology'));`)).toMatch(/^200 .*gatewayVersion/);
    const deploy = `const body = new FormData(); body.append('resources', bpmnFile()); return seenBy(fetch('/v2/deployments', { method: 'POST', body }));`;
    expect(await run(page, deploy)).toMatch(/^200 .*planted/);
    const start = `return seenBy(fetch('/v2/process-instances', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"processDefinitionId":"planted"}' }));`;
    expect(await run(page, start)).toMatch(/^200 .*processInstanceKey/);
    await page.context().close();
  });

  it('registers and sees no client without a token, as nobody does', async () => {
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(`${program.rest}/`);
    const clients = `/clusters/${program.clusterId}/clients`;
    const registering = `{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"clientName":"mallory"}' }`;
    expect(await run(page, `return seenBy(fetch('${clients}', ${registering}));`)).toMatch(/^401 /);
    expect(await run(page, `return seenBy(fetch('${clients}'));`)).toMatch(/^401 /);
    await page.context().close();
  });

  it('can log in and out with a form', async () => {
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(`${program.rest}/`);
    const logIn = `return seenBy(fetch('/login', { method: 'POST', body: new URLSearchParams({ username: 'demo', password: 'demo' }) }));`;
    expect(await run(page, logIn)).toBe('204 ');
    expect((await page.context().cookies()).map(({ name }) => name).sort()).toEqual([
      'X-CSRF-TOKEN',
      'camunda-session',
    ]);
    expect(await run(page, `return seenBy(fetch('/logout', { method: 'POST' }));`)).toBe('204 ');
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  it('runs no script and cannot be framed by others', async () => {
    const answer = await fetch(`${program.rest}/`);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${program.rest}/`);
    expect(await run(page, `return seenBy(fetch('/v2/topology'));`)).toBe('nothing');
    await page.context().close();
  });
});
