import type { Api } from '@stagedoor/client';
import { type Command, Option } from 'commander';
import { DEFAULT_DATA_DIRECTORY } from '../data-directory.ts';
import type { CommandContext } from './command-context.ts';
import { withGivenValues } from './given-values.ts';

const APIS = ['orchestration', 'zeebe', 'operate', 'administration'] as const satisfies readonly Api[];

type Asked = { readonly api: Api; readonly json: boolean };

function forApi(): Option {
  return new Option('--api <api>', 'whose token or address').choices(APIS).default('orchestration');
}

function inJson(): Option {
  return new Option('--json', 'print JSON').default(false, 'words');
}

const VARIABLES = `
Who calls, and where, is said by the environment, in any spelling of Camunda's clients: see "stagedoor env".`;

const TOKEN_HELP = `${VARIABLES}

Examples:
  curl --oauth2-bearer "$(stagedoor token)" "$CAMUNDA_REST_ADDRESS/v2/topology"
  stagedoor token --api operate --json`;

const WHOAMI_HELP = `${VARIABLES}

Example:
  CAMUNDA_BASIC_AUTH_USERNAME=demo CAMUNDA_BASIC_AUTH_PASSWORD=demo stagedoor whoami`;

const CURL_HELP = `
Everything behind the options of this command is for curl, and a path stands for the address of the API. The credentials of
the environment are added where no other process can see them, and sent to the origin of that API alone. The file ~/.curlrc
is not read, no redirect is followed, and one run is one operation. The exit code is curl's; 125 where it was not run, 127
where there is none.

Examples:
  stagedoor curl /v2/topology
  stagedoor curl -s /v2/process-definitions/search --json '{}' | jq .
  stagedoor curl --api operate -X POST /v1/process-definitions/search -H 'Content-Type: application/json' -d '{}'`;

const ENV_HELP = `
Secrets are not shown. Ends with 3 where the environment contradicts itself or lacks something.

Example:
  stagedoor env --json`;

const BROKER_HELP = `
Serves until it is stopped. Clients with @stagedoor/client, "stagedoor token" and "stagedoor curl" find it by themselves: as
long as it runs, all processes of this user cost one token request. It is reached through $STAGEDOOR_BROKER_DIR, else
$XDG_RUNTIME_DIR/stagedoor, else ~/.stagedoor, a directory that is closed to others.

Examples:
  stagedoor broker
  stagedoor broker --loopback --json`;

const DOCTOR_HELP = `
Walks from the names to the answer: variables, files, addresses, certificates, discovery, token, claims, principal,
authorizations, one call per API. Stops at the first thing that is wrong and says what helps. Asks the issuer itself, not
a broker. Without --api it tries the Orchestration Cluster, and each other API that a variable of its own names.
Ends with 0 where all is well, else with 3, or with 4 where something cannot be reached for now.

Examples:
  stagedoor doctor
  stagedoor doctor --api orchestration --api operate --json`;

const COMPLETION_HELP = `
Examples:
  source <(stagedoor completion bash)
  stagedoor completion zsh > "\${fpath[1]}/_stagedoor"
  stagedoor completion fish > ~/.config/fish/completions/stagedoor.fish`;

/** Commands that call a cluster as its clients do. What they need is loaded when one of them runs. */
export function addCallerCommands(program: Command, context: CommandContext): void {
  program
    .command('token')
    .description('print an access token, alone in its line')
    .addOption(forApi())
    .addOption(inJson())
    .addHelpText('after', TOKEN_HELP)
    .action(async (asked: Asked) => (await import('./calling/print-token.ts')).printToken(asked, context));
  program
    .command('whoami')
    .description('ask the cluster who the caller is to it')
    .addOption(inJson())
    .addHelpText('after', WHOAMI_HELP)
    .action(async (asked: Asked) => (await import('./calling/who-am-i.ts')).whoAmI(asked, context));
  addCurlCommand(program, context);
  program
    .command('env')
    .description('show what the variables of the environment mean, and which one won')
    .addOption(inJson())
    .addHelpText('after', ENV_HELP)
    .action(async (asked: Asked) => (await import('./calling/show-environment.ts')).showEnvironment(asked, context));
  program
    .command('broker')
    .description('serve tokens to all processes of this user')
    .option('--loopback', 'on 127.0.0.1, with a bearer in a file, for systems without Unix sockets')
    .addOption(inJson())
    .addHelpText('after', BROKER_HELP)
    .action(async (asked: { readonly loopback?: true; readonly json: boolean }) =>
      (await import('./calling/run-broker.ts')).runBroker(asked, context),
    );
  withGivenValues(program.command('doctor'))
    .description('find the first thing that is wrong between this environment and the APIs')
    .addOption(new Option('--api <api...>', 'the APIs to try').choices(APIS))
    .addOption(
      new Option('--data <dir>', 'data directory of a Stagedoor on this machine, which tells why it refuses a token')
        .env('STAGEDOOR_DATA')
        .default(DEFAULT_DATA_DIRECTORY),
    )
    .addOption(inJson())
    .addHelpText('after', DOCTOR_HELP)
    .action(async (asked: { readonly api?: readonly Api[]; readonly data: string; readonly json: boolean }) =>
      (await import('./doctor/run-doctor.ts')).runDoctor(asked, context),
    );
  program
    .command('completion')
    .description('print a script that completes these commands in a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', COMPLETION_HELP)
    .action(async (shell: string) => context.out((await import('./completion.ts')).completionFor(shell, program)));
}

function addCurlCommand(program: Command, context: CommandContext): void {
  const curl = program
    .command('curl')
    .description('run curl with the credentials of the environment')
    .usage('[--api <api>] <arguments of curl...>')
    .addOption(forApi())
    .argument('<arguments...>', 'as curl takes them; an address is a path, or a whole URL of the API')
    .passThroughOptions()
    .allowUnknownOption()
    // Anywhere but in the first place it is an argument of curl, or the value of one.
    .helpOption(false)
    .addHelpText('after', CURL_HELP)
    .action(async (args: readonly string[], { api }: { readonly api: Api }) => {
      if (args[0] === '--help' || args[0] === '-h') curl.outputHelp();
      else await (await import('./calling/run-curl.ts')).runCurl(args, api, context);
    });
}
