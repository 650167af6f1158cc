import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type RecordOptions, withRecordOptions } from './option-values.ts';
import { passwordFromStdin, passwordFromTerminal } from './password-input.ts';
import { terminalTable } from './terminal-table.ts';

type PasswordOptions = RecordOptions & { readonly passwordStdin?: boolean };

function password(username: string, options: PasswordOptions, context: CommandContext): Promise<string> {
  return options.passwordStdin
    ? passwordFromStdin(context.input)
    : passwordFromTerminal(context.input, username, context.err);
}

async function create(username: string, options: PasswordOptions, context: CommandContext): Promise<void> {
  const user = await (await context.controlClient(options.data)).callUseCase('user.create', {
    username,
    password: await password(username, options, context),
  });
  context.out(
    options.json
      ? `${JSON.stringify(user)}\n`
      : `User ${user.username} was created. Rights are given with stagedoor grant add.\n`,
  );
}

async function passwd(username: string, options: PasswordOptions, context: CommandContext): Promise<void> {
  const changed = await (await context.controlClient(options.data)).callUseCase('user.passwd', {
    username,
    password: await password(username, options, context),
  });
  context.out(
    options.json
      ? `${JSON.stringify(changed)}\n`
      : `The password of ${changed.username} was changed; sessions begun with the old one have ended.\n`,
  );
}

async function list(options: RecordOptions, context: CommandContext): Promise<void> {
  const users = await (await context.controlClient(options.data)).callUseCase('user.list', {});
  if (options.json) return context.out(`${JSON.stringify(users)}\n`);
  context.out(
    `${terminalTable(
      ['USER', 'NAME', 'EMAIL'],
      users.map((user) => [user.username, user.name, user.email]),
    )}\n`,
  );
}

async function remove(username: string, options: RecordOptions, context: CommandContext): Promise<void> {
  const deleted = await (await context.controlClient(options.data)).callUseCase('user.delete', { username });
  context.out(options.json ? `${JSON.stringify(deleted)}\n` : `User ${deleted.username} was deleted.\n`);
}

const PASSWORD_HELP = `
The password is asked for at the terminal, twice and hidden, or read from standard input:
  printf %s "$PASSWORD" | stagedoor user create alice --password-stdin
It is never an argument: arguments are seen by every user of the machine.`;

/** `user create|passwd|list|delete`. */
export function addUserCommands(program: Command, context: CommandContext): void {
  const group = program.command('user').description('users who log in with a password');
  withRecordOptions(group.command('create').description('create a user'))
    .argument('<name>', 'user name')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', PASSWORD_HELP)
    .action((username: string, options: PasswordOptions) => create(username, options, context));
  withRecordOptions(group.command('passwd').description('change the password of a user'))
    .argument('<name>', 'user name')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', PASSWORD_HELP)
    .action((username: string, options: PasswordOptions) => passwd(username, options, context));
  withRecordOptions(group.command('list').description('list the users')).action((options: RecordOptions) =>
    list(options, context),
  );
  withRecordOptions(group.command('delete').description('delete a user'))
    .argument('<name>', 'user name')
    .action((username: string, options: RecordOptions) => remove(username, options, context));
}
