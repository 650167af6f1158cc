import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, type DoorOptions, openDoor, SETUP_CODE } from './open-door.ts';
import { basic, type Exchange, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

type Header = readonly [string, string];
const OPEN: DoorOptions = { records: { administratorHasExisted: false } };
const BODY = '{"username":"first","password":"secret"}';
const CODE: Header = ['Stagedoor-Setup-Code', SETUP_CODE];

function setUp(headers: readonly Header[] = [], body = BODY): Exchange {
  return { method: 'POST', path: '/v2/setup/user', headers: [JSON_TYPE, ...headers], body };
}

describe('the first set-up', () => {
  it('is closed for good once an administrator has existed, whoever asks', async () => {
    const open = await openDoor();
    for (const headers of [[], [CODE], [basic('demo', 'demo')]]) {
      const answer = await open.send(setUp(headers));
      expect(answer.status).toBe(403);
      expect(jsonOf(answer)).toMatchObject({
        title: 'FORBIDDEN',
        code: 'SETUP_CLOSED',
        detail:
          "Expected to create an initial admin user, but found existing admin users. Please ask your admin to create a new user with the 'admin' role.",
      });
    }
  });

  it('is closed after the first, in the same breath', async () => {
    const open = await openDoor(OPEN);
    expect((await open.send(setUp())).status).toBe(201);
    expect((await open.send(setUp([], '{"username":"second","password":"secret"}'))).status).toBe(403);
  });

  it('is closed where users are not kept here', async () => {
    const open = await openDoor({ ...OPEN, method: 'oidc' });
    const answer = await open.send(setUp([CODE]));
    expect(answer.status).toBe(403);
    expect(jsonOf(answer)).toMatchObject({
      code: 'SETUP_CLOSED',
      detail: 'The initial admin user can only be created with basic authentication.',
    });
  });

  it.each([
    ['Forwarded', 'for=127.0.0.1'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-For', ''],
    ['Via', '1.1 proxy'],
  ])('is not from this machine where a proxy says that it passed it on: %s: %s', async (name, value) => {
    const open = await openDoor(OPEN);
    const answer = await open.send(setUp([[name, value]]));
    expect(answer.status).toBe(403);
    expect(jsonOf(answer).code).toBe('SETUP_REMOTE');
    expect(open.door.snapshot().administratorHasExisted).toBe(false);
  });

  it.each(['', 'x', SETUP_CODE.toUpperCase(), `${SETUP_CODE} x`, SETUP_CODE.slice(1)])(
    'takes no other code from elsewhere: %j',
    async (code) => {
      const open = await openDoor(OPEN);
      const answer = await open.send(
        setUp([
          ['Via', '1.1 proxy'],
          ['Stagedoor-Setup-Code', code],
        ]),
      );
      expect(jsonOf(answer).code).toBe('SETUP_REMOTE');
    },
  );

  it('takes no code that is there twice', async () => {
    const open = await openDoor(OPEN);
    expect(jsonOf(await open.send(setUp([['Via', '1.1 proxy'], CODE, CODE]))).code).toBe('SETUP_REMOTE');
  });

  it('takes no empty code where none was made', async () => {
    const open = await openDoor({ ...OPEN, setupCode: '' });
    for (const headers of [[], [['Stagedoor-Setup-Code', '']]] as const) {
      expect(jsonOf(await open.send(setUp([['Via', '1.1 proxy'], ...headers]))).code).toBe('SETUP_REMOTE');
    }
  });

  it('takes the code that was printed from elsewhere', async () => {
    const open = await openDoor(OPEN);
    expect((await open.send(setUp([['Via', '1.1 proxy'], CODE]))).status).toBe(201);
  });

  it.each([
    ['an unknown member', '{"username":"first","password":"secret","role":"admin"}', 400],
    ['no password', '{"username":"first"}', 400],
    ['an empty password', '{"username":"first","password":""}', 400],
    ['a list', '[]', 400],
    ['a name that is taken', '{"username":"mary","password":"secret"}', 409],
  ])('refuses %s', async (_what, body, status) => {
    const open = await openDoor(OPEN);
    expect((await open.send(setUp([], body))).status).toBe(status);
    expect(open.door.snapshot().administratorHasExisted).toBe(false);
  });

  it('refuses a form, which a page of another origin could send without asking', async () => {
    const open = await openDoor(OPEN);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect(
        (await open.send({ method: 'POST', path: '/v2/setup/user', headers: [['Content-Type', type]], body: BODY }))
          .status,
      ).toBe(415);
    }
  });

  it('makes an administrator and gives back what is public of him', async () => {
    const open = await openDoor(OPEN);
    const answer = await open.send(
      setUp([], '{"username":"first","password":"secret","name":"The First","email":"first@example.com"}'),
    );
    expect(answer.status).toBe(201);
    expect(jsonOf(answer)).toEqual({ username: 'first', name: 'The First', email: 'first@example.com' });
    expect(answer.headers.has('set-cookie')).toBe(false);
  });
});
