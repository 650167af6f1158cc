import { afterEach, describe, expect, it } from 'vitest';
import { camundaSession, cookie, type Header, logIn, operateSession, statusOf } from './log-in.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { bearer, cookieOf, headerOf } from './raw-http.ts';

afterEach(closeDoors);

const SEARCH = { method: 'POST', path: '/v1/process-instances/search' } as const;

describe('the CSRF token of an 8.8 session', () => {
  it.each([
    ['is missing', () => []],
    ['is empty', () => [['X-CSRF-TOKEN', '']]],
    ['is garbage', () => [['X-CSRF-TOKEN', 'x']]],
    ['is as long as one', () => [['X-CSRF-TOKEN', 'A'.repeat(86)]]],
    ['is there twice', (csrf: Header) => [csrf, csrf]],
    ['has another name', (csrf: Header) => [['X-XSRF-TOKEN', csrf[1]]]],
    ['is in the cookie alone', (csrf: Header) => [['Cookie', `X-CSRF-TOKEN=${csrf[1]}`]]],
  ] as readonly (readonly [string, (csrf: Header) => readonly Header[]])[])(
    'refuses with 403 when it %s',
    async (_what, headersOf) => {
      const open = await openDoor();
      const { session, csrf } = await camundaSession(open);
      const [more, cookies] = [
        headersOf(csrf).filter(([name]) => name !== 'Cookie'),
        headersOf(csrf).filter(([name]) => name === 'Cookie'),
      ];
      const sent: Header = ['Cookie', [session[1], ...cookies.map(([, value]) => value)].join('; ')];
      for (const request of [
        SEARCH,
        { method: 'DELETE', path: '/v2/topology' },
        { method: 'PUT', path: '/v1/process-instances/1' },
      ]) {
        const answer = await open.send({ ...request, headers: [sent, ...more] });
        expect(answer.status).toBe(403);
        expect(answer.body).toContain('CSRF_MISSING');
      }
    },
  );

  it('refuses that of another session, and in the query', async () => {
    const open = await openDoor();
    const [mine, other] = [await camundaSession(open), await camundaSession(open)];
    expect((await open.send({ ...SEARCH, headers: [mine.session, other.csrf] })).status).toBe(403);
    const path = `${SEARCH.path}?_csrf=${mine.csrf[1]}`;
    expect((await open.send({ method: 'POST', path, headers: [mine.session] })).status).toBe(403);
  });

  it('is not made unnecessary by a Referer, nor by a header that does not verify', async () => {
    const open = await openDoor();
    const { session } = await camundaSession(open);
    expect(
      (await open.send({ ...SEARCH, headers: [session, ['Referer', 'http://localhost/swagger-ui/index.html']] }))
        .status,
    ).toBe(403);
    expect((await open.send({ ...SEARCH, headers: [session, bearer('x')] })).status).toBe(401);
  });

  it('is not made unnecessary by an 8.6 session beside it', async () => {
    const open = await openDoor();
    const [{ session }, old] = [await camundaSession(open), await operateSession(open)];
    expect((await open.send({ ...SEARCH, headers: [['Cookie', `${old[1]}; ${session[1]}`]] })).status).toBe(403);
  });

  it('serves with the right one, of the login or of any later GET, for as long as the session lives', async () => {
    const open = await openDoor();
    const { session, csrf } = await camundaSession(open);
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
    expect(await statusOf(open, (await camundaSession(open)).session)).toBe(200);
    const off = await openDoor({ sessions: { csrf: false } });
    const login = await logIn(off, 'camunda');
    expect(login.headers.get('set-cookie')).toHaveLength(1);
    expect(login.headers.has('x-csrf-token')).toBe(false);
    const session = cookie(['camunda-session', cookieOf(login, 'camunda-session')]);
    expect((await off.send({ ...SEARCH, headers: [session] })).status).toBe(200);
  });

  it('is asked for in `none` as well', async () => {
    const open = await openDoor({ method: 'none' });
    const { session, csrf } = await camundaSession(open);
    expect((await open.send({ ...SEARCH, headers: [session] })).status).toBe(403);
    expect((await open.send({ ...SEARCH, headers: [session, csrf] })).status).toBe(200);
  });
});

describe('the CSRF token of an 8.6 session, where Operate prevents CSRF', () => {
  const prepare = async () => {
    const open = await openDoor({ sessions: { operateCsrf: true } });
    const login = await logIn(open, 'operate');
    const session = `OPERATE-SESSION=${cookieOf(login, 'OPERATE-SESSION')}`;
    return {
      open,
      login,
      session,
      header: headerOf(login, 'x-csrf-token') ?? '',
      value: cookieOf(login, 'X-CSRF-TOKEN'),
    };
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
    const headers = [
      ['Cookie', `${session}; X-CSRF-TOKEN=${value}`],
      ['X-CSRF-TOKEN', header],
    ] as const;
    expect((await open.send({ ...SEARCH, headers })).status).toBe(200);
  });
});
