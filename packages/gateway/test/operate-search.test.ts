import type { RecordSearch } from '@stagedoor/cluster';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readPeriod, writeDate } from '../src/dialects/operate/date-time.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { type Answer, basic, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const INSTANCES = '/v1/process-instances/search';
const DEFINITIONS = '/v1/process-definitions/search';

async function search(
  body: unknown,
  path = INSTANCES,
): Promise<{ answer: Answer; asked: RecordSearch<string> | null }> {
  const { send, cluster } = await openDoor();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await send({ method: 'POST', path, headers: [basic('demo', 'demo'), JSON_TYPE], body: text });
  return { answer, asked: cluster.asked.search as RecordSearch<string> | null };
}

const is = (field: string, value: unknown) => ({ field, comparisons: [{ op: 'eq', value }] });
const during = (field: string, from: number, until: number) => ({
  field,
  comparisons: [
    { op: 'gte', value: from },
    { op: 'lt', value: until },
  ],
});

const asks = async (body: unknown, path?: string) => (await search(body, path)).asked;

describe('a v1 search', () => {
  it.each([
    [
      'a size of nothing',
      { size: 0 },
      'size should be greater than zero and equal or less than 1000',
      'Invalid request',
    ],
    [
      'a size below nothing',
      { size: -1 },
      'size should be greater than zero and equal or less than 1000',
      'Invalid request',
    ],
    [
      'a size of too much',
      { size: 1001 },
      'size should be greater than zero and equal or less than 1000',
      'Invalid request',
    ],
    [
      'a size beyond every number',
      { size: 1e300 },
      'size should be greater than zero and equal or less than 1000',
      'Invalid request',
    ],
    ['a field that is none', { sort: [{ field: 'nope' }] }, 'Sort has invalid field(s): nope', 'Data invalid'],
    [
      'two fields that are none',
      { sort: [{ field: 'a' }, { field: 'key' }, { field: 'b' }] },
      'Sort has invalid field(s): a, b',
      'Data invalid',
    ],
    [
      'a field of every object',
      { sort: [{ field: 'constructor' }] },
      'Sort has invalid field(s): constructor',
      'Data invalid',
    ],
    [
      'the alias of a field in sorting',
      { sort: [{ field: 'parentProcessInstanceKey' }] },
      'Sort has invalid field(s): parentProcessInstanceKey',
      'Data invalid',
    ],
    [
      'no field',
      { sort: [{ order: 'ASC' }] },
      'No \'field\' given in sort. Example: "sort": [{"field":"name","order": "ASC"}] ',
      'Data invalid',
    ],
    [
      'no sorting in a sorting',
      { sort: [null] },
      'No \'field\' given in sort. Example: "sort": [{"field":"name","order": "ASC"}] ',
      'Data invalid',
    ],
    ['an empty cursor', { searchAfter: [] }, 'searchAfter should have a least 1 value', 'Data invalid'],
    ['a cursor that is too long', { searchAfter: [1, 2] }, 'searchAfter should have a 1 values', 'Data invalid'],
    [
      'a cursor that is too short',
      { sort: [{ field: 'state' }], searchAfter: [1] },
      'searchAfter should have a 2 values',
      'Data invalid',
    ],
    [
      'a cursor of something else',
      { searchAfter: ['abc'] },
      'searchAfter has a value for key that is no number',
      'Data invalid',
    ],
    ['a cursor of objects', { searchAfter: [{}] }, 'searchAfter has a value for key that is no number', 'Data invalid'],
    [
      'a cursor with a number for a text',
      { sort: [{ field: 'state' }], searchAfter: [1, 1] },
      'searchAfter has a value for state that is no text',
      'Data invalid',
    ],
  ])('is 400 with %s', async (_what, body, message, type) => {
    const { answer, asked } = await search(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ status: 400, message, type });
    expect(asked).toBeNull();
  });

  it.each([
    ['malformed JSON', '{'],
    ['JSON with something behind', '{} {}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"{}"'],
    ['a size that is a text', '{"size":"10"}'],
    ['a size that is no whole number', '{"size":1.5}'],
    ['a sorting that is an object', '{"sort":{"field":"key"}}'],
    ['an order of its own', '{"sort":[{"field":"key","order":"UP"}]}'],
    ['an order in other letters', '{"sort":[{"field":"key","order":"asc"}]}'],
    ['a filter that is a list', '{"filter":[]}'],
    ['a filter that is a text', '{"filter":"x"}'],
    ['a key that is no number', '{"filter":{"key":"abc"}}'],
    ['a key beyond every number', '{"filter":{"key":1e400}}'],
    ['a key that is a list', '{"filter":{"key":[1]}}'],
    ['a text that is a number', '{"filter":{"bpmnProcessId":1}}'],
    ['a text that is an object', '{"filter":{"bpmnProcessId":{"$ne":null}}}'],
    ['a flag that is a text', '{"filter":{"incident":"true"}}'],
    ['a date that is a number', '{"filter":{"startDate":1}}'],
    ['a date without a zone', '{"filter":{"startDate":"2026-01-31T08:00:00.000"}}'],
    ['a cursor that is an object', '{"searchAfter":{}}'],
  ])('is 400 as an invalid request with %s', async (_what, body) => {
    const { answer, asked } = await search(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ status: 400, type: 'Invalid request' });
    expect(asked).toBeNull();
  });

  it('does not give control characters of a field back', async () => {
    const { answer } = await search({ sort: [{ field: `\u001b[31m${'x'.repeat(500)}` }] });
    expect(jsonOf(answer).message).toBe(`Sort has invalid field(s): ?[31m${'x'.repeat(95)}`);
  });

  it('asks for ten of everything where it has no body, an empty one, or one that says nothing', async () => {
    const page = { kind: 'offset', from: 0, limit: 10 };
    const everything = { where: [], sort: [], page, visible: { kind: 'all' }, tenants: { kind: 'all' } };
    const { send, cluster } = await openDoor();
    expect((await send({ method: 'POST', path: INSTANCES, headers: [basic('demo', 'demo')] })).status).toBe(200);
    expect(cluster.asked.search).toEqual(everything);
    for (const body of [
      '',
      '{}',
      '{"filter":null,"size":null,"sort":null,"searchAfter":null}',
      '{"nope":1}',
      '{"filter":{"nope":1}}',
    ]) {
      expect(await asks(body)).toEqual(everything);
    }
  });

  it('keeps to the fields of its entity: others are ignored, as recorded, and no object is polluted', async () => {
    const filter = {
      name: 'x',
      constructor: 'x',
      toString: 'x',
      hasOwnProperty: 'x',
      passwordHash: 'x',
      parentProcessInstanceKey: 5,
    };
    expect(await asks({ filter })).toMatchObject({ where: [is('parentKey', 5)] });
    expect(await asks({ filter: { name: 'Order', parentKey: 5 } }, DEFINITIONS)).toMatchObject({
      where: [is('name', 'Order')],
    });
    expect((await search('{"filter":{"__proto__":{"key":1}}}')).answer.status).toBe(400);
  });

  it('asks for what is filtered, sorted and paged', async () => {
    const body = {
      filter: {
        key: '2251799813685252',
        bpmnProcessId: 'order',
        state: 'ACTIVE',
        incident: false,
        startDate: '2026-01-31T08:00:00.000+0000',
      },
      sort: [{ field: 'startDate', order: 'DESC' }, { field: 'bpmnProcessId' }],
      size: 1000,
      searchAfter: [1769846400000, null, '7'],
    };
    const from = Date.parse('2026-01-31T08:00:00.000Z');
    expect(await asks(body)).toEqual({
      where: [
        is('key', 2251799813685252),
        is('bpmnProcessId', 'order'),
        is('state', 'ACTIVE'),
        is('incident', false),
        during('startDate', from, from + 1),
      ],
      sort: [
        { field: 'startDate', order: 'DESC' },
        { field: 'bpmnProcessId', order: 'ASC' },
      ],
      page: { kind: 'after', values: [1769846400000, null, 7], limit: 1000 },
      visible: { kind: 'all' },
      tenants: { kind: 'all' },
    });
  });

  it('pages with the sort values of the page before, as they came or as texts', async () => {
    const first = jsonOf((await search({ size: 1 })).answer);
    expect(first).toMatchObject({ sortValues: [2251799813685252], total: 2 });
    const second = jsonOf((await search({ size: 1, searchAfter: first.sortValues })).answer);
    expect(second).toMatchObject({ items: [{ key: 2251799813685258 }], sortValues: [2251799813685258], total: 2 });
    expect(jsonOf((await search({ size: 1, searchAfter: ['2251799813685252'] })).answer)).toEqual(second);
    expect(jsonOf((await search({ searchAfter: second.sortValues })).answer)).toEqual({
      items: [],
      sortValues: [],
      total: 2,
    });
  });

  it('writes keys as numbers and dates as recorded, and leaves out what has no value', async () => {
    const { answer } = await search({ sort: [{ field: 'key' }] });
    expect(jsonOf(answer).items).toEqual([
      {
        key: 2251799813685252,
        processVersion: 1,
        bpmnProcessId: 'order',
        startDate: '2026-11-22T05:25:36.618+0000',
        endDate: '2026-11-22T05:25:36.618+0000',
        state: 'COMPLETED',
        incident: false,
        processDefinitionKey: 2251799813685250,
        tenantId: '<default>',
      },
      {
        key: 2251799813685258,
        processVersion: 1,
        bpmnProcessId: 'payment',
        startDate: '2026-11-22T05:25:36.618+0000',
        state: 'ACTIVE',
        incident: false,
        processDefinitionKey: 2251799813685251,
        tenantId: '<default>',
      },
    ]);
  });

  it('answers below /operate too, where the official client looks, and asks the same of its caller', async () => {
    const { send } = await openDoor();
    for (const path of [`/operate${INSTANCES}`, `/operate${DEFINITIONS}`]) {
      expect((await send({ method: 'POST', path })).status).toBe(401);
      expect((await send({ method: 'POST', path, headers: [basic('reader', 'reader-password')] })).status).toBe(403);
      expect((await send({ method: 'POST', path, headers: [basic('demo', 'demo')] })).status).toBe(200);
    }
  });
});

