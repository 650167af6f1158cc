import { describe, expect, it } from 'vitest';
import { ControlClient } from '../src/control/control-client.ts';
import { openUseCases } from '../src/open-use-cases.ts';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describe('stagedoor explain', () => {
  it('prints each step, how it would end, and the command that helps', async () => {
    const { directory } = await runningProgram();
    const ran = await run(['explain', 'POST', '/v2/users/search', '--as', 'user:alice', '--data', directory.path]);
    expect(ran).toMatchObject({
      code: 0,
      err: '',
      out: [
        '+ principal: the user alice',
        '- decision: missing: READ on USER',
        'It would be refused: PERMISSION_MISSING.',
        '  stagedoor grant add --owner user:alice --resource USER --permission READ',
        '',
      ].join('\n'),
    });
  });

  it('prints what the program answered with --json', async () => {
    const { directory, useCases } = await runningProgram();
    const ran = await run(['explain', 'GET', '/v2/topology', '--as', 'user:a', '--json', '--data', directory.path]);
    expect(JSON.parse(ran.out)).toEqual(useCases.explanation);
  });

  it('reads the Authorization header from standard input, and never from the arguments', async () => {
    const { directory, useCases } = await runningProgram();
    const args = ['explain', 'GET', '/v2/topology', '--data', directory.path];
    await run([...args, '--authorization-stdin'], { stdin: 'Bearer c4n4ry\n' });
    expect(useCases.calls.map(({ input }) => input)).toEqual([
      { method: 'GET', path: '/v2/topology', authorization: 'Bearer c4n4ry' },
    ]);
    const wrong = await run([...args, '--authorization', 'c4n4ry']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).not.toContain('c4n4ry');
  });

  it('reads other headers beside it, and a second Authorization as the second one', async () => {
    const { directory, useCases } = await runningProgram();
    const stdin = 'Authorization: Bearer one\nAuthorization: Bearer two\nOrigin: http://evil.example\n';
    await run(['explain', 'POST', '/v2/users', '--authorization-stdin', '--data', directory.path], { stdin });
    expect(useCases.calls.map(({ input: put }) => put)).toEqual([
      {
        method: 'POST',
        path: '/v2/users',
        authorization: 'Bearer one',
        headers: { authorization: 'Bearer two', origin: 'http://evil.example' },
      },
    ]);
  });

  it('takes either a credential or a name', async () => {
    const { directory, useCases } = await runningProgram();
    const args = ['explain', 'GET', '/', '--as', 'user:alice', '--authorization-stdin', '--data', directory.path];
    const ran = await run(args, { stdin: 'Bearer x' });
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('exclude each other');
    expect(useCases.calls).toEqual([]);
  });

  it('shows nothing that a terminal would obey', async () => {
    const { directory, useCases } = await runningProgram();
    useCases.explanation = {
      ...useCases.explanation,
      steps: [{ step: 'principal', result: 'passed', says: 'the user \u001b[2Jx' }],
      fix: 'do \u001b]0;this\u0007',
    };
    const ran = await run(['explain', 'GET', '/', '--as', 'user:x', '--data', directory.path]);
    expect(ran.out).not.toContain('\u001b');
  });

  it('says so where no program runs, since nobody else could answer', async () => {
    const controlClient = async (dataDirectory: string) =>
      new ControlClient({ dataDirectory, openUseCases, wait: async () => undefined });
    const ran = await run(['explain', 'GET', '/', '--as', 'user:x', '--data', temporaryDirectory()], { controlClient });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('no program runs on this data directory');
  });
});
