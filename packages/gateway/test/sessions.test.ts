import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { type Answer, basic, bearer, cookieOf, FORM_TYPE, headerOf, jsonOf } from './raw-http.ts';
import { RECORDS, userOf } from './records.ts';

afterEach(closeDoors);

const MINUTE = 60_000;
const SEARCH = { method: 'POST', path: '/v1/process-instances/search' } as const;
type Header = readonly [string, string];

const cookie = (...pairs: readonly (readonly [string, string])[]): Header => ['Cookie', pairs.map(([name, value]) => `${name}=${value}`).join('; ')];

function logIn({ send }: OpenDoor, form: 'operate' | 'camunda', username = 'demo', password = 'demo', headers: readonly Header[] = []): Promise<Answer> {
  const body = new URLSearchParams({ username, password }).toString();
  return send({ method: 'POST', path: form === 'operate' ? '/api/login' : '/login', headers: [FORM_TYPE, ...headers], body });
}

/** A session of the 8.6 form: its cookie alone is enough. */
async function operate(open: OpenDoor, username?: string, password?: string): Promise<Header> {
  return cookie(['OPERATE-SESSION', cookieOf(await logIn(open, 'operate', username, password), 'OPERATE-SESSION')]);
}

async function camunda(open: OpenDoor, username?: string, password?: string): Promise<{ session: Header; csrf: Header }> {
  const answer = await logIn(open, 'camunda', username, password);
  return {
    session: cookie(['camunda-session', cookieOf(answer, 'camunda-session')]),
    csrf: ['X-CSRF-TOKEN', headerOf(answer, 'x-csrf-token') ?? ''],
  };
}

async function statusOf({ send }: OpenDoor, ...headers: readonly Header[]): Promise<number> {
  return (await send({ path: '/v2/topology', headers })).status;
}

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
      const session = await operate(open);
      expect((await logIn(open, form, 'demo', 'wrong', [session])).status).toBe(401);
      expect(await statusOf(open, session)).toBe(401);
    }
  });

  it('that succeeds ends it too, and never continues it', async () => {
    const open = await openDoor();
    const before = await operate(open);
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
    const found = await open.send({ method: 'POST', path: '/v1/process-definitions/search', headers: [session, ['Content-Type', 'application/json']], body: '{}' });
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
    for (const session of [await operate(open, 'reader', 'reader-password'), (await camunda(open, 'reader', 'reader-password')).session]) {
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
    const session = await operate(open);
    const nameOf = async (header: Header) => jsonOf(await open.send({ path: '/v2/authentication/me', headers: [header] })).username;
    expect(await nameOf(session)).toBe('demo');
    expect(await nameOf(cookie(['OPERATE-SESSION', 'x']))).toBe('anonymous');
  });
});

