import { describe, expect, it } from 'vitest';
import { accepted, entry, refused } from './resolve-with.ts';

const planOf = (yaml: string, method = 'basic') => accepted({ yaml, options: { method } }).configuration.initialization;
const names = (yaml: string) => planOf(yaml).users.map(({ username }) => username);
const grantsOf = (yaml: string, name: string) =>
  planOf(yaml)
    .authorizations.filter(({ ownerId }) => ownerId === name)
    .flatMap(({ resourceType, permissionTypes }) => permissionTypes.map((one) => `${resourceType}:${one}`));

const THREE = 'stagedoor.operate.users: true';

describe('the users of Operate 8.6', () => {
  it('are not there unless they are asked for', () => {
    expect(names('{}')).toEqual(['demo']);
    expect(planOf('{}').authorizations).toEqual([]);
  });

  it('are all three of them, each with the grants of its level', () => {
    expect(names(THREE)).toEqual(['demo', 'act', 'view']);
    const [owner, operator, reader] = ['demo', 'act', 'view'].map((name) => grantsOf(THREE, name));
    expect(reader).toContain('PROCESS_DEFINITION:READ_PROCESS_INSTANCE');
    expect(reader?.filter((one) => !one.includes('READ'))).toEqual([]);
    expect(operator).toEqual(expect.arrayContaining([...(reader ?? []), 'PROCESS_DEFINITION:CANCEL_PROCESS_INSTANCE']));
    expect(operator?.filter((one) => one.includes('DELETE'))).toEqual([]);
    expect(owner).toEqual(expect.arrayContaining([...(operator ?? []), 'PROCESS_DEFINITION:DELETE_PROCESS_INSTANCE']));
  });

  it('are refused beyond loopback, since everybody knows their passwords', () => {
    const errors = refused({ yaml: `${THREE}\nserver.address: 0.0.0.0`, options: { method: 'basic' } });
    for (const name of ['act', 'view']) expect(errors.join('\n')).toContain(`the password of user ${name} is one`);
  });

  it('are one of any name with his own password and roles', () => {
    const yaml =
      'camunda.operate: { userId: boss, password: "not his name", displayName: The Boss, roles: [OPERATOR] }';
    const boss = planOf(yaml).users.find(({ username }) => username === 'boss');
    expect(boss).toMatchObject({ name: 'The Boss', wellKnown: false });
    expect(boss?.password.reveal()).toBe('not his name');
    expect(grantsOf(yaml, 'boss')).not.toContain('PROCESS_DEFINITION:DELETE_PROCESS_INSTANCE');
  });

  it('are an owner where no role is named', () => {
    expect(grantsOf('camunda.operate: { userId: boss, password: secret }', 'boss')).toContain(
      'PROCESS_DEFINITION:DELETE_PROCESS_INSTANCE',
    );
  });

  it('keep the password that the records from configuration say, and say so', () => {
    const resolved = accepted({ yaml: 'camunda.operate.password: another', options: { method: 'basic' } });
    const [demo, ...others] = resolved.configuration.initialization.users;
    expect([demo?.password.reveal(), others]).toEqual(['demo', []]);
    expect(resolved.notes.join('\n')).toContain('camunda.operate.password');
    expect(resolved.notes.join('\n')).not.toContain('another');
    expect(entry(resolved, 'camunda.operate.password')?.shown).toBe('******');
  });

  it.each([
    ['a role that is none', 'camunda.operate.roles: [ADMIN]', 'camunda.operate.roles'],
    ['a name without a password', 'camunda.operate.userId: boss', 'camunda.operate.password'],
    ['a name that is no id', 'camunda.operate: { userId: "a b", password: x }', 'camunda.operate.userId'],
  ])('refuse the start with %s', (_, yaml, key) => {
    expect(refused({ yaml, options: { method: 'basic' } }).join('\n')).toContain(key);
  });
});
