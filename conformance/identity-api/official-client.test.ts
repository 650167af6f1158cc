import type { CamundaClient } from '@camunda8/orchestration-cluster-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, strictClient } from '../official-clients/strict-client.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { RECORD_KINDS, type RecordKind } from './records.ts';

let program: Program;
let camunda: CamundaClient;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  camunda = strictClient(program.rest, { username: 'demo', password: 'demo' });
});
afterAll(() => program.stop());

/** A problem of RFC 9457, as the client hands it on. */
function problem(status: number, title: string, detail: unknown = expect.any(String)): object {
  return expect.objectContaining({ name: 'HttpSdkError', status, title, detail, type: 'about:blank' });
}

const CASES = Object.entries(RECORD_KINDS).map(([name, kind]) => ({ name, kind }));

describe.each(CASES)('a $name, by the official client,', ({ name, kind }) => {
  /** Every test has names of its own; one that a tenant may have is a name that anything may have. */
  let count = 0;
  function newId(): string {
    count += 1;
    return `${name.replace(' ', '.')}-${count}`;
  }

  async function created(): Promise<{ id: string; record: Record<string, string> }> {
    const id = newId();
    await kind.create(camunda, id, ofItsOwn(id));
    return { id, record: { [kind.id]: id, name: ofItsOwn(id) } };
  }

  const ofItsOwn = (id: string) => `the ${id}`;

  it('is made, shown, changed and removed', async () => {
    const id = newId();
    const [first, second] = [
      { [kind.id]: id, ...kind.first },
      { [kind.id]: id, ...kind.second },
    ];
    expect(await kind.create(camunda, id)).toEqual(first);
    expect(await kind.show(camunda, id)).toEqual(first);
    expect(await kind.change(camunda, id)).toEqual(second);
    expect(await kind.show(camunda, id)).toEqual(second);
    await kind.remove(camunda, id);
    expect(await failureOf(kind.show(camunda, id))).toEqual(
      problem(404, 'NOT_FOUND', expect.stringMatching(new RegExp(`'?${id}'? not found$`))),
    );
  });

  it('is refused a second time', async () => {
    const { id, record } = await created();
    expect(await failureOf(kind.create(camunda, id, 'somebody else'))).toEqual(
      problem(
        409,
        'ALREADY_EXISTS',
        expect.stringMatching(/^Command 'CREATE' rejected with code 'ALREADY_EXISTS': .*already exists/),
      ),
    );
    expect(await kind.show(camunda, id)).toMatchObject(record);
  });

  it('is not found where it is not', async () => {
    const id = newId();
    const rejected = (command: string) =>
      problem(404, 'NOT_FOUND', expect.stringContaining(`Command '${command}' rejected with code 'NOT_FOUND': `));
    expect(await failureOf(kind.show(camunda, id))).toEqual(problem(404, 'NOT_FOUND', expect.stringContaining(id)));
    expect(await failureOf(kind.change(camunda, id))).toEqual(rejected('UPDATE'));
    expect(await failureOf(kind.remove(camunda, id))).toEqual(rejected('DELETE'));
  });

  it.each([
    ['characters that no id has', 'a b/c'],
    ['no characters', ''],
    ['one character too many', 'x'.repeat(257)],
  ])('is refused with %s', async (_, id) => {
    expect(await failureOf(kind.create(camunda, id, 'of nobody'))).toEqual(problem(400, 'INVALID_ARGUMENT'));
    expect((await kind.find(camunda, 'of nobody', 'ASC')).page.totalItems).toBe(0);
  });

  describe('among seven of one name', () => {
    const seven = 'one of seven';
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `${name.replace(' ', '.')}-${letter}`);

    beforeAll(async () => {
      // In an order that is none of theirs.
      for (const id of [...ids].sort((a, b) => hash(a) - hash(b))) await kind.create(camunda, id, seven);
    });

    const idsOf = (found: Awaited<ReturnType<RecordKind['find']>>) => found.items.map((item) => item[kind.id]);

    it('is found in the order that was asked for', async () => {
      const up = await kind.find(camunda, seven, 'ASC');
      expect(idsOf(up)).toEqual(ids);
      expect(up.page).toMatchObject({ totalItems: 7, hasMoreTotalItems: false });
      expect(idsOf(await kind.find(camunda, seven, 'DESC'))).toEqual([...ids].reverse());
    });

    it('is found page by page, by offset', async () => {
      const page = await kind.find(camunda, seven, 'ASC', { from: 2, limit: 3 });
      expect([idsOf(page), page.page.totalItems]).toEqual([ids.slice(2, 5), 7]);
      const behind = await kind.find(camunda, seven, 'ASC', { from: 7, limit: 3 });
      expect([idsOf(behind), behind.page.totalItems]).toEqual([[], 7]);
      const none = await kind.find(camunda, seven, 'ASC', { limit: 0 });
      expect([idsOf(none), none.page.totalItems]).toEqual([[], 7]);
    });

    it('is found page by page, by cursors, forwards and back', async () => {
      const first = await kind.find(camunda, seven, 'DESC', { limit: 3 });
      const second = await kind.find(camunda, seven, 'DESC', { limit: 3, after: String(first.page.endCursor) });
      const third = await kind.find(camunda, seven, 'DESC', { limit: 3, after: String(second.page.endCursor) });
      expect([first, second, third].flatMap(idsOf)).toEqual([...ids].reverse());
      expect([first, second, third].map(({ page }) => page.totalItems)).toEqual([7, 7, 7]);
      const back = await kind.find(camunda, seven, 'DESC', { limit: 3, before: String(second.page.startCursor) });
      expect(idsOf(back)).toEqual(idsOf(first));
    });

    it('is not found with the cursor of another search, nor with one that was tampered with', async () => {
      const { page } = await kind.find(camunda, seven, 'DESC', { limit: 3 });
      const cursor = String(page.endCursor);
      const changed = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
      const middle = Math.floor(cursor.length / 2);
      const bent = `${cursor.slice(0, middle)}${cursor[middle] === 'x' ? 'y' : 'x'}${cursor.slice(middle + 1)}`;
      for (const search of [
        () => kind.find(camunda, 'one of eight', 'DESC', { after: cursor }),
        () => kind.find(camunda, seven, 'ASC', { after: cursor }),
        ...[changed, bent, cursor.slice(0, -4), 'nonsense', ''].map(
          (after) => () => kind.find(camunda, seven, 'DESC', { after }),
        ),
      ]) {
        expect(await failureOf(search())).toEqual(expect.objectContaining({ name: 'HttpSdkError', status: 400 }));
      }
    });
  });

  it.each([
    ['a filter that there is not', { filter: { meow: 'x' } }, 'meow'],
    ['a filter of another type', { filter: { name: { $eq: 7 } } }, 'name'],
    ['a sort field that there is not', { sort: [{ field: 'meow' }] }, 'field'],
    ['an order that there is not', { sort: [{ field: 'name', order: 'SIDEWAYS' }] }, 'order'],
    ['a negative limit', { page: { limit: -1 } }, 'limit'],
    ['a limit beyond all limits', { page: { limit: 10_001 } }, 'limit'],
    ['a negative offset', { page: { from: -1 } }, 'from'],
    ['an offset that is no number', { page: { from: 'x' } }, 'from'],
    ['both cursors', { page: { after: 'x', before: 'y' } }, ''],
    ['a member that there is not', { filters: {} }, 'filters'],
  ])('is not searched with %s', async (_, query, named) => {
    const failure = await failureOf(kind.findNonsense(camunda, query));
    expect(failure).toEqual(expect.objectContaining({ name: 'HttpSdkError', status: 400 }));
    expect(String(failure.detail)).toContain(named);
  });
});

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 101, 7);
}

