import { isScope, SCOPES, type Scope } from '@stagedoor/access';
import type { CertificateRegistration } from '@stagedoor/issuer';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ControlClient } from '../control/control-client.ts';
import { OperatorError } from '../operator-error.ts';
import { toPlainText } from '../plain-text.ts';
import { shellQuote } from '../shell-quote.ts';
import type { CreatedClient, ShownClient } from '../use-cases.ts';
import { registrationOf, subjectIn, subjectTyped } from './certificate-file.ts';
import { type Addresses, clientEnvironment, exportLines } from './client-environment.ts';
import type { CommandContext } from './command-context.ts';
import { NeededOption } from './given-values.ts';
import { publicKeysOf } from './key-file.ts';
import { collected, type RecordOptions, usable, withRecordOptions } from './option-values.ts';
import { parseSecondsWithin, parseWhen } from './points-in-time.ts';
import { clientTable, createdJson, createdText } from './shown-client.ts';

const DEFAULT_OVERLAP_SECONDS = 86_400;

type CreateOptions = RecordOptions & {
  readonly name: string;
  readonly id?: string;
  readonly scope?: readonly Scope[];
  readonly expires?: string;
  readonly grants: boolean;
  readonly env?: boolean;
  readonly keyFile?: string;
  readonly tokenLifetime?: number;
  readonly audience?: readonly string[];
  readonly claims?: string;
  readonly bindTokens?: string;
  readonly certificate?: readonly string[];
  readonly certificateSubject?: string;
  readonly certificateSubjectOf?: string;
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  readonly public?: boolean;
};

function collectedScope(value: string, earlier: readonly string[] | undefined): readonly string[] {
  if (isScope(value)) return collected(value, earlier);
  throw new InvalidArgumentError(`Scopes are ${SCOPES.join(', ')}.`);
}

/** JSON in one line, whatever line breaks it came with: a text inside it has none. Whoever registers the client reads it. */
function inOneLine(json: string): string {
  return json.replace(/[\r\n\t]+/g, ' ');
}

/** Asked before anything is created: without a running program nobody knows the addresses. */
async function addresses(client: ControlClient, dataDirectory: string): Promise<Addresses> {
  const found = await client.describe();
  if (found === undefined) {
    const fix = `start it with stagedoor start --data ${shellQuote(dataDirectory)}, or use --json`;
    throw new OperatorError(
      'NOTHING_RUNS',
      `--env needs the addresses of a running program, and none runs on ${dataDirectory}: ${fix}`,
    );
  }
  const { issuer } = found;
  if (issuer !== null) return { ...found, issuer };
  throw new OperatorError(
    'ISSUER_FOREIGN',
    'the running program takes its tokens from another issuer: register the client there',
  );
}

async function create(options: CreateOptions, context: CommandContext): Promise<void> {
  const { keyFile, certificate, certificateSubject: subject, certificateSubjectOf: subjectOf } = options;
  if (options.public) return createPublic(options, context);
  if (keyFile !== undefined) return createWithKeys(options, keyFile, context);
  if (certificate !== undefined) return createWithCertificate(options, await registrationOf(certificate), context);
  if (subject !== undefined) return createWithCertificate(options, await subjectTyped(subject), context);
  if (subjectOf !== undefined) return createWithCertificate(options, await subjectIn(subjectOf), context);
  const client = await context.controlClient(options.data);
  const known = options.env ? await addresses(client, options.data) : undefined;
  const created = await client.callUseCase('client.create', newClient(options));
  if (known === undefined) show(created, options, context);
  else printEnvironment(created, known, context);
}

function show(created: CreatedClient | ShownClient, { json }: RecordOptions, context: CommandContext): void {
  context.out(
    json ? `${createdJson(created)}\n` : `Client ${toPlainText(created.name)} was created.\n\n${createdText(created)}`,
  );
}