describe('one item of v1', () => {
  it.each(['abc', '1x', '0x1', '1e3', '1.0', '-', '+1', '%20', '1'.repeat(20), '１'])(
    'is 400 under a key that is no whole number: %s',
    async (key) => {
      const { send } = await openDoor();
      const path = `/v1/process-instances/${encodeURIComponent(decodeURIComponent(key))}`;
      const answer = await send({ path, headers: [basic('demo', 'demo')] });
      expect(answer.status).toBe(400);
      expect(jsonOf(answer)).toMatchObject({ type: 'Invalid request' });
    },
  );

  it.each(['1', '0', '-1', '9007199254740992', '9999999999999999999'])(
    'is 404 under a key of nothing: %s',
    async (key) => {
      const { send } = await openDoor();
      for (const path of [
        `/v1/process-instances/${key}`,
        `/v1/process-definitions/${key}`,
        `/v1/process-definitions/${key}/xml`,
      ]) {
        expect((await send({ path, headers: [basic('demo', 'demo')] })).status).toBe(404);
      }
    },
  );

  it('is there under its own', async () => {
    const { send } = await openDoor();
    const headers = [basic('demo', 'demo')];
    expect(jsonOf(await send({ path: '/v1/process-definitions/2251799813685250', headers }))).toEqual({
      key: 2251799813685250,
      name: 'Order',
      version: 1,
      bpmnProcessId: 'order',
      tenantId: '<default>',
    });
    expect(jsonOf(await send({ path: '/v1/process-instances/2251799813685258', headers }))).toMatchObject({
      state: 'ACTIVE',
    });
  });
});

