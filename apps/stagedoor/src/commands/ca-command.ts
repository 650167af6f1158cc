import { type Command, Option } from 'commander';
import { toPlainText } from '../plain-text.ts';
import { shellQuote } from '../shell-quote.ts';
import type { CommandContext } from './command-context.ts';
import { NeededOption, withGivenValues } from './given-values.ts';

type CaOptions = {
  readonly dir: string;
  readonly name: string;
  readonly host?: readonly string[];
  readonly client?: readonly string[];
  readonly add?: boolean;
};

const HELP = `
Writes ca.pem, ca-key.pem, server.pem and server-key.pem, and NAME.pem with NAME-key.pem for each client: for trying TLS,
readable by nobody but you. Nothing that is there already is overwritten. The certificates are valid for a year. With --add
the CA that is in the directory gives certificates to more clients.

Example:
  stagedoor ca --dir ./tls --client reader
  SERVER_SSL_CERTIFICATE=./tls/server.pem SERVER_SSL_CERTIFICATEPRIVATEKEY=./tls/server-key.pem stagedoor start
  stagedoor ca --dir ./tls --add --client writer
  curl --cacert ./tls/ca.pem https://localhost:8080/v2/topology`;

/** `ca`: what makes certificates is loaded by this command alone. */
export function addCaCommand(program: Command, context: CommandContext): void {
  withGivenValues(program.command('ca'))
    .description('make a local CA with certificates for a server and clients, for trying TLS')
    .addOption(new NeededOption('--dir <dir>', 'the directory to write into; it is made where it is missing'))
    .option('--name <name>', 'what the CA is called', 'Stagedoor local CA')
    .option('--host <host...>', 'further names and addresses of the server, beside localhost, 127.0.0.1 and ::1')
    .option('--client <name...>', 'names of clients, each of which gets a certificate')
    .addOption(new Option('--add', 'certificates for more clients of the CA that is there').conflicts(['name', 'host']))
    .addHelpText('after', HELP)
    .action(async (options: CaOptions) => {
      const { writeLocalAuthority, writeMoreClients } = await import('../tls/write-local-authority.ts');
      const { dir: directory, name, host: hosts = [], client: clients = [], add = false } = options;
      const now = context.clock.now();
      const written = add
        ? await writeMoreClients({ directory, clients, now })
        : await writeLocalAuthority({ directory, name, hosts, clients, now });
      for (const path of written) context.out(`${toPlainText(shellQuote(path))}\n`);
    });
}
