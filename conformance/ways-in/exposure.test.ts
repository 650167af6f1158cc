import { describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, refusedStart, startProgram } from '../program/start-program.ts';
import { fromOutside } from './from-outside.ts';

const EVERYWHERE = [...FREE_PORTS, '--memory', '--host', '0.0.0.0'];
const CONSENT = '--expose-unprotected';
const STRONG =
  'camunda.security.initialization: { users: [{ username: boss, password: long-and-random }], default-roles.admin.users: [boss] }';

/** Starts that would show the house to the whole network. */
const EXPOSED: readonly (readonly [string, readonly string[], string | undefined, RegExp])[] = [
  ['none by default', [], undefined, /method none lets everybody in/],
  ['none', ['--method', 'none'], undefined, /method none lets everybody in/],
  ['none on every IPv6 address', ['--host', '::'], undefined, /method none lets everybody in/],
  [
    'none by the keys of Camunda',
    ['--profile', 'helm'],
    'camunda.security.authentication.unprotected-api: true',
    /method none lets everybody in/,
  ],
  ['demo/demo of c8run', ['--method', 'basic'], undefined, /the password of user demo is one that everybody knows/],
  [
    'demo/demo of docker-compose',
    ['--method', 'basic', '--profile', 'docker-compose'],
    undefined,
    /the password of user demo/,
  ],
  [
    'the users of helm',
    ['--profile', 'helm'],
    undefined,
    /the password of user connectors[\s\S]*the password of user demo/,
  ],
  [
    'a configured user whose password is his name',
    ['--method', 'basic'],
    'camunda.security.initialization: { users: [{ username: Boss, password: boss }], default-roles.admin.users: [Boss] }',
    /the password of user Boss is one that everybody knows/,
  ],
  [
    'a configured client whose secret is its id',
    ['--method', 'oidc'],
    'stagedoor.clients: [{ id: reader, secret: reader }]',
    /the password of client reader is one that everybody knows/,
  ],
];

describe('beyond loopback', () => {
  it.each(EXPOSED)('%s is refused without consent', async (_, args, yaml, problem) => {
    const { code, stderr } = await refusedStart({
      args: [...EVERYWHERE, ...args],
      ...(yaml === undefined ? {} : { yaml }),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(problem);
    expect(stderr).toMatch(
      /^stagedoor: server\.address \(option --host\) .*: keep to loopback, or consent with --expose-unprotected$/m,
    );
  });

  it.each([
    ['the file', { yaml: 'server.address: 0.0.0.0' }],
    ['the environment', { environment: { SERVER_ADDRESS: '0.0.0.0' } }],
  ])('none is refused where %s says it', async (_, more) => {
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], ...more });
    expect([code, stderr]).toEqual([1, expect.stringContaining('method none lets everybody in')]);
  });

  it.each([
    ['none', []],
    ['demo/demo', ['--method', 'basic']],
  ])('%s is served with consent, and every start says so', async (_, args) => {
    const program = await startProgram({ args: [...EVERYWHERE, ...args, CONSENT] });
    expect(program.output()).toMatch(/^warning: server\.address \(option --host\) reaches beyond this machine/m);
    expect(
      (await fetch(`${fromOutside(program.rest) ?? program.rest}/v2/topology`, { headers: basic('demo', 'demo') }))
        .status,
    ).toBe(200);
    await program.stop();
  });

  it('passwords that are nobody else’s, and tokens, need no consent', async () => {
    const program = await startProgram({ args: [...EVERYWHERE, '--method', 'basic'], yaml: STRONG });
    expect(program.output()).not.toContain('warning');
    const rest = fromOutside(program.rest) ?? program.rest;
    expect((await fetch(`${rest}/v2/topology`, { headers: basic('boss', 'long-and-random') })).status).toBe(200);
    expect((await fetch(`${rest}/v2/topology`, { headers: basic('demo', 'demo') })).status).toBe(401);
    expect((await fetch(`${rest}/v2/topology`)).status).toBe(401);
    await program.stop();
    const oidc = await startProgram({ args: [...EVERYWHERE, '--method', 'oidc'] });
    expect((await fetch(`${oidc.rest}/v2/topology`)).status).toBe(401);
    await oidc.stop();
  });

  it('demo/demo is refused where only the data directory still knows it, until it is changed', async () => {
    const before = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--data', './data'] });
    before.child.kill('SIGTERM');
    await new Promise((resolve) => before.child.once('exit', resolve));
    const args = [...FREE_PORTS, '--method', 'basic', '--host', '0.0.0.0', '--data', before.data];
    const { code, stderr } = await refusedStart({ args, yaml: STRONG });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^stagedoor: the records hold user demo with a password that everybody knows[^\n]*--expose-unprotected\n$/m,
      ),
    ]);
    await command(before, ['user', 'passwd', 'demo', '--password-stdin'], 'a password of his own');
    const program = await startProgram({ args, yaml: STRONG });
    expect((await fetch(`${program.rest}/v2/topology`, { headers: basic('demo', 'demo') })).status).toBe(401);
    await program.stop();
    await before.stop();
  });
});

describe('on loopback', () => {
  it('nothing is reached from outside', async (context) => {
    const program = await startProgram({ args: [...FREE_PORTS, '--memory'] });
    const outside = [program.rest, program.issuer ?? '', program.management].map(fromOutside);
    for (const origin of outside) if (origin !== null) await expect(fetch(origin)).rejects.toThrow('fetch failed');
    await program.stop();
    if (outside.includes(null)) context.skip('this machine has no address beside loopback');
  });
});