describe('a session', () => {
  it('is 401 as ended where its cookie was forged, cut, is another server’s, or is there twice', async () => {
    const open = await openDoor();
    const [name, line] = await operate(open);
    const value = line.slice('OPERATE-SESSION='.length);
    const elsewhere = await operate(await openDoor());
    const flipped = value.slice(0, 20) + (value[20] === 'A' ? 'B' : 'A') + value.slice(21);
    const bad = [
      cookie(['OPERATE-SESSION', 'x']),
      cookie(['OPERATE-SESSION', '']),
      cookie(['OPERATE-SESSION', value.slice(0, -1)]),
      cookie(['OPERATE-SESSION', flipped]),
      cookie(['OPERATE-SESSION', 'A'.repeat(4000)]),
      cookie(['OPERATE-SESSION', value], ['OPERATE-SESSION', value]),
      cookie(['OPERATE-SESSION', value], ['OPERATE-SESSION', 'x']),
      elsewhere,
    ];
    for (const header of bad) {
      const answer = await open.send({ path: '/v2/topology', headers: [header] });
      expect(answer.status).toBe(401);
      expect(jsonOf(answer).code).toBe('SESSION_ENDED');
    }
    expect(await statusOf(open, [name, line])).toBe(200);
  });

  it('of one form is worth nothing under the cookie of the other', async () => {
    const open = await openDoor();
    const [, line] = await operate(open);
    expect(await statusOf(open, ['Cookie', line.replace('OPERATE-SESSION', 'camunda-session')])).toBe(401);
    const { session } = await camunda(open);
    expect(await statusOf(open, ['Cookie', session[1].replace('camunda-session', 'OPERATE-SESSION')])).toBe(401);
  });

  it('is not carried by a header, a query or a form', async () => {
    const open = await openDoor();
    const [, line] = await operate(open);
    expect((await open.send({ path: `/v2/topology?${line}` })).status).toBe(401);
    expect(await statusOf(open, ['X-Cookie', line])).toBe(401);
    expect(await statusOf(open, ['Authorization', line])).toBe(401);
  });

  it('is over when it was idle for its lifetime, to the millisecond', async () => {
    const open = await openDoor();
    const session = await operate(open);
    open.clock.pass(30 * MINUTE - 1);
    expect(await statusOf(open, session)).toBe(200);
    open.clock.pass(1);
    expect(await statusOf(open, session)).toBe(401);
  });

  it('is renewed by use after half of that time, keeps its name, and is not renewed before', async () => {
    const open = await openDoor();
    const session = await operate(open);
    open.clock.pass(15 * MINUTE - 1);
    const early = await open.send({ path: '/v2/topology', headers: [session] });
    expect(early.headers.has('set-cookie')).toBe(false);
    open.clock.pass(MINUTE);
    const late = await open.send({ path: '/v2/topology', headers: [session] });
    const renewed = cookie(['OPERATE-SESSION', cookieOf(late, 'OPERATE-SESSION')]);
    open.clock.pass(20 * MINUTE);
    expect(await statusOf(open, session)).toBe(401);
    expect(await statusOf(open, renewed)).toBe(200);
  });

  it('takes its renewed cookies along when it is ended', async () => {
    const open = await openDoor();
    const session = await operate(open);
    open.clock.pass(20 * MINUTE);
    const late = await open.send({ path: '/v2/topology', headers: [session] });
    const renewed = cookie(['OPERATE-SESSION', cookieOf(late, 'OPERATE-SESSION')]);
    expect((await open.send({ method: 'POST', path: '/api/logout', headers: [session] })).status).toBe(204);
    expect(await statusOf(open, session)).toBe(401);
    expect(await statusOf(open, renewed)).toBe(401);
  });

  it('dies with another password, and with its user, at the next request', async () => {
    const open = await openDoor();
    const session = await operate(open);
    open.change({ users: [userOf('demo', '2')] });
    expect(await statusOf(open, session)).toBe(401);
    open.change({ users: RECORDS.users });
    expect(await statusOf(open, session)).toBe(200);
    open.change({ users: [userOf('mary')] });
    expect(await statusOf(open, session)).toBe(401);
  });

  it('has what its user has now, not what he had when it began', async () => {
    const open = await openDoor();
    const session = await operate(open);
    expect((await open.send({ ...SEARCH, headers: [session] })).status).toBe(200);
    open.change({ authorizations: [] });
    expect((await open.send({ ...SEARCH, headers: [session] })).status).toBe(403);
  });

  it('is nothing beside a header that does not verify', async () => {
    const open = await openDoor();
    const session = await operate(open);
    for (const header of [bearer('garbage'), ['Authorization', 'Bearer'], basic('demo', 'wrong'), basic('nobody', 'x'), ['Authorization', 'x']] as const) {
      for (const request of [{ path: '/v2/topology' }, SEARCH, { path: '/v1/topology' }]) {
        expect((await open.send({ ...request, headers: [header, session] })).status).toBe(401);
      }
    }
  });

  it('is ignored beside a header that verifies: that one decides, and no cookie is set', async () => {
    const open = await openDoor();
    const session = await operate(open);
    open.clock.pass(20 * MINUTE);
    const answer = await open.send({ path: '/v2/authentication/me', headers: [basic('mary', 'pässwörd:with:colons'), session] });
    expect(jsonOf(answer).username).toBe('mary');
    expect(answer.headers.has('set-cookie')).toBe(false);
    expect(answer.headers.has('x-csrf-token')).toBe(false);
  });

  it('is nothing in `oidc`, and nothing to Administration', async () => {
    const secret = { secret: Buffer.alloc(32, 7) };
    const open = await openDoor({ sessions: secret });
    const session = await operate(open);
    expect((await open.send({ path: '/admin-api/clusters', headers: [session] })).status).toBe(401);
    const oidc = await openDoor({ method: 'oidc', sessions: secret });
    for (const path of ['/v2/topology', '/v1/topology', '/v1/process-instances/1']) {
      expect((await oidc.send({ path, headers: [session] })).status).toBe(401);
    }
  });

  it('survives a restart with the same key', async () => {
    const secret = { secret: Buffer.alloc(32, 7) };
    const session = await operate(await openDoor({ sessions: secret }));
    expect(await statusOf(await openDoor({ sessions: secret }), session)).toBe(200);
  });
});