describe('a user, by the official client,', () => {
  it('has the new password after a change of it alone, and keeps his name', async () => {
    const { Username } = await import('@camunda8/orchestration-cluster-api');
    await camunda.createUser({ username: 'cavaradossi', name: 'Mario', password: 'the first password' });
    const username = Username.assumeExists('cavaradossi');
    expect(await camunda.updateUser({ username, password: 'the second password' })).toMatchObject({ name: 'Mario' });
    const [old, fresh] = ['the first password', 'the second password'].map((password) =>
      strictClient(program.rest, { username: 'cavaradossi', password }),
    );
    expect(await failureOf(old?.getAuthentication() ?? Promise.resolve())).toMatchObject({ status: 401 });
    expect(await fresh?.getAuthentication()).toMatchObject({ username: 'cavaradossi' });
  });

  it.each([
    ['without a password', { username: 'spoletta', password: '' }, 'No password provided'],
    ['without a name to log in with', { username: '', password: 'x' }, 'No username provided'],
    [
      'with an address that is none',
      { username: 'spoletta', password: 'x', email: 'not an address' },
      "The provided email 'not an address' is not valid",
    ],
  ])('is not made %s', async (_, body, detail) => {
    expect(await failureOf(camunda.createUser(body))).toEqual(
      problem(400, 'INVALID_ARGUMENT', expect.stringContaining(detail)),
    );
  });

  it.each([
    ['$eq', { $eq: 'filter-b@example.com' }, ['filter-b']],
    ['$neq', { $neq: 'filter-b@example.com', $like: 'filter-*' }, ['filter-a', 'filter-c']],
    ['$in', { $in: ['filter-a@example.com', 'filter-c@example.com', 'nobody'] }, ['filter-a', 'filter-c']],
    ['$notIn', { $notIn: ['filter-a@example.com'], $like: 'filter-?@example.com' }, ['filter-b', 'filter-c']],
    ['$like', { $like: 'filter-?@*' }, ['filter-a', 'filter-b', 'filter-c']],
    ['$like without a wildcard', { $like: 'filter-' }, []],
    ['$exists', { $exists: true, $like: 'filter-c*' }, ['filter-c']],
  ])('is found by %s', async (_, email, expected) => {
    for (const letter of ['a', 'b', 'c']) {
      const body = { username: `filter-${letter}`, email: `filter-${letter}@example.com`, password: 'a password' };
      await camunda.createUser(body).catch(() => undefined);
    }
    const found = await camunda.searchUsers(
      { filter: { email }, sort: [{ field: 'username', order: 'ASC' }] },
      { consistency: { waitUpToMs: 0 } },
    );
    expect(found.items.map(({ username }) => String(username))).toEqual(expected);
    expect(found.page.totalItems).toBe(expected.length);
  });
});
