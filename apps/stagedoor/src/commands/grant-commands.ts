import { RESOURCE_PROPERTIES, RESOURCE_TYPES } from '@stagedoor/access';
import { type Command, Option } from 'commander';
import { OWNER_FORMS, OWNER_KINDS } from '../grant-grammar.ts';
import type { ListedGrant } from '../use-cases.ts';
import type { CommandContext } from './command-context.ts';
import { NeededOption } from './given-values.ts';
import { type RecordOptions, withRecordOptions } from './option-values.ts';
import { terminalTable } from './terminal-table.ts';

type AddOptions = RecordOptions & {
  readonly owner: string;
  readonly resource: string;
  readonly property?: string;
  readonly permission: readonly string[];
};

function kindOf(grant: ListedGrant): string {
  const kind = Object.entries(OWNER_KINDS).find(([, ownerType]) => ownerType === grant.ownerType);
  return kind === undefined ? grant.ownerType.toLowerCase() : kind[0];
}

function inWords(grant: ListedGrant): readonly string[] {
  const owner = `${kindOf(grant)}:${grant.ownerId}`;
  return [
    grant.authorizationKey,
    owner,
    `${grant.resourceType}:${grant.resourceId ?? `(${grant.resourcePropertyName})`}`,
    grant.permissionTypes.join(' '),
  ];
}

async function add(options: AddOptions, context: CommandContext): Promise<void> {
  const { owner, resource, property, permission } = options;
  const client = await context.controlClient(options.data);
  const grant = await client.callUseCase('grant.add', {
    owner,
    resource,
    ...(property === undefined ? {} : { property }),
    permissions: permission,
  });
  if (options.json) return context.out(`${JSON.stringify(grant)}\n`);
  context.out(`Grant ${grant.authorizationKey} was added.\n`);
}

async function list(options: RecordOptions, context: CommandContext): Promise<void> {
  const grants = await (await context.controlClient(options.data)).callUseCase('grant.list', {});
  if (options.json) return context.out(`${JSON.stringify(grants)}\n`);
  context.out(`${terminalTable(['KEY', 'OWNER', 'RESOURCE', 'PERMISSIONS'], grants.map(inWords))}\n`);
}

async function remove(key: string, options: RecordOptions, context: CommandContext): Promise<void> {
  const removed = await (await context.controlClient(options.data)).callUseCase('grant.remove', { key });
  context.out(options.json ? `${JSON.stringify(removed)}\n` : `Grant ${removed.authorizationKey} was removed.\n`);
}

const ADD_HELP = `
Resource types: ${RESOURCE_TYPES.join(', ')}
A wrong permission is answered with those that its type has.

Examples:
  stagedoor grant add --owner user:alice --resource PROCESS_DEFINITION:order --permission READ_PROCESS_DEFINITION READ_PROCESS_INSTANCE
  stagedoor grant add --owner group:clerks --resource USER_TASK --property candidateGroups --permission READ CLAIM`;

/** `grant add|list|remove`. */
export function addGrantCommands(program: Command, context: CommandContext): void {
  const group = program.command('grant').description('what users, clients, roles and groups may do');
  withRecordOptions(group.command('add').description('grant permissions'))
    .addOption(new NeededOption('--owner <owner>', OWNER_FORMS))
    .addOption(new NeededOption('--resource <resource>', 'TYPE, which means all of them, or TYPE:ID'))
    .addOption(
      new Option(
        '--property <property>',
        'with --resource USER_TASK: the tasks that name the owner, or his group, there',
      ).choices(RESOURCE_PROPERTIES),
    )
    .addOption(new NeededOption('--permission <permission...>', 'one or more; may be given several times'))
    .addHelpText('after', ADD_HELP)
    .action((options: AddOptions) => add(options, context));
  withRecordOptions(group.command('list').description('list the grants')).action((options: RecordOptions) =>
    list(options, context),
  );
  withRecordOptions(group.command('remove').description('take a grant back'))
    .argument('<key>', 'its key, as grant list shows it')
    .action((key: string, options: RecordOptions) => remove(key, options, context));
}