describe('a request with Basic or Bearer', () => {
  it('never sets a cookie, whatever comes of it', async () => {
    for (const [method, header] of [['basic', basic('demo', 'demo')], ['oidc', bearer('worker-token')], ['basic', basic('demo', 'x')], ['oidc', bearer('x')]] as const) {
      const { send } = await openDoor({ method } satisfies DoorOptions);
      for (const request of [{ path: '/v2/topology' }, SEARCH, { path: '/v1/process-instances/1' }, { path: '/v2/nope' }, { path: '/nope' }]) {
        const answer = await send({ ...request, headers: [header, cookie(['OPERATE-SESSION', 'x'], ['JSESSIONID', 'y'])] });
        expect(answer.headers.has('set-cookie')).toBe(false);
      }
    }
  });
});

describe('a logout', () => {
  it.each(['/api/logout', '/logout'])('ends the session and clears every cookie: %s', async (path) => {
    const open = await openDoor();
    const session = await operate(open);
    const answer = await open.send({ method: 'POST', path, headers: [session] });
    expect(answer.status).toBe(204);
    const cleared = (answer.headers.get('set-cookie') ?? []).map((line) => line.split('=', 1)[0]);
    expect(cleared).toEqual(['OPERATE-SESSION', 'camunda-session', 'X-CSRF-TOKEN']);
    for (const line of answer.headers.get('set-cookie') ?? []) expect(line).toContain('=; Max-Age=0;');
    expect(await statusOf(open, session)).toBe(401);
  });

  it('ends both sessions of a browser that has two', async () => {
    const open = await openDoor();
    const [old, young] = [await operate(open), (await camunda(open)).session];
    const both: Header = ['Cookie', `${old[1]}; ${young[1]}`];
    expect((await open.send({ method: 'POST', path: '/logout', headers: [both] })).status).toBe(204);
    expect(await statusOf(open, old)).toBe(401);
    expect(await statusOf(open, young)).toBe(401);
  });

  it('ends no session but its own', async () => {
    const open = await openDoor();
    const [mine, other] = [await operate(open), await operate(open)];
    await open.send({ method: 'POST', path: '/api/logout', headers: [mine] });
    expect(await statusOf(open, mine)).toBe(401);
    expect(await statusOf(open, other)).toBe(200);
  });

  it('is 204 for anybody, and ends nothing of theirs', async () => {
    const open = await openDoor();
    expect((await open.send({ method: 'POST', path: '/api/logout' })).status).toBe(204);
    expect((await open.send({ method: 'POST', path: '/logout', headers: [cookie(['camunda-session', 'x'])] })).status).toBe(204);
    expect(open.ended.size).toBe(0);
  });

  it('is not made by looking at it', async () => {
    const open = await openDoor();
    const session = await operate(open);
    for (const path of ['/api/logout', '/logout']) {
      expect((await open.send({ path, headers: [session] })).status).toBe(405);
    }
    expect(await statusOf(open, session)).toBe(200);
  });
});

