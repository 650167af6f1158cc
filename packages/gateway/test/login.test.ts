import { afterEach, describe, expect, it } from 'vitest';
import { camundaSession, cookie, type Header, logIn, operateSession, statusOf } from './log-in.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { basic, cookieOf, FORM_TYPE, headerOf, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

describe('a login', () => {
  it.each([
    ['a wrong password', 'demo', 'wrong', 'PASSWORD_REFUSED'],
    ['an empty password', 'demo', '', 'PASSWORD_REFUSED'],
    ['an unknown user', 'nobody', 'demo', 'PASSWORD_REFUSED'],
    ['a name in other letters', 'DEMO', 'demo', 'PASSWORD_REFUSED'],
    ['a password with a space behind', 'demo', 'demo ', 'PASSWORD_REFUSED'],
  ])('is 401 with %s, and sets no cookie', async (_what, username, password, code) => {
    const open = await openDoor();
    for (const form of ['operate', 'camunda'] as const) {
      const answer = await logIn(open, form, username, password);
      expect(answer.status).toBe(401);
      expect(jsonOf(answer).code).toBe(code);
      expect(answer.headers.has('set-cookie')).toBe(false);
    }
  });

  it.each([
    ['nothing', '', ''],
    ['no password', '?username=demo', ''],
    ['no user', '?password=demo', ''],
    ['a user twice', '?username=demo&username=mary&password=demo', ''],
    ['a password twice', '?username=demo&password=demo&password=demo', ''],
    ['other names', '?user=demo&pass=demo', ''],
  ])('is 401 with %s', async (_what, query, body) => {
    const { send } = await openDoor();
    const answer = await send({ method: 'POST', path: `/api/login${query}`, headers: [FORM_TYPE], body });
    expect(answer.status).toBe(401);
    expect(jsonOf(answer).code).toBe('CREDENTIALS_MISSING');
  });

  it('of 8.8 takes nothing from the query, where passwords end up in logs', async () => {
    const { send } = await openDoor();
    const answer = await send({ method: 'POST', path: '/login?username=demo&password=demo' });
    expect(answer.status).toBe(401);
    expect(jsonOf(answer).code).toBe('CREDENTIALS_MISSING');
  });

  it('is 400 with a form that has a field twice, which RFC 6749 forbids and nobody needs', async () => {
    const { send } = await openDoor();
    const body = 'username=demo&password=demo&username=mary';
    expect((await send({ method: 'POST', path: '/login', headers: [FORM_TYPE], body })).status).toBe(400);
  });

  it('is 400 with a form that is no UTF-8', async () => {
    const { send } = await openDoor();
    const body = Buffer.from([0x75, 0x3d, 0xff]);
    expect((await send({ method: 'POST', path: '/login', headers: [FORM_TYPE], body })).status).toBe(400);
  });

  it('is not made by Basic or Bearer: those beside it are not even read', async () => {
    const open = await openDoor();
    expect((await logIn(open, 'operate', 'demo', 'wrong', [basic('demo', 'demo')])).status).toBe(401);
    expect((await logIn(open, 'operate', 'demo', 'demo', [basic('demo', 'wrong')])).status).toBe(204);
  });

  it('that fails ends the live session that came along, as recorded', async () => {
    const open = await openDoor();
    for (const form of ['operate', 'camunda'] as const) {
      const session = await operateSession(open);
      expect((await logIn(open, form, 'demo', 'wrong', [session])).status).toBe(401);
      expect(await statusOf(open, session)).toBe(401);
    }
  });

  it('that succeeds ends it too, and never continues it', async () => {
    const open = await openDoor();
    const before = await operateSession(open);
    const answer = await logIn(open, 'operate', 'demo', 'demo', [before]);
    const after = cookie(['OPERATE-SESSION', cookieOf(answer, 'OPERATE-SESSION')]);
    expect(await statusOf(open, before)).toBe(401);
    expect(await statusOf(open, after)).toBe(200);
  });

  it('takes over no session that somebody planted', async () => {
    const open = await openDoor();
    const planted = cookie(['OPERATE-SESSION', 'planted'], ['camunda-session', 'planted']);
    const answer = await logIn(open, 'camunda', 'demo', 'demo', [planted]);
    expect(answer.status).toBe(204);
    expect(cookieOf(answer, 'camunda-session')).not.toContain('planted');
    expect(await statusOf(open, planted)).toBe(401);
  });

  it('of the page of 8.6 works as it is written there, with the session cookie first and alone', async () => {
    const open = await openDoor();
    const answer = await open.send({ method: 'POST', path: '/api/login?username=demo&password=demo' });
    expect(answer.status).toBe(204);
    expect(answer.body).toBe('');
    const cookies = answer.headers.get('set-cookie') ?? [];
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^OPERATE-SESSION=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const session = cookie(['OPERATE-SESSION', cookieOf(answer, 'OPERATE-SESSION')]);
    const found = await open.send({
      method: 'POST',
      path: '/v1/process-definitions/search',
      headers: [session, ['Content-Type', 'application/json']],
      body: '{}',
    });
    expect(jsonOf(found)).toMatchObject({ total: 2 });
  });

  it('of 8.8 sets its session cookie first, hidden from scripts, and a CSRF token that is not', async () => {
    const answer = await logIn(await openDoor(), 'camunda');
    expect(answer.status).toBe(204);
    const [first, second, ...more] = answer.headers.get('set-cookie') ?? [];
    expect(first).toMatch(/^camunda-session=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(second).toMatch(/^X-CSRF-TOKEN=[\w-]+; Path=\/; SameSite=Lax$/);
    expect(more).toEqual([]);
    expect(headerOf(answer, 'x-csrf-token')).toMatch(/^[\w-]{86}$/);
  });

  it('sets Secure cookies under TLS', async () => {
    const open = await openDoor({ sessions: { secure: true, operateCsrf: true } });
    for (const form of ['operate', 'camunda'] as const) {
      for (const line of (await logIn(open, form)).headers.get('set-cookie') ?? []) expect(line).toContain('; Secure');
    }
  });

  it('begins a session that opens v2 and every v1, as the user alone', async () => {
    const open = await openDoor();
    for (const session of [
      await operateSession(open, 'reader', 'reader-password'),
      (await camundaSession(open, 'reader', 'reader-password')).session,
    ]) {
      for (const path of ['/v2/topology', '/v1/topology', '/v2/authentication/me']) {
        expect((await open.send({ path, headers: [session] })).status).toBe(200);
      }
      const me = await open.send({ path: '/v2/authentication/me', headers: [session] });
      expect(jsonOf(me)).toMatchObject({ username: 'reader', canLogout: true });
      expect((await open.send({ path: '/v1/process-instances/1', headers: [session] })).status).toBe(403);
    }
  });

  it('works in `none` too, where its session says who is there and unknown ones are nobody', async () => {
    const open = await openDoor({ method: 'none' });
    const session = await operateSession(open);
    const nameOf = async (header: Header) =>
      jsonOf(await open.send({ path: '/v2/authentication/me', headers: [header] })).username;
    expect(await nameOf(session)).toBe('demo');
    expect(await nameOf(cookie(['OPERATE-SESSION', 'x']))).toBe('anonymous');
  });
});

describe('a logout', () => {
  it.each(['/api/logout', '/logout'])('ends the session and clears every cookie: %s', async (path) => {
    const open = await openDoor();
    const session = await operateSession(open);
    const answer = await open.send({ method: 'POST', path, headers: [session] });
    expect(answer.status).toBe(204);
    const cleared = (answer.headers.get('set-cookie') ?? []).map((line) => line.split('=', 1)[0]);
    expect(cleared).toEqual(['OPERATE-SESSION', 'camunda-session', 'X-CSRF-TOKEN']);
    for (const line of answer.headers.get('set-cookie') ?? []) expect(line).toContain('=; Max-Age=0;');
    expect(await statusOf(open, session)).toBe(401);
  });

  it('ends both sessions of a browser that has two', async () => {
    const open = await openDoor();
    const [old, young] = [await operateSession(open), (await camundaSession(open)).session];
    const both: Header = ['Cookie', `${old[1]}; ${young[1]}`];
    expect((await open.send({ method: 'POST', path: '/logout', headers: [both] })).status).toBe(204);
    expect(await statusOf(open, old)).toBe(401);
    expect(await statusOf(open, young)).toBe(401);
  });

  it('ends no session but its own', async () => {
    const open = await openDoor();
    const [mine, other] = [await operateSession(open), await operateSession(open)];
    await open.send({ method: 'POST', path: '/api/logout', headers: [mine] });
    expect(await statusOf(open, mine)).toBe(401);
    expect(await statusOf(open, other)).toBe(200);
  });

  it('is 204 for anybody, and ends nothing of theirs', async () => {
    const open = await openDoor();
    expect((await open.send({ method: 'POST', path: '/api/logout' })).status).toBe(204);
    expect(
      (await open.send({ method: 'POST', path: '/logout', headers: [cookie(['camunda-session', 'x'])] })).status,
    ).toBe(204);
    expect(open.ended.size).toBe(0);
  });

  it('is not made by looking at it', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    for (const path of ['/api/logout', '/logout']) {
      expect((await open.send({ path, headers: [session] })).status).toBe(405);
    }
    expect(await statusOf(open, session)).toBe(200);
  });
});