function newClient(options: CreateOptions) {
  const { name, id, scope, audience, claims, expires, tokenLifetime, bindTokens, grants } = options;
  const { redirectUri, postLogoutRedirectUri } = options;
  return {
    name,
    grants,
    ...(id === undefined ? {} : { id }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(audience === undefined ? {} : { audiences: audience }),
    ...(claims === undefined ? {} : { claims }),
    ...(expires === undefined ? {} : { expires }),
    ...(tokenLifetime === undefined ? {} : { tokenLifetimeSeconds: tokenLifetime }),
    ...(bindTokens === undefined ? {} : { bindTokens }),
    ...(redirectUri === undefined ? {} : { redirectUris: redirectUri }),
    ...(postLogoutRedirectUri === undefined ? {} : { postLogoutRedirectUris: postLogoutRedirectUri }),
  };
}

async function createPublic(options: CreateOptions, context: CommandContext): Promise<void> {
  const client = await context.controlClient(options.data);
  show(await client.callUseCase('client.create-public', newClient(options)), options, context);
}

/** The file is read before anything is created, and only its public keys go anywhere. */
async function createWithKeys(options: CreateOptions, file: string, context: CommandContext): Promise<void> {
  const keys = await publicKeysOf(file);
  const client = await context.controlClient(options.data);
  show(await client.callUseCase('client.create-with-keys', { ...newClient(options), keys }), options, context);
}

async function createWithCertificate(
  options: CreateOptions,
  registration: CertificateRegistration,
  context: CommandContext,
): Promise<void> {
  const client = await context.controlClient(options.data);
  const input = { ...newClient(options), registration };
  show(await client.callUseCase('client.create-with-certificate', input), options, context);
}

function printEnvironment(created: CreatedClient, known: Addresses, context: CommandContext): void {
  context.out(`${exportLines(clientEnvironment(created, known))}\n`);
  context.err(`client ${created.clientId} was created; its secret is only in these lines\n`);
  if (created.scopes.includes('orchestration')) return;
  context.err(
    'note: the client has no scope orchestration, so it gets no token for the audience in CLIENT_ID_OC and CAMUNDA_TOKEN_AUDIENCE\n',
  );
}

async function list(options: RecordOptions, context: CommandContext): Promise<void> {
  const clients = await (await context.controlClient(options.data)).callUseCase('client.list', {});
  if (options.json) return context.out(`${JSON.stringify(clients)}\n`);
  context.out(clientTable(clients));
}

async function rotate(
  id: string,
  options: RecordOptions & { overlap: number },
  context: CommandContext,
): Promise<void> {
  const client = await context.controlClient(options.data);
  const created = await client.callUseCase('client.rotate', { id, overlapSeconds: options.overlap });
  if (options.json) return context.out(`${createdJson(created)}\n`);
  const until = new Date(context.clock.now() + options.overlap * 1000).toISOString();
  const old = options.overlap === 0 ? 'The old one no longer works' : `The old one works until ${until}`;
  context.out(`Client ${created.clientId} has a new secret. ${old}.\n\n${createdText(created)}`);
}

async function remove(id: string, options: RecordOptions, context: CommandContext): Promise<void> {
  const deleted = await (await context.controlClient(options.data)).callUseCase('client.delete', { id });
  context.out(
    options.json
      ? `${JSON.stringify(deleted)}\n`
      : `Client ${deleted.clientId} was deleted, with its grants; its id is retired for good.\n`,
  );
}

function addCreate(group: Command, context: CommandContext): void {
  const command = group.command('create').description('register a client; its secret is shown once');
  withRecordOptions(command)
    .addOption(new NeededOption('--name <name>', 'what people call it'))
    .option('--id <id>', 'its client id (default: a new one)')
    .option(
      '--scope <scope>',
      `${SCOPES.join(', ')}; may be given several times (default: all of them)`,
      collectedScope,
    )
    .option(
      '--audience <audience>',
      'a service elsewhere that its tokens may be for, where they ask for it by name; may be given several times',
      collected,
    )
    .option(
      '--claims <json>',
      'claims that all its tokens have: one JSON object, such as {"permissions":{"operate-api":["read:*"]}}',
      inOneLine,
    )
    .option(
      '--expires <when>',
      'a date, a date and time, or a duration: 2030-01-31, 30d, PT12H (default: never)',
      (text) => usable(parseWhen(text, context.clock.now())),
    )
    .option(
      '--token-lifetime <duration>',
      'how long its tokens live: 1s to 24h (default: stagedoor.issuer.token-lifetime)',
      (text) => usable(parseSecondsWithin(text, '1s', '24h')),
    )
    .option('--no-grants', 'no authorizations: it sees the topology and nothing else')
    .addOption(new Option('--env', 'print export lines for eval, for the running program').conflicts('json'))
    .addOption(
      new Option(
        '--key-file <file>',
        'its public key or certificate (PEM, JWK or JWK set) in the place of a secret: it authenticates with private_key_jwt',
      ).conflicts('env'),
    )
    .addOption(
      new Option(
        '--certificate <file>',
        'its certificate (PEM) in the place of a secret: it connects with it, whoever signed it; may be given several times',
      )
        .argParser(collected)
        .conflicts(['env', 'keyFile']),
    )
    .addOption(
      new Option(
        '--certificate-subject <dn>',
        'the subject of its certificate, such as CN=reader,O=Stage,C=DE, in the place of a secret: a CA of trust-certificate signs it',
      ).conflicts(['env', 'keyFile', 'certificate']),
    )
    .addOption(
      new Option(
        '--certificate-subject-of <file>',
        'the same, taken from a certificate (PEM); a renewed one with this subject will do too',
      ).conflicts(['env', 'keyFile', 'certificate', 'certificateSubject']),
    )
    .addOption(
      new Option(
        '--bind-tokens <binding>',
        'what its tokens are worthless without (default: the certificate that it authenticates with)',
      ).choices(['none', 'certificate', 'dpop']),
    )
    .option(
      '--redirect-uri <uri>',
      'where people who log in with it are sent back to, exactly so; may be given several times (default: no person does)',
      collected,
    )
    .option(
      '--post-logout-redirect-uri <uri>',
      'where they are sent once they log out; may be given several times',
      collected,
    )
    .addOption(
      new Option(
        '--public',
        'it runs in browsers or on other people’s machines and can keep no secret: it gets tokens of people alone',
      ).conflicts(['env', 'keyFile', 'certificate', 'certificateSubject', 'certificateSubjectOf']),
    )
    .addHelpText('after', '\nExample:\n  eval "$(stagedoor client create --name reader --env)"')
    .action((options: CreateOptions) => create(options, context));
}

function addRotate(group: Command, context: CommandContext): void {
  const command = group.command('rotate').description('give a client a new secret; the old one goes on for a while');
  withRecordOptions(command)
    .argument('<id>', 'client id')
    .addOption(
      new Option('--overlap <duration>', 'how long both secrets work: 30d at most, 0s for not at all')
        .argParser((text) => usable(parseSecondsWithin(text, '0s', '30d')))
        .default(DEFAULT_OVERLAP_SECONDS, '24h'),
    )
    .action((id: string, options: RecordOptions & { overlap: number }) => rotate(id, options, context));
}

/** `client create|list|rotate|delete`. */
export function addClientCommands(program: Command, context: CommandContext): void {
  const group = program.command('client').description('clients that fetch tokens here');
  addCreate(group, context);
  withRecordOptions(group.command('list').description('list the clients')).action((options: RecordOptions) =>
    list(options, context),
  );
  addRotate(group, context);
  withRecordOptions(group.command('delete').description('delete a client, its tokens and its grants'))
    .argument('<id>', 'client id')
    .action((id: string, options: RecordOptions) => remove(id, options, context));
}
