import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type FinishedLogin, PendingLogins, type ProviderLogin, providerLoginDialect } from '../src/index.ts';
import { camundaSession, cookie, type Header } from './log-in.ts';
import { closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { type Answer, cookieOf, FORM_TYPE, headerOf } from './raw-http.ts';
import { usernameOf } from './records.ts';

afterEach(closeDoors);

const MINUTE = 60_000;
const HOME = 'http://localhost:8080/';
const SECRET = randomBytes(32);
/** Under TLS. */
const SSO = '__Host-stagedoor-sso';

type Stage = { stands: boolean; finished: FinishedLogin | null; readonly seen: string[] };

type Stages = OpenDoor & { readonly stage: Stage; readonly second: OpenDoor };

/**
 * A gateway in `oidc` with a provider at which everybody who comes back is demo. The rows of the login answer at a listener of
 * their own, `second`, and begin sessions at the first.
 */
async function openStage(options: DoorOptions = {}): Promise<Stages> {
  const stage: Stage = { stands: true, finished: null, seen: [] };
  const outer = await openDoor({ method: 'oidc', sessions: { secret: SECRET }, ...options });
  const login: ProviderLogin = {
    provider: 'one',
    username: usernameOf('demo'),
    subject: { subject: { kind: 'user', username: usernameOf('demo') }, groups: null, claims: {} },
    issuer: 'https://one.example',
    sub: 'd',
    sid: 's',
    idToken: 'an ID token',
    stands: () => stage.stands,
  };
  const randomness = { bytes: (length: number) => randomBytes(length) };
  const pending = new PendingLogins({ secret: SECRET, secure: true, clock: outer.clock, randomness });
  const dialect = providerLoginDialect({
    ...outer.door,
    pending,
    relyingParty: {
      providers: [{ id: 'one', name: 'One' }],
      home: HOME,
      begin: async () => ({ kind: 'begun', location: 'https://one.example/authorize', secrets: 'the secrets' }),
      finish: async (_provider, secrets) => {
        stage.seen.push(secrets);
        return stage.finished ?? { kind: 'in', login };
      },
      endAddress: async () => null,
      readLogoutToken: async () => ({ kind: 'refused', operator: 'none is good' }),
    },
  });
  const second = await openDoor({ method: 'oidc', ...options, dialects: [dialect] });
  return { ...outer, stage, second };
}

const beginIn = async ({ second }: { second: OpenDoor }) =>
  cookie([SSO, cookieOf(await second.send({ path: '/oauth2/authorization/one' }), SSO)]);
const comeBack = ({ second }: { second: OpenDoor }, headers: readonly Header[]): Promise<Answer> =>
  second.send({ path: '/sso-callback?code=c&state=s', headers });

/** Logs in, and gives the session's cookie. */
async function logIn(open: Awaited<ReturnType<typeof openStage>>): Promise<Header> {
  const answer = await comeBack(open, [await beginIn(open)]);
  expect(answer.status).toBe(302);
  return cookie(['camunda-session', cookieOf(answer, 'camunda-session')]);
}

const statusWith = async ({ send }: Pick<OpenDoor, 'send'>, header: Header) =>
  (await send({ path: '/v2/topology', headers: [header] })).status;

describe('a login at a provider', () => {
  it('is kept in the browser alone, for scripts and other sites unreadable', async () => {
    const open = await openStage();
    const begun = await open.second.send({ path: '/oauth2/authorization/one' });
    const set = headerOf(begun, 'set-cookie') ?? '';
    expect(set).toMatch(/^__Host-stagedoor-sso=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
    expect(set).not.toContain('secrets');
    expect(await statusWith(open, await logIn(open))).toBe(200);
    expect(open.stage.seen).toEqual(['the secrets']);
  });

  it('is over after ten minutes', async () => {
    const open = await openStage();
    const begun = await beginIn(open);
    open.clock.pass(10 * MINUTE);
    expect((await comeBack(open, [begun])).status).toBe(400);
    expect(open.stage.seen).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a value of anybody', `${SSO}=AAAA`],
    ['two values', `${SSO}=a; ${SSO}=b`],
  ])('is refused with %s for a cookie', async (_what, value) => {
    const open = await openStage();
    expect((await comeBack(open, [['Cookie', value]])).status).toBe(400);
    expect(open.stage.seen).toEqual([]);
  });

  it('is refused with its own cookie under a name that other ports and other hosts of the domain can set', async () => {
    const open = await openStage();
    const [, begun] = await beginIn(open);
    expect((await comeBack(open, [['Cookie', begun.replace(SSO, 'stagedoor-sso')]])).status).toBe(400);
    expect((await comeBack(open, [['Cookie', begun]])).status).toBe(302);
  });

  it('is refused with the cookie of a session in the place of its own', async () => {
    const open = await openStage();
    const [, session] = await logIn(open);
    const forged: Header = ['Cookie', session.replace('camunda-session', SSO)];
    expect((await comeBack(open, [forged])).status).toBe(400);
  });

  it('ends the session that came along', async () => {
    const open = await openStage();
    const before = await logIn(open);
    const begun = await beginIn(open);
    const both: Header = ['Cookie', `${before[1]}; ${begun[1]}`];
    expect((await comeBack(open, [both])).status).toBe(302);
    expect(await statusWith(open, before)).toBe(401);
  });

  it('and the log-out after it are in the audit log, with the name and nothing else', async () => {
    const open = await openStage();
    const session = await logIn(open);
    expect((await open.second.send({ method: 'POST', path: '/logout', headers: [session] })).status).toBe(204);
    const said = open.audited.map(({ operation, actor, entityKey, outcome }) => [operation, actor, entityKey, outcome]);
    const actor = { kind: 'user', id: 'demo', credential: 'session' };
    expect(said).toEqual([
      ['login', actor, 'demo', 'SUCCESS'],
      ['logout', actor, 'demo', 'SUCCESS'],
    ]);
    expect(JSON.stringify(open.audited)).not.toContain('an ID token');
  });

  it('that the provider refuses sets no session, and tells the reason to the log alone', async () => {
    const open = await openStage();
    open.stage.finished = { kind: 'refused', operator: 'for the operator' };
    const answer = await comeBack(open, [await beginIn(open)]);
    expect([answer.status, headerOf(answer, 'content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(answer.headers.has('set-cookie')).toBe(false);
    expect(answer.body).not.toContain('for the operator');
    expect(open.second.refused.at(-1)?.reason).toBe('for the operator');
  });
});

describe('the log-out', () => {
  const tokenOn = (page: Answer) => /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
  const frontPage = ({ send }: Pick<OpenDoor, 'send'>, session: Header) => send({ path: '/', headers: [session] });
  const post = ({ second }: { second: OpenDoor }, session: Header, body: string, headers: readonly Header[] = []) =>
    second.send({ method: 'POST', path: '/logout', headers: [session, ...headers], body });

  it('is a form of the front page, which carries the token of the session', async () => {
    const open = await openStage();
    const session = await logIn(open);
    const page = await frontPage(open, session);
    expect(page.body).toContain('You are logged in as demo.');
    expect(page.body).toContain('<form method="post" action="/logout">');
    const body = new URLSearchParams({ _csrf: tokenOn(page) }).toString();
    expect((await post(open, session, body, [FORM_TYPE])).status).toBe(204);
    expect((await frontPage(open, session)).body).not.toMatch(/<form|logged in as/);
  });

  it('lets its form go wherever the provider sends it, and keeps all other forms away', async () => {
    const open = await openStage();
    const policyOf = (page: Answer) => headerOf(page, 'content-security-policy') ?? '';
    const mine = policyOf(await frontPage(open, await logIn(open)));
    expect(mine).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(mine).not.toContain('form-action');
    expect(policyOf(await open.send({ path: '/' }))).toContain("form-action 'none'");
  });

  it.each([
    ['without a token', async () => ''],
    ['with the token of another session', async (open: Stages) => tokenOn(await frontPage(open, await logIn(open)))],
    ['with the word of anybody', async () => 'A'.repeat(86)],
  ])('by a form %s ends nothing, and says so on a page', async (_what, tokenFor) => {
    const open = await openStage();
    const session = await logIn(open);
    const body = new URLSearchParams({ _csrf: await tokenFor(open) }).toString();
    const answer = await post(open, session, body, [FORM_TYPE]);
    expect([answer.status, headerOf(answer, 'content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(await statusWith(open, session)).toBe(200);
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x'])(
    'by a form of %s, which other pages can send, ends nothing',
    async (type) => {
      const open = await openStage();
      const session = await logIn(open);
      expect((await post(open, session, '--x--', [['Content-Type', type]])).status).toBe(415);
      expect(await statusWith(open, session)).toBe(200);
    },
  );

  it('of whoever is logged out already brings him home', async () => {
    const open = await openStage();
    const session = await logIn(open);
    await post(open, session, '');
    const answer = await post(open, session, '_csrf=x', [FORM_TYPE, ['Accept', 'text/html']]);
    expect([answer.status, headerOf(answer, 'location')]).toEqual([303, HOME]);
  });
});

describe('a session of a provider', () => {
  it('ends when it was idle for its lifetime', async () => {
    const open = await openStage();
    const session = await logIn(open);
    open.clock.pass(29 * MINUTE);
    expect(await statusWith(open, session)).toBe(200);
    open.clock.pass(MINUTE);
    expect(await statusWith(open, session)).toBe(401);
  });

  it('ends twelve hours after the log-in, however much it is used', async () => {
    const open = await openStage();
    let session = await logIn(open);
    for (let passed = 0; passed < 12 * 60 - 20; passed += 20) {
      open.clock.pass(20 * MINUTE);
      const answer = await open.send({ path: '/v2/topology', headers: [session] });
      expect(answer.status).toBe(200);
      session = cookie(['camunda-session', cookieOf(answer, 'camunda-session')]);
    }
    open.clock.pass(20 * MINUTE);
    expect(await statusWith(open, session)).toBe(401);
  });

  it('ends at once when its login is over at the issuer', async () => {
    const open = await openStage();
    const session = await logIn(open);
    open.stage.stands = false;
    expect(await statusWith(open, session)).toBe(401);
  });

  it('is none for another process, which may have the same key', async () => {
    const session = await logIn(await openStage());
    expect(await statusWith(await openStage(), session)).toBe(401);
  });

  it('is none where passwords log in, nor is one of a password here', async () => {
    const open = await openStage();
    const withPasswords = await openDoor({ method: 'basic', sessions: { secret: SECRET } });
    expect(await statusWith(withPasswords, await logIn(open))).toBe(401);
    const { session } = await camundaSession(withPasswords);
    expect(await statusWith(withPasswords, session)).toBe(200);
    expect(await statusWith(open, session)).toBe(401);
  });

  it('does not open the Administration API, which takes a token in every method', async () => {
    const open = await openStage();
    const session = await logIn(open);
    expect((await open.send({ path: '/clusters', headers: [session] })).status).toBe(401);
  });
});
