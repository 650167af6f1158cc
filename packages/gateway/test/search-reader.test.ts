import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Cursors } from '../src/dialects/orchestration/search/cursors.ts';
import type { SearchDescription } from '../src/dialects/orchestration/search/search-description.ts';
import { readSearch, type SearchQuery } from '../src/dialects/orchestration/search/search-query.ts';
import { searchRequest } from '../src/dialects/orchestration/search/search-schema.ts';
import { checkBody } from '../src/passage/check-schema.ts';

type Field = 'key' | 'name' | 'at' | 'size' | 'open' | 'state';
const DESCRIPTION: SearchDescription<Field> = {
  fields: {
    thingKey: { type: 'key', of: 'key', filter: 'advanced', sort: true },
    name: { type: 'text', of: 'name', filter: 'advanced', sort: true },
    at: { type: 'date', of: 'at', filter: 'advanced', sort: true },
    size: { type: 'number', of: 'size', filter: 'advanced' },
    open: { type: 'flag', of: 'open', filter: 'plain' },
    state: { type: { oneOf: ['NEW', 'OLD'] }, of: 'state', filter: 'advanced' },
    colour: { type: 'text', of: null, filter: 'advanced', sort: true },
  },
  alternatives: true,
};
const cursors = new Cursors(randomBytes(32), { bytes: (length) => randomBytes(length) });
const visible = { kind: 'ids', ids: ['a'] } as const;
const read = (body: unknown): SearchQuery<Field> =>
  readSearch(DESCRIPTION, body, { cursors, visible, scope: ['searchThings'] });