describe('a date of v1', () => {
  it.each([
    '',
    'now',
    '2026',
    '2026-01-31',
    '2026-01-31T08:00:00Z',
    '2026-01-31T08:00:00.000',
    '2026-01-31T08:00:00.0000Z',
    '2026-1-31T08:00:00.000Z',
    '2026-13-01T08:00:00.000Z',
    '2026-01-32T08:00:00.000Z',
    '2026-01-31T25:00:00.000Z',
    '2026-01-31T08:60:00.000Z',
    '2026-01-31T08:00:00.000+00',
    '2026-01-31T08:00:00.000+99:99',
    '2026-01-31T08:00:00.000Z||',
    '2026-01-31T08:00:00.000Z||/q',
    '2026-01-31T08:00:00.000Z||+1d',
    '2026-01-31T08:00:00.000Z||/d/d',
    ' 2026-01-31T08:00:00.000Z',
    '2026-01-31T08:00:00.000Z\n',
    '+002026-01-31T08:00:00.000Z',
  ])('is none: %j', (text) => {
    expect(readPeriod(text)).toBeNull();
  });

  it.each([
    ['2026-01-31T08:00:00.000Z', '2026-01-31T08:00:00.000Z', '2026-01-31T08:00:00.001Z'],
    ['2026-01-31T08:00:00.000+0000', '2026-01-31T08:00:00.000Z', '2026-01-31T08:00:00.001Z'],
    ['2026-01-31T08:00:00.000+02:00', '2026-01-31T06:00:00.000Z', '2026-01-31T06:00:00.001Z'],
    ['2026-01-31T08:00:00.000-0130', '2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.001Z'],
    ['2026-01-31T08:15:30.618Z||/s', '2026-01-31T08:15:30.000Z', '2026-01-31T08:15:31.000Z'],
    ['2026-01-31T08:15:30.618Z||/m', '2026-01-31T08:15:00.000Z', '2026-01-31T08:16:00.000Z'],
    ['2026-01-31T08:15:30.618Z||/h', '2026-01-31T08:00:00.000Z', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T08:15:30.618Z||/d', '2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['2026-01-31T00:30:00.000+0100||/d', '2026-01-30T00:00:00.000Z', '2026-01-31T00:00:00.000Z'],
    ['2026-02-01T08:15:30.618Z||/w', '2026-01-26T00:00:00.000Z', '2026-02-02T00:00:00.000Z'],
    ['2026-02-02T00:00:00.000Z||/w', '2026-02-02T00:00:00.000Z', '2026-02-09T00:00:00.000Z'],
    ['2028-02-29T08:15:30.618Z||/M', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2026-12-31T08:15:30.618Z||/M', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z||/y', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['0050-06-01T00:00:00.000Z||/y', '0050-01-01T00:00:00.000Z', '0051-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z||/d', '1969-12-31T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
  ])('is a period: %s', (text, from, until) => {
    expect(readPeriod(text)).toEqual({ from: Date.parse(from), until: Date.parse(until) });
  });

  it('lies in every period around it, and what is written is read again', () => {
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, fc.constantFrom('', ...[...'yMwdhms'].map((unit) => `||/${unit}`)), (instant, rounding) => {
        const milliseconds = instant.getTime();
        const period = readPeriod(writeDate(milliseconds) + rounding);
        expect(period?.from).toBeLessThanOrEqual(milliseconds);
        expect(period?.until).toBeGreaterThan(milliseconds);
      }),
    );
  });
});

describe('a v1 date', () => {
  it.each([
    [false, '2026-11-22T05:25:36.618+0000'],
    [true, '2026-11-22T05:25:36.618+00:00'],
  ])('has the offset of RFC 3339 where that is asked for (%s), and is read in both forms', (rfc3339, text) => {
    const milliseconds = Date.UTC(2026, 10, 22, 5, 25, 36, 618);
    expect(writeDate(milliseconds, rfc3339)).toBe(text);
    expect(readPeriod(text)).toEqual({ from: milliseconds, until: milliseconds + 1 });
  });
});
