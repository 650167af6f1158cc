import { type Command, Option } from 'commander';
import { DEFAULT_DATA_DIRECTORY } from '../data-directory.ts';
import type { StartOptions } from '../start-options.ts';
import type { CommandContext } from './command-context.ts';

type Given = Partial<StartOptions>;

/** Everything as it was given: configuration is where it is parsed, so that all errors are said at once. */
function asGiven(given: Given): StartOptions {
  return {
    profile: given.profile,
    method: given.method,
    config: given.config,
    host: given.host,
    port: given.port,
    issuerPort: given.issuerPort,
    managementPort: given.managementPort,
    data: given.data,
    memory: given.memory ?? false,
    exposeUnprotected: given.exposeUnprotected ?? false,
    json: given.json ?? false,
  };
}

function withStartOptions(command: Command): Command {
  return command
    .option('--profile <profile>', 'c8run, docker-compose, docker-compose-full, helm or saas')
    .option('--method <method>', 'none, basic or oidc (default: what the profile says)')
    .option('--config <file>', 'an application.yaml (default: ./application.yaml, if it is there)')
    .option('--host <host>', 'address to listen on (default: loopback, both families)')
    .option('--port <port>', 'port of the REST APIs, 0 for any free one (default: 8080)')
    .option('--issuer-port <port>', 'port of the token issuer (default: 18080)')
    .option('--management-port <port>', 'port of health and metrics (default: 9600)')
    .option('--data <dir>', `data directory (default: ${DEFAULT_DATA_DIRECTORY})`)
    .addOption(new Option('--memory', 'keep everything in memory; nothing outlives the program').conflicts('data'))
    .option('--expose-unprotected', 'consent to serve an unprotected API or a default password beyond loopback')
    .option('--json', 'print JSON');
}

const START_HELP = `
Examples:
  stagedoor start
  stagedoor start --method basic --port 8081
  stagedoor start --profile saas --data /var/lib/stagedoor`;

/** `start` and `config`, which take the same options. */
export function addStartCommands(program: Command, context: CommandContext): void {
  withStartOptions(program.command('start').description('start the program'))
    .addHelpText('after', START_HELP)
    .action((given: Given) => context.start(asGiven(given)));
  withStartOptions(
    program.command('config').description('print every configuration key with its value and where that came from'),
  ).action((given: Given) => context.config(asGiven(given)));
}