describe('the CSRF token of an 8.8 session', () => {
  it.each([
    ['is missing', () => []],
    ['is empty', () => [['X-CSRF-TOKEN', '']]],
    ['is garbage', () => [['X-CSRF-TOKEN', 'x']]],
    ['is as long as one', () => [['X-CSRF-TOKEN', 'A'.repeat(86)]]],
    ['is there twice', (csrf: Header) => [csrf, csrf]],
    ['has another name', (csrf: Header) => [['X-XSRF-TOKEN', csrf[1]]]],
    ['is in the cookie alone', (csrf: Header) => [['Cookie', `X-CSRF-TOKEN=${csrf[1]}`]]],
  ] as readonly (readonly [string, (csrf: Header) => readonly Header[]])[])('refuses with 403 when it %s', async (_what, headersOf) => {
    const open = await openDoor();
    const { session, csrf } = await camunda(open);
    const [more, cookies] = [headersOf(csrf).filter(([name]) => name !== 'Cookie'), headersOf(csrf).filter(([name]) => name === 'Cookie')];
    const sent: Header = ['Cookie', [session[1], ...cookies.map(([, value]) => value)].join('; ')];
    for (const request of [SEARCH, { method: 'DELETE', path: '/v2/topology' }, { method: 'PUT', path: '/v1/process-instances/1' }]) {
      const answer = await open.send({ ...request, headers: [sent, ...more] });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('CSRF_MISSING');
    }
  });

  it('refuses that of another session, and in the query', async () => {
    const open = await openDoor();
    const [mine, other] = [await camunda(open), await camunda(open)];
    expect((await open.send({ ...SEARCH, headers: [mine.session, other.csrf] })).status).toBe(403);
    const path = `${SEARCH.path}?_csrf=${mine.csrf[1]}`;
    expect((await open.send({ method: 'POST', path, headers: [mine.session] })).status).toBe(403);
  });

  it('is not made unnecessary by a Referer, nor by a header that does not verify', async () => {
    const open = await openDoor();
    const { session } = await camunda(open);
    expect((await open.send({ ...SEARCH, headers: [session, ['Referer', 'http://localhost/swagger-ui/index.html']] })).status).toBe(403);
    expect((await open.send({ ...SEARCH, headers: [session, bearer('x')] })).status).toBe(401);
  });

  it('is not made unnecessary by an 8.6 session beside it', async () => {
    const open = await openDoor();
    const [{ session }, old] = [await camunda(open), await operate(open)];
    expect((await open.send({ ...SEARCH, headers: [['Cookie', `${old[1]}; ${session[1]}`]] })).status).toBe(403);
  });

  it('serves with the right one, of the login or of any later GET, for as long as the session lives', async () => {
    const open = await openDoor();
    const { session, csrf } = await camunda(open);
    expect((await open.send({ ...SEARCH, headers: [session, csrf] })).status).toBe(200);
    const get = await open.send({ path: '/v2/topology', headers: [session] });
    const fresh: Header = ['X-CSRF-TOKEN', headerOf(get, 'x-csrf-token') ?? ''];
    expect(fresh[1]).not.toBe(csrf[1]);
    expect((await open.send({ ...SEARCH, headers: [session, fresh] })).status).toBe(200);
    await open.send({ method: 'POST', path: '/logout', headers: [session] });
    expect((await open.send({ ...SEARCH, headers: [session, fresh] })).status).toBe(401);
  });

  it('is not asked for where nothing changes, nor where it is switched off', async () => {
    const open = await openDoor();
    expect(await statusOf(open, (await camunda(open)).session)).toBe(200);
    const off = await openDoor({ sessions: { csrf: false } });
    const login = await logIn(off, 'camunda');
    expect(login.headers.get('set-cookie')).toHaveLength(1);
    expect(login.headers.has('x-csrf-token')).toBe(false);
    const session = cookie(['camunda-session', cookieOf(login, 'camunda-session')]);
    expect((await off.send({ ...SEARCH, headers: [session] })).status).toBe(200);
  });

  it('is asked for in `none` as well', async () => {
    const open = await openDoor({ method: 'none' });
    const { session, csrf } = await camunda(open);
    expect((await open.send({ ...SEARCH, headers: [session] })).status).toBe(403);
    expect((await open.send({ ...SEARCH, headers: [session, csrf] })).status).toBe(200);
  });
});

describe('the CSRF token of an 8.6 session, where Operate prevents CSRF', () => {
  const prepare = async () => {
    const open = await openDoor({ sessions: { operateCsrf: true } });
    const login = await logIn(open, 'operate');
    const session = `OPERATE-SESSION=${cookieOf(login, 'OPERATE-SESSION')}`;
    return { open, login, session, header: headerOf(login, 'x-csrf-token') ?? '', value: cookieOf(login, 'X-CSRF-TOKEN') };
  };

  it('refuses the header alone, the cookie alone, and neither, as recorded', async () => {
    const { open, session, header, value } = await prepare();
    const status = async (...headers: readonly Header[]) => (await open.send({ ...SEARCH, headers })).status;
    expect(await status(['Cookie', session])).toBe(403);
    expect(await status(['Cookie', session], ['X-CSRF-TOKEN', header])).toBe(403);
    expect(await status(['Cookie', `${session}; X-CSRF-TOKEN=${value}`])).toBe(403);
    expect(await status(['Cookie', `${session}; X-CSRF-TOKEN=x`], ['X-CSRF-TOKEN', header])).toBe(403);
    expect(await status(['Cookie', `${session}; X-CSRF-TOKEN=${value}`], ['X-CSRF-TOKEN', 'x'])).toBe(403);
  });

  it('serves with both, which differ and are set after the session', async () => {
    const { open, login, session, header, value } = await prepare();
    const names = (login.headers.get('set-cookie') ?? []).map((line) => line.split('=', 1)[0]);
    expect(names).toEqual(['OPERATE-SESSION', 'X-CSRF-TOKEN']);
    expect(login.headers.get('set-cookie')?.[1]).toContain('; HttpOnly');
    expect(header).not.toBe(value);
    const headers = [['Cookie', `${session}; X-CSRF-TOKEN=${value}`], ['X-CSRF-TOKEN', header]] as const;
    expect((await open.send({ ...SEARCH, headers })).status).toBe(200);
  });
});