/** As a row has it: the schema first, then the reader. */
async function refusal(body: unknown): Promise<unknown> {
  try {
    await checkBody(searchRequest(DESCRIPTION), body);
    read(body);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe('a filter that is read', () => {
  it('has every value as the records keep it', () => {
    const filter = {
      thingKey: '0042',
      at: { $gte: '2026-11-25T03:00:00+01:00', $lt: '2026-11-25T02:00:00.001Z' },
      size: { $gt: 1, $lte: 3 },
      open: true,
      state: { $in: ['NEW'] },
    };
    expect(read({ filter }).search.where).toEqual([
      { field: 'key', comparisons: [{ op: 'eq', value: 42 }] },
      {
        field: 'at',
        comparisons: [
          { op: 'gte', value: Date.UTC(2026, 10, 25, 2) },
          { op: 'lt', value: Date.UTC(2026, 10, 25, 2, 0, 0, 1) },
        ],
      },
      {
        field: 'size',
        comparisons: [
          { op: 'gt', value: 1 },
          { op: 'lte', value: 3 },
        ],
      },
      { field: 'open', comparisons: [{ op: 'eq', value: true }] },
      { field: 'state', comparisons: [{ op: 'in', values: ['NEW'] }] },
    ]);
  });

  it('takes a key beyond all keys for one that is not there, and keeps its order', () => {
    const [condition] = read({ filter: { thingKey: { $gt: '9223372036854775807' } } }).search.where;
    expect(condition?.comparisons).toEqual([{ op: 'gt', value: Number.MAX_SAFE_INTEGER }]);
  });

  it('finds nothing by a value that no record here has, and everything without one', () => {
    expect(read({ filter: { colour: 'red' } }).search.visible).toEqual({ kind: 'none' });
    expect(read({ filter: { colour: { $neq: 'red' } } }).search.visible).toEqual({ kind: 'none' });
    expect(read({ filter: { colour: { $exists: false } } }).search).toMatchObject({ where: [], visible });
  });

  it('has alternatives, without those that are impossible', () => {
    const { anyOf } = read({ filter: { $or: [{ name: 'a' }, { colour: 'red' }, { size: 1, open: false }] } }).search;
    expect(anyOf?.map((where) => where.map(({ field }) => field))).toEqual([['name'], ['size', 'open']]);
  });

  it('finds nothing where all alternatives are impossible, and is not narrowed by one that says nothing', () => {
    expect(read({ filter: { $or: [{ colour: 'red' }] } }).search.visible).toEqual({ kind: 'none' });
    expect(read({ filter: { $or: [{ name: 'a' }, {}] } }).search.anyOf).toBeUndefined();
    expect(read({ filter: { $or: [] } }).search.anyOf).toBeUndefined();
  });

  it.each([
    [{ filter: { at: 'yesterday' } }, 'Request property [filter.at] cannot be parsed'],
    [{ filter: { at: '2026-11-25' } }, 'Request property [filter.at] cannot be parsed'],
    [{ filter: { at: '2026-13-25T00:00:00Z' } }, 'Request property [filter.at] cannot be parsed'],
    [{ filter: { at: { $gt: '2026-11-25T00:00:00' } } }, 'Request property [filter.at.$gt] cannot be parsed'],
    [{ filter: { size: 2 ** 60 } }, 'Request property [filter.size] cannot be parsed'],
    [{ filter: { size: '1' } }, 'Request property [filter.size] cannot be parsed: it must be integer'],
    [{ filter: { open: 'true' } }, 'Request property [filter.open] cannot be parsed: it must be boolean'],
    [{ filter: { thingKey: 42 } }, 'Request property [filter.thingKey] cannot be parsed: it must be string'],
    [
      { filter: { thingKey: 'meow' } },
      /^Request property \[filter\.thingKey\] cannot be parsed: it must match pattern/,
    ],
    [{ filter: { name: { $gt: 'a' } } }, 'Request property [filter.name.$gt] cannot be parsed: it is not known here'],
    [
      { filter: { state: 'MEOW' } },
      "Unexpected value 'MEOW' for enum field 'state'. Use any of the following values: [NEW, OLD]",
    ],
    [
      { filter: { state: { $in: ['NEW', 'MEOW'] } } },
      "Unexpected value 'MEOW' for enum field 'state'. Use any of the following values: [NEW, OLD]",
    ],
    [{ filter: { $or: [{ $or: [] }] } }, 'Request property [filter.$or.0.$or] cannot be parsed: it is not known here'],
    [{ filter: { $or: [{ at: 'now' }] } }, 'Request property [filter.$or.0.at] cannot be parsed'],
    [{ filter: { $or: Array.from({ length: 17 }, () => ({})) } }, /must NOT have more than 16 items$/],
    [
      {
        filter: { $or: Array.from({ length: 11 }, () => ({ name: { $in: Array.from({ length: 1000 }, () => 'x') } })) },
      },
      'Request property [filter] cannot be parsed: it compares with more than 10000 values',
    ],
  ])('is refused: %j', async (body, message) => {
    const refused = await refusal(body);
    if (typeof message === 'string') expect(refused).toBe(message);
    else expect(refused).toMatch(message);
  });
});

describe('a sort that is read', () => {
  it('has the names of the records, each once, and none that puts nothing in order', () => {
    const sort = [
      { field: 'thingKey' },
      { field: 'colour' },
      { field: 'at', order: 'DESC' },
      { field: 'thingKey', order: 'DESC' },
    ];
    expect(read({ sort }).search.sort).toEqual([
      { field: 'key', order: 'ASC' },
      { field: 'at', order: 'DESC' },
    ]);
  });
});

describe('a cursor', () => {
  const found = { items: ['x'], first: ['a', 1, null], last: ['b', 2, true], total: 9 };
  const cursorOf = (body: unknown, name: 'startCursor' | 'endCursor') =>
    (read(body).page(found, () => ({})) as { page: Record<typeof name, string> }).page[name];

  it('opens to the values that it was made of, whatever the page', () => {
    const query = { filter: { name: { $like: 'a*' }, size: 1 }, sort: [{ field: 'name' }] };
    const after = cursorOf({ ...query, page: { limit: 5 } }, 'endCursor');
    expect(read({ ...query, page: { after, limit: 7 } }).search.page).toEqual({
      kind: 'after',
      values: found.last,
      limit: 7,
    });
    const before = cursorOf(query, 'startCursor');
    expect(read({ ...query, page: { before } }).search.page).toEqual({
      kind: 'before',
      values: found.first,
      limit: 100,
    });
  });

  it('is the same query’s however its filter was written down', () => {
    const after = cursorOf({ filter: { name: 'a', size: 1 } }, 'endCursor');
    expect(read({ filter: { size: { $eq: 1 }, name: 'a' }, page: { after } }).search.page.kind).toBe('after');
  });

  it('opens under no other key', () => {
    const after = cursorOf({}, 'endCursor');
    const others = new Cursors(randomBytes(32), { bytes: (length) => randomBytes(length) });
    expect(() =>
      readSearch(DESCRIPTION, { page: { after } }, { cursors: others, visible, scope: ['searchThings'] }),
    ).toThrow('it is no cursor of this search');
  });

  it('opens for no other scope', () => {
    const after = cursorOf({}, 'endCursor');
    expect(() => readSearch(DESCRIPTION, { page: { after } }, { cursors, visible, scope: ['searchOthers'] })).toThrow(
      'it is no cursor of this search',
    );
  });
});
