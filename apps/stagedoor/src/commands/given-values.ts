import { type Command, Option } from 'commander';
import { OperatorError } from '../operator-error.ts';

/** An option that its command cannot do without. Commander's own kind is missed before a misspelled one is seen for what it is. */
export class NeededOption extends Option {}

/**
 * Has a command look at what it was given before it acts. Missing options are said, all at once, and values that are empty: `"$NAME"`
 * of a variable that nobody set. An empty variable of the environment is as good as none.
 */
export function withGivenValues(command: Command): Command {
  return command.hook('preAction', (_, acting) => {
    forgetEmptyVariables(acting);
    const problems = [...missingOptions(acting), ...emptyOptions(acting), ...emptyArguments(acting)];
    if (problems.length > 0) throw new OperatorError('INVALID_INPUT', problems.join('\n'));
  });
}

function forgetEmptyVariables(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'env' && command.getOptionValue(name) === '')
      command.setOptionValueWithSource(name, option.defaultValue, 'default');
  }
}

function missingOptions(command: Command): readonly string[] {
  const missing = command.options.filter(
    (option) => option instanceof NeededOption && command.getOptionValue(option.attributeName()) === undefined,
  );
  if (missing.length === 0) return [];
  return [`${missing.map(({ flags }) => flags).join(', ')}: missing, and needed; see --help`];
}

function emptyOptions(command: Command): readonly string[] {
  return command.options
    .filter((option) => [command.getOptionValue(option.attributeName())].flat().includes(''))
    .map(({ long, flags }) => `${long ?? flags} is empty: give it a value, or leave it out`);
}

function emptyArguments(command: Command): readonly string[] {
  return command.registeredArguments
    .filter((_, place) => command.args[place] === '')
    .map((argument) => `<${argument.name()}> is empty: give it a value`);
}
