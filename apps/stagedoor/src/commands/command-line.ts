import { Command, CommanderError } from 'commander';
import { OperatorError } from '../operator-error.ts';
import { toPlainText } from '../plain-text.ts';
import { InputRefused, UseCaseError } from '../use-cases.ts';
import { addCaCommand } from './ca-command.ts';
import { addCallerCommands } from './caller-commands.ts';
import { addClientCommands } from './client-commands.ts';
import type { CommandContext } from './command-context.ts';
import { DONE, Ended, exitCodeFor, FAILED, WRONG_USAGE } from './exit-codes.ts';
import { addExplainCommand } from './explain-command.ts';
import { addGrantCommands } from './grant-commands.ts';
import { addKeyCommands } from './key-commands.ts';
import { spelled } from './spelled-inputs.ts';
import { addStartCommands } from './start-commands.ts';
import { addUserCommands } from './user-commands.ts';

const HELP = `
Examples:
  stagedoor start --method basic
  eval "$(stagedoor client create --name reader --env)"
  stagedoor user create alice
  stagedoor grant add --owner user:alice --resource SYSTEM --permission READ
  stagedoor doctor
  stagedoor curl /v2/topology

Commands for administrators work on the program that runs on their data directory and take effect at once. Where none
runs they work on the data directory itself. Commands for callers (token, whoami, curl, env, broker, doctor) call the
cluster that the environment names, as any client would.`;

function commandLine(version: string, context: CommandContext): Command {
  const program = new Command('stagedoor')
    .description("the door of Camunda 8's APIs")
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', HELP)
    .exitOverride()
    // What stands behind `curl` is for curl.
    .enablePositionalOptions()
    // Help goes where it belongs; errors are printed in one place, below.
    .configureOutput({ writeOut: context.out, writeErr: context.err, outputError: () => undefined });
  addStartCommands(program, context);
  addClientCommands(program, context);
  addUserCommands(program, context);
  addGrantCommands(program, context);
  addKeyCommands(program, context);
  addExplainCommand(program, context);
  addCaCommand(program, context);
  addCallerCommands(program, context);
  return program;
}

/** One line. What came with an unknown option or as one argument too many may be a secret, so it is left out. */
function usageSentence(error: CommanderError): string {
  const sentence = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  if (error.code === 'commander.unknownOption') return sentence.replace(/=[^']*/, '');
  return error.code === 'commander.excessArguments' ? 'too many arguments: see --help' : sentence;
}

/** Where an error of ours was thrown, without its message: that could hold anything. System errors only name paths. */
function faultReport(error: unknown): string {
  if (!(error instanceof Error)) return 'something went wrong that should not: an unknown error';
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const what = 'syscall' in error ? error.message : error.name;
  return [`something went wrong that should not: ${what}`, ...frames].join('\n');
}

/** A line for each sentence. */
function refused(code: string, message: string, context: CommandContext): number {
  for (const sentence of message.split('\n')) context.err(`stagedoor: ${toPlainText(sentence)}\n`);
  return exitCodeFor(code);
}

function fail(error: unknown, context: CommandContext): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    // Help in answer to a group without a command has been printed.
    if (error.code !== 'commander.help') context.err(`stagedoor: ${toPlainText(usageSentence(error))}\n`);
    return WRONG_USAGE;
  }
  if (error instanceof InputRefused) return refused(error.code, spelled(error), context);
  if (error instanceof OperatorError || error instanceof UseCaseError)
    return refused(error.code, error.message, context);
  if (error instanceof Ended) return error.exitCode;
  context.err(`stagedoor: ${faultReport(error)}\n`);
  return FAILED;
}

/**
 * Runs one command and answers its exit code (exit-codes.ts). `args` are the arguments after the program's name. Errors are one
 * sentence on standard error.
 */
export async function runCommandLine(
  args: readonly string[],
  version: string,
  context: CommandContext,
): Promise<number> {
  try {
    await commandLine(version, context).parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    return fail(error, context);
  }
}
