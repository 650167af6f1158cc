import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, openDoor } from './open-door.ts';
import { type Answer, basic, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const DEMO = basic('demo', 'demo');

async function start(body: string | Uint8Array, headers = [DEMO, JSON_TYPE]): Promise<Answer & { created: number }> {
  const { send, cluster, faults } = await openDoor();
  const answer = await send({ method: 'POST', path: '/v2/process-instances', headers, body });
  expect(faults).toEqual([]);
  return { ...answer, created: cluster.asked.created };
}

describe('a JSON body of v2', () => {
  it.each([
    ['is malformed', '{"processDefinitionId":', 'Failed to read request: the body is not JSON'],
    ['has something behind', '{"processDefinitionId":"order"} x', 'Failed to read request: the body is not JSON'],
    ['has a comment', '{/**/"processDefinitionId":"order"}', 'Failed to read request: the body is not JSON'],
    ['has a trailing comma', '{"processDefinitionId":"order",}', 'Failed to read request: the body is not JSON'],
    ['has single quotes', "{'processDefinitionId':'order'}", 'Failed to read request: the body is not JSON'],
    ['has NaN', '{"processDefinitionVersion":NaN}', 'Failed to read request: the body is not JSON'],
    ['is empty', '', 'Required request body is missing'],
    ['is a list', '[]', 'Failed to read request'],
    ['is null', 'null', 'Failed to read request'],
    ['is a text', '"order"', 'Failed to read request'],
    [
      'has an unknown member',
      '{"processDefinitionId":"order","nope":1}',
      'Request property [nope] cannot be parsed: it is not known here',
    ],
    [
      'has an unknown member of every object',
      '{"processDefinitionId":"order","constructor":1}',
      'Request property [constructor] cannot be parsed: it is not known here',
    ],
    [
      'has an unknown member with control characters',
      '{"\\u001b[31m\\n":1}',
      'Request property [?[31m?] cannot be parsed: it is not known here',
    ],
    [
      'has an unknown member with a very long name',
      `{"${'x'.repeat(500)}":1}`,
      `Request property [${'x'.repeat(100)}] cannot be parsed: it is not known here`,
    ],
    [
      'has a member of another type',
      '{"processDefinitionId":1}',
      'Request property [processDefinitionId] cannot be parsed: it must be string',
    ],
    [
      'has a number for a key, as 8.6 had',
      '{"processDefinitionKey":1}',
      'Request property [processDefinitionKey] cannot be parsed: it must be string',
    ],
    [
      'has variables that are a list',
      '{"processDefinitionId":"order","variables":[]}',
      'Request property [variables] cannot be parsed: it must be object',
    ],
    [
      'has a wrong item in a list',
      '{"processDefinitionId":"order","fetchVariables":["a",1]}',
      'Request property [fetchVariables.1] cannot be parsed: it must be string',
    ],
  ])('is 400 where it %s', async (_what, body, detail) => {
    const answer = await start(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({
      title: 'Bad Request',
      status: 400,
      detail,
      instance: '/v2/process-instances',
    });
    expect(answer.created).toBe(0);
  });

  it.each([
    ['names no process', '{}', 'At least one of [processDefinitionId, processDefinitionKey] is required.'],
    [
      'names two',
      '{"processDefinitionId":"order","processDefinitionKey":"1"}',
      'Only one of [processDefinitionId, processDefinitionKey] is allowed.',
    ],
    [
      'names a tenant',
      '{"processDefinitionId":"order","tenantId":"t1"}',
      "Expected to handle request Create Process Instance with tenant identifier 't1', but multi-tenancy is disabled",
    ],
    [
      'names a tenant that cannot be one',
      '{"processDefinitionId":"order","tenantId":"<script>"}',
      "Expected to handle request Create Process Instance with tenant identifier '?', but multi-tenancy is disabled",
    ],
    [
      'asks for what is not served yet',
      '{"processDefinitionId":"order","tags":["a"]}',
      'This cluster does not serve tags yet: leave it out.',
    ],
  ])('is 400 INVALID_ARGUMENT where it %s', async (_what, body, detail) => {
    const answer = await start(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ title: 'INVALID_ARGUMENT', status: 400, detail });
    expect(answer.created).toBe(0);
  });

  it('is 404 for a process that is not there, to those who may start nothing too', async () => {
    for (const caller of [DEMO, basic('mary', 'pässwörd:with:colons')]) {
      for (const body of [
        '{"processDefinitionId":"nope"}',
        '{"processDefinitionKey":"1"}',
        '{"processDefinitionKey":"9999999999999999999"}',
      ]) {
        expect((await start(body, [caller, JSON_TYPE])).status).toBe(404);
      }
    }
  });

  it('is 403 for a process that is there and out of reach, by its key as by its id', async () => {
    const reader = basic('reader', 'reader-password');
    for (const body of ['{"processDefinitionId":"payment"}', '{"processDefinitionKey":"2251799813685251"}']) {
      const answer = await start(body, [reader, JSON_TYPE]);
      expect(answer.status).toBe(403);
      expect(answer.created).toBe(0);
    }
    for (const body of ['{"processDefinitionId":"order"}', '{"processDefinitionKey":"2251799813685250"}']) {
      expect((await start(body, [reader, JSON_TYPE])).created).toBe(1);
    }
  });

  it('is decided by the member that counts where it has one twice: the last, as every JSON reader of its kind does', async () => {
    const reader = basic('reader', 'reader-password');
    const hidden = await start('{"processDefinitionId":"order","processDefinitionId":"payment"}', [reader, JSON_TYPE]);
    expect([hidden.status, hidden.created]).toEqual([403, 0]);
    const plain = await start('{"processDefinitionId":"payment","processDefinitionId":"order"}', [reader, JSON_TYPE]);
    expect(jsonOf(plain)).toMatchObject({ processDefinitionId: 'order' });
  });

  it.each([
    '{"__proto__":{}}',
    '{"variables":{"a":[{"__proto__":1}]},"processDefinitionId":"order"}',
    '{"processDefinitionId":"order","\\u005f_proto__":{"a":1}}',
  ])('is 400 with __proto__ anywhere: it is refused, not dropped: %s', async (body) => {
    const answer = await start(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer).detail).toBe('Request property [__proto__] cannot be parsed');
  });

  it.each([
    ['100 000 lists in each other', '['.repeat(100_000)],
    ['100 000 lists that end', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['100 000 objects in each other', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    [
      'variables as deep as that',
      `{"processDefinitionId":"order","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ],
  ])('is 400 with %s, and the next request is served', async (_what, body) => {
    const { send } = await openDoor();
    const request = { method: 'POST', path: '/v2/process-instances', headers: [DEMO, JSON_TYPE] };
    expect((await send({ ...request, body })).status).toBe(400);
    expect((await send({ ...request, method: 'POST', path: '/v1/process-instances/search', body })).status).toBe(400);
    expect((await send({ ...request, body: '{"processDefinitionId":"order"}' })).status).toBe(200);
  });

  it('is served with a thousand lists and objects in each other, and 400 with one more', async () => {
    const { send } = await openDoor();
    const request = { method: 'POST', path: '/v2/process-instances', headers: [DEMO, JSON_TYPE] };
    // The body and its variables are two of them.
    const nested = (lists: number) =>
      `{"processDefinitionId":"order","variables":{"a":${'['.repeat(lists)}${']'.repeat(lists)}}}`;
    expect((await send({ ...request, body: nested(998) })).status).toBe(200);
    const refused = await send({ ...request, body: nested(999) });
    expect(refused.status).toBe(400);
    expect(jsonOf(refused).detail).toBe('Failed to read request: the body is nested too deeply');
  });

  it('is either served or 400 at every depth, and never a fault', async () => {
    const { send, faults } = await openDoor();
    for (const depth of [10, 500, 1000, 1500, 2000, 2500, 3000, 5000, 8000]) {
      const variables = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const body = `{"processDefinitionId":"order","variables":${variables}}`;
      const { status } = await send({
        method: 'POST',
        path: '/v2/process-instances',
        headers: [DEMO, JSON_TYPE],
        body,
      });
      expect([200, 400]).toContain(status);
      if (depth <= 500) expect(status).toBe(200);
    }
    expect(faults).toEqual([]);
  });

  it.each([
    ['a byte that is none', Buffer.from([0x7b, 0xff, 0x7d])],
    [
      'half a character',
      Buffer.concat([Buffer.from('{"processDefinitionId":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')]),
    ],
    ['UTF-16', Buffer.from('{"processDefinitionId":"order"}', 'utf16le')],
    [
      'a surrogate',
      Buffer.concat([Buffer.from('{"processDefinitionId":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
  ])('is 400 where it is no UTF-8: %s', async (_what, body) => {
    expect((await start(body)).status).toBe(400);
  });

  it('is read with a byte order mark in front, which RFC 8259 lets a reader ignore', async () => {
    expect((await start('\ufeff{"processDefinitionId":"order"}')).status).toBe(200);
  });

  it('is 400 with a query that is not known', async () => {
    const { send } = await openDoor();
    for (const path of [
      '/v2/topology?x=1',
      '/v2/license?__proto__=1',
      '/v2/status?a&b',
      '/v2/authentication/me?access_token=x',
    ]) {
      expect((await send({ path, headers: [DEMO] })).status).toBe(400);
    }
    expect((await send({ path: '/v2/topology?', headers: [DEMO] })).status).toBe(200);
  });

  it('starts what it names', async () => {
    const answer = await start(
      '{"processDefinitionId":"order","processDefinitionVersion":-1,"variables":{"a":1},"tenantId":"<default>"}',
    );
    expect(jsonOf(answer)).toEqual({
      processDefinitionId: 'order',
      processDefinitionVersion: 1,
      tenantId: '<default>',
      variables: {},
      processDefinitionKey: '2251799813685250',
      processInstanceKey: '2251799813685301',
      tags: [],
      businessId: null,
    });
  });

  it('never ends in a fault, whatever it is', async () => {
    const { send, faults } = await openDoor();
    const member = fc.constantFrom(
      'processDefinitionId',
      'processDefinitionKey',
      'variables',
      'tenantId',
      'fetchVariables',
      'tags',
      'businessId',
      'awaitCompletion',
      'processDefinitionVersion',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.dictionary(member, fc.jsonValue()).map((body) => JSON.stringify(body)),
        ),
        async (body) => {
          const answer = await send({
            method: 'POST',
            path: '/v2/process-instances',
            headers: [DEMO, JSON_TYPE],
            body,
          });
          expect([200, 400, 404, 503]).toContain(answer.status);
        },
      ),
      { numRuns: 500 },
    );
    expect(faults).toEqual([]);
  });
});
