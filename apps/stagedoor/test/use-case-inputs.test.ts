import { describe, expect, it } from 'vitest';
import { USE_CASE_INPUTS } from '../src/control/use-case-inputs.ts';
import type { UseCaseError, UseCaseName } from '../src/use-cases.ts';

function refusal(name: UseCaseName, input: unknown): string {
  try {
    USE_CASE_INPUTS[name](input);
  } catch (error) {
    expect((error as UseCaseError).code).toBe('INVALID_INPUT');
    return (error as UseCaseError).message;
  }
  return 'accepted';
}

const CLIENT = { name: 'reader', grants: true };
const OWNER = 'owner has to be user:NAME, client:ID, role:ID, group:ID or mapping-rule:ID';
const GRANT = { owner: 'user:alice', resource: 'SYSTEM', permissions: ['READ'] };

describe('the input of a use case', () => {
  it('is rebuilt from the members that are known', () => {
    const input = { name: 'reader', id: 'r', scopes: ['operate'], expires: '2030-01-31T12:00:00.000Z', grants: false };
    expect(USE_CASE_INPUTS['client.create'](input)).toEqual(input);
    expect(USE_CASE_INPUTS['grant.add'](GRANT)).toEqual(GRANT);
    expect(USE_CASE_INPUTS['client.rotate']({ id: 'r', overlapSeconds: 0 })).toEqual({ id: 'r', overlapSeconds: 0 });
  });

  it.each<[UseCaseName, unknown, string]>([
    ['client.create', null, 'the input has to be a JSON object'],
    ['client.create', 'text', 'the input has to be a JSON object'],
    ['client.create', [CLIENT], 'the input has to be a JSON object'],
    ['client.create', { grants: true }, 'name has to be a text'],
    ['client.create', { ...CLIENT, name: '' }, 'name is empty'],
    ['client.create', { ...CLIENT, name: 7 }, 'name has to be a text'],
    ['client.create', { ...CLIENT, name: 'x'.repeat(257) }, 'name is longer than 256 characters'],
    ['client.create', { name: 'reader' }, 'grants has to be true or false'],
    ['client.create', { ...CLIENT, grants: 'no' }, 'grants has to be true or false'],
    ['client.create', { ...CLIENT, scopes: [] }, 'scopes has to be a list with at least one entry'],
    ['client.create', { ...CLIENT, scopes: 'operate' }, 'scopes has to be a list with at least one entry'],
    ['client.create', { ...CLIENT, scopes: Array(17).fill('operate') }, 'scopes has more than 16 entries'],
    [
      'client.create',
      { ...CLIENT, expires: 'tomorrow' },
      'expires has to be an instant in UTC such as 2030-01-31T12:00:00Z',
    ],
    ['client.create', { ...CLIENT, id: undefined }, 'id has to be a text'],
    [
      'client.create',
      { ...CLIENT, secret: 's' },
      'the input has an unknown member secret: known are name, id, scopes, audiences, claims, expires, tokenLifetimeSeconds, bindTokens, redirectUris, postLogoutRedirectUris, grants',
    ],
    [
      'client.create',
      JSON.parse('{"name":"reader","grants":true,"__proto__":{}}'),
      'the input has an unknown member __proto__: known are name, id, scopes, audiences, claims, expires, tokenLifetimeSeconds, bindTokens, redirectUris, postLogoutRedirectUris, grants',
    ],
    ['key.list', { private: true }, 'the input has an unknown member private: it takes none'],
    ['key.rotate', {}, 'now has to be true or false'],
    ['key.rotate', { now: 'yes' }, 'now has to be true or false'],
    ['key.rotate', { now: true, kid: 'a' }, 'the input has an unknown member kid: known are now'],
    ['client.list', { all: true }, 'the input has an unknown member all: it takes none'],
    ['client.rotate', { id: 'r', overlapSeconds: -1 }, 'overlapSeconds has to be a whole number from 0 to 2592000'],
    ['client.rotate', { id: 'r', overlapSeconds: 0.5 }, 'overlapSeconds has to be a whole number from 0 to 2592000'],
    [
      'client.rotate',
      { id: 'r', overlapSeconds: 2_592_001 },
      'overlapSeconds has to be a whole number from 0 to 2592000',
    ],
    ['user.create', { username: 'alice' }, 'password has to be a text'],
    ['user.create', { username: 'alice', password: '' }, 'password is empty'],
    ['user.create', { username: 'alice', password: 'x'.repeat(1025) }, 'password is longer than 1024 characters'],
    ['grant.add', { ...GRANT, owner: 'alice' }, OWNER],
    ['grant.add', { ...GRANT, owner: 'user:' }, OWNER],
    ['grant.add', { ...GRANT, owner: 'constructor:x' }, OWNER],
    [
      'grant.add',
      { ...GRANT, resource: 'SYSTEM:' },
      'resource has a colon but no id: SYSTEM:* or SYSTEM means all of them',
    ],
    ['grant.add', { ...GRANT, permissions: [] }, 'permissions has to be a list with at least one entry'],
    [
      'grant.add',
      { ...GRANT, permissions: ['READ', 'DELETE'] },
      'permissions has to be of those that SYSTEM has: READ, READ_JOB_METRIC, READ_USAGE_METRIC, UPDATE',
    ],
    [
      'grant.add',
      { ...GRANT, property: 'assignee' },
      'property goes with the resource USER_TASK, without an id, and with no other',
    ],
    [
      'grant.add',
      { ...GRANT, resource: 'USER_TASK:7', property: 'assignee' },
      'property goes with the resource USER_TASK, without an id, and with no other',
    ],
    [
      'grant.add',
      { ...GRANT, resource: 'USER_TASK', property: 'owner' },
      'property has to be one of assignee, candidateUsers, candidateGroups',
    ],
    ['grant.remove', { key: '1; DROP' }, 'key has to be the number that `grant list` shows'],
  ])('of %s is refused: %j', (name, input, message) => {
    expect(refusal(name, input)).toBe(message);
  });

  it('names the resource types where the type is unknown', () => {
    expect(refusal('grant.add', { ...GRANT, resource: 'system' })).toMatch(
      /^resource has to be TYPE or TYPE:ID, where TYPE is one of AUDIT_LOG, /,
    );
  });

  it.each([
    'a\nb',
    'a\r\nSet-Cookie: x',
    'a\u001b[31m',
    'a\u0000',
    'a\u007f',
    'a\u009b',
    'a\u2028b',
    'a\u202eb',
    'a\ud800b',
  ])('with characters that deceive is refused, and they are not repeated (%j)', (text) => {
    for (const [name, input, member] of [
      ['client.create', { ...CLIENT, name: text }, 'name'],
      ['client.create', { ...CLIENT, scopes: [text] }, 'scopes'],
      ['user.create', { username: text, password: 'secret' }, 'username'],
      ['user.create', { username: 'alice', password: text }, 'password'],
      ['grant.add', { ...GRANT, owner: `user:${text}` }, 'owner'],
      ['client.delete', { id: text }, 'id'],
    ] as const) {
      expect(refusal(name, input)).toBe(`${member} has control characters: leave them out`);
    }
    expect(refusal('client.list', { [text]: 1 })).not.toContain(text);
  });

  it('takes names of every language, quotes and shell words as what they are', () => {
    for (const name of ["O'Hara", '"quoted"', '$(reboot)', '`id`', 'Žižka', '名前', '👩‍🎤', 'a\\b; rm -rf /']) {
      expect(USE_CASE_INPUTS['client.create']({ ...CLIENT, name }).name).toBe(name);
    }
  });
});
