import { describe, expect, it } from 'vitest';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describe('stagedoor user', () => {
  it.each(['secret', 'secret\n', 'secret\r\n'])('create takes the password from standard input (%j)', async (stdin) => {
    const { directory, useCases } = await runningProgram();
    const ran = await run(['user', 'create', 'alice', '--password-stdin', '--data', directory.path], { stdin });
    expect([ran.code, useCases.users.get('alice')?.password]).toEqual([0, 'secret']);
    expect(ran.out + ran.err).not.toContain('secret');
  });

  it('passwd changes it, list shows no trace of it, delete removes the user', async () => {
    const { directory, useCases } = await runningProgram();
    await run(['user', 'create', 'alice', '--password-stdin', '--data', directory.path], { stdin: 'first' });
    await run(['user', 'passwd', 'alice', '--password-stdin', '--data', directory.path], { stdin: 'second\n' });
    expect(useCases.users.get('alice')?.password).toBe('second');
    const listed = await run(['user', 'list', '--json', '--data', directory.path]);
    expect(listed.out).toBe('[{"username":"alice","name":"","email":""}]\n');
    expect((await run(['user', 'delete', 'alice', '--data', directory.path])).out).toBe('User alice was deleted.\n');
  });

  it.each([
    ['', 'the password is empty: give one'],
    ['\n', 'the password is empty: give one'],
    ['a\nb\n', 'the password has control characters (a second line or an arrow key, perhaps): give it without them'],
    ['x'.repeat(2000), 'the password is longer than 1024 characters: give a shorter one'],
  ])('create refuses a password from standard input such as %j', async (stdin, sentence) => {
    const { directory, useCases } = await runningProgram();
    const ran = await run(['user', 'create', 'alice', '--password-stdin', '--data', directory.path], { stdin });
    expect(ran).toMatchObject({ code: 1, out: '', err: `stagedoor: ${sentence}\n` });
    expect(useCases.users.size).toBe(0);
  });

  it('create asks for no password where there is no terminal', async () => {
    const { directory } = await runningProgram();
    const ran = await run(['user', 'create', 'alice', '--data', directory.path], { stdin: 'secret\n' });
    expect(ran).toMatchObject({
      code: 2,
      err: 'stagedoor: there is no terminal to ask for the password: use --password-stdin\n',
    });
  });

  it.each([[['--password', 'canary']], [['--password=canary']], [['canary']]])(
    'never takes a password from the arguments, nor repeats it (%j)',
    async (extra) => {
      const ran = await run(['user', 'create', 'alice', ...extra, '--data', temporaryDirectory()]);
      expect(ran).toMatchObject({ code: 2, out: '' });
      expect(ran.err).not.toContain('canary');
    },
  );
});
