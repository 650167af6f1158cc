import { describe, expect, it } from 'vitest';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';

/** Runs a command on a program, whose use cases nobody may have called. */
async function refused(args: readonly string[]) {
  const { directory, useCases } = await runningProgram();
  const ran = await run([...args, '--data', directory.path]);
  expect([ran.code, ran.out, useCases.calls]).toEqual([2, '', []]);
  return ran.err;
}

const CREATE = ['client', 'create', '--name', 'reader'];
const ADD = ['grant', 'add', '--owner', 'user:alice', '--resource', 'USER_TASK', '--permission', 'READ'];

describe('a command', () => {
  it.each([
    [['client', 'create', '--name', ''], '--name is empty: give it a value, or leave it out'],
    [[...CREATE, '--id', ''], '--id is empty: give it a value, or leave it out'],
    [[...CREATE, '--audience', 'a', '--audience', ''], '--audience is empty: give it a value, or leave it out'],
    [[...CREATE, '--claims='], '--claims is empty: give it a value, or leave it out'],
    [[...CREATE, '--certificate', ''], '--certificate is empty: give it a value, or leave it out'],
    [[...CREATE, '--certificate-subject', ''], '--certificate-subject is empty: give it a value, or leave it out'],
    [[...CREATE, '--key-file', ''], '--key-file is empty: give it a value, or leave it out'],
    [[...CREATE, '--redirect-uri', ''], '--redirect-uri is empty: give it a value, or leave it out'],
    [['explain', 'GET', '/v2/topology', '--as', ''], '--as is empty: give it a value, or leave it out'],
    [[...ADD, '--permission', ''], '--permission is empty: give it a value, or leave it out'],
    [['client', 'delete', ''], '<id> is empty: give it a value'],
    [['user', 'create', ''], '<name> is empty: give it a value'],
    [['explain', '', '/v2/topology'], '<method> is empty: give it a value'],
  ])('names what is empty as it was typed: %j', async (args, sentence) => {
    expect(await refused(args)).toBe(`stagedoor: ${sentence}\n`);
  });

  it('says everything that is empty at once', async () => {
    expect((await refused(['client', 'create', '--name', '', '--id', ''])).split('\n')).toHaveLength(3);
  });

  it.each([
    [['client', 'create'], '--name <name>'],
    [['grant', 'add', '--resource', 'SYSTEM'], '--owner <owner>, --permission <permission...>'],
  ])('names every option that it needs: %j', async (args, options) => {
    expect(await refused(args)).toBe(`stagedoor: ${options}: missing, and needed; see --help\n`);
  });

  it('names an option that is misspelled rather than the one that is missing for it', async () => {
    expect(await refused(['client', 'create', '--nme', 'reader'])).toBe(
      "stagedoor: unknown option '--nme' (Did you mean --name?)\n",
    );
  });

  it.each([
    [[...CREATE, '--audience', 'x'.repeat(257)], '--audience is longer than 256 characters'],
    [[...CREATE, '--redirect-uri', 'a\nb'], '--redirect-uri has control characters: leave them out'],
    [[...CREATE, '--certificate-subject', 'x'.repeat(1025)], '--certificate-subject is longer than 1024 characters'],
    [
      ['grant', 'add', '--owner', 'alice', '--resource', 'SYSTEM', '--permission', 'READ'],
      '--owner has to be user:NAME',
    ],
    [['grant', 'add', '--owner', 'user:a', '--resource', 'SYSTEM', '--permission', 'FLY'], '--permission has to be of'],
    [
      ['grant', 'add', '--owner', 'user:a', '--resource', 'system', '--permission', 'READ'],
      '--resource has to be TYPE',
    ],
  ])('names what cannot be used as it was typed: %j', async (args, sentence) => {
    expect(await refused(args)).toContain(`stagedoor: ${sentence}`);
  });

  it('refuses an empty --data, and takes an empty STAGEDOOR_DATA for none', async () => {
    const asked: string[] = [];
    const controlClient = async (directory: string) => {
      asked.push(directory);
      throw new Error('asked');
    };
    const given = await run(['client', 'list', '--data', ''], { controlClient });
    expect([given.code, given.err]).toEqual([2, 'stagedoor: --data is empty: give it a value, or leave it out\n']);
    process.env.STAGEDOOR_DATA = '';
    try {
      await run(['client', 'list'], { controlClient });
    } finally {
      delete process.env.STAGEDOOR_DATA;
    }
    expect(asked).toEqual(['./.stagedoor']);
  });
});

describe('stagedoor grant add --property', () => {
  it('grants on what a user task says of people, and the list shows it so', async () => {
    const { directory } = await runningProgram();
    const data = ['--data', directory.path];
    expect((await run([...ADD, '--property', 'candidateGroups', ...data])).code).toBe(0);
    const [grant] = JSON.parse((await run(['grant', 'list', '--json', ...data])).out);
    expect(grant).toMatchObject({ resourceType: 'USER_TASK', resourcePropertyName: 'candidateGroups' });
    expect(grant).not.toHaveProperty('resourceId');
    expect((await run(['grant', 'list', ...data])).out).toContain('USER_TASK:(candidateGroups)');
  });

  it.each([
    [[...ADD, '--property', 'owner'], 'Allowed choices are assignee, candidateUsers, candidateGroups.'],
    [[...ADD, '--property', ''], 'Allowed choices are assignee, candidateUsers, candidateGroups.'],
    [[...ADD, '--resource', 'USER_TASK:7', '--property', 'assignee'], '--property goes with the resource USER_TASK'],
    [[...ADD, '--resource', 'USER', '--property', 'assignee'], '--property goes with the resource USER_TASK'],
  ])('is refused: %j', async (args, sentence) => {
    expect(await refused(args)).toContain(sentence);
  });
});
