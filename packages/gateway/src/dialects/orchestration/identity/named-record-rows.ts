import type { RecordPage, RecordSearch } from '@stagedoor/identity';
import type { Operation } from '../../../operation.ts';
import { object, objectWith, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import type { RecordCommands } from './identity-port.ts';
import { pathId } from './read-path-id.ts';
import { recordRows } from './record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

type IdName = 'roleId' | 'groupId' | 'tenantId';
type Described = { readonly name: string; readonly description: string };
/** A record under the name that its id has. */
type Named<Id extends IdName> = Described & { readonly [K in Id]: string };

/** A kind of record that has an id, a name and a description, and what v2 and the records call its operations. */
export type NamedRecordKind<Id extends IdName> = {
  readonly idName: Id;
  /** `Role`, as in `createRole`. */
  readonly noun: 'Role' | 'Group' | 'Tenant';
  readonly path: string;
  readonly resourceType: 'ROLE' | 'GROUP' | 'TENANT';
  readonly description: SearchDescription<Id | 'name'>;
  /** The words of Camunda's engine for a command on one that is not there. */
  readonly absent: (verb: 'update' | 'delete', id: string) => string;
  readonly one: (id: string) => Promise<Named<Id> | null>;
  readonly create: (commands: RecordCommands, id: string, rest: Described) => Promise<Named<Id>>;
  readonly update: (commands: RecordCommands, id: string, rest: Described) => Promise<Named<Id>>;
  readonly remove: (commands: RecordCommands, id: string) => Promise<unknown>;
  readonly search: (search: RecordSearch<Id | 'name'>) => Promise<RecordPage<Named<Id>>>;
};

type Texts = Readonly<Record<string, string | undefined>>;

/** The schema of such a record in an answer. */
export function namedRecordSchema(idName: IdName) {
  return object({ [idName]: text, name: text, description: text });
}

export function namedRecordOperations<Id extends IdName>(
  parts: RecordsParts,
  { idName, noun, path, resourceType, description, absent, ...kind }: NamedRecordKind<Id>,
): readonly Operation[] {
  const called = noun.toLowerCase();
  const members: Readonly<Record<string, typeof text>> = { [idName]: text, name: text, description: text };
  return recordRows(parts, {
    noun,
    path,
    resourceType,
    id: pathId(parts.readId, idName),
    schema: namedRecordSchema(idName),
    write: (record) => ({ [idName]: record[idName], name: record.name, description: record.description }),
    absent,
    create: {
      summary: `Creates a ${called}`,
      body: objectWith(members, [idName, 'name']),
      run: (commands, body) => kind.create(commands, body[idName] ?? '', described(body)),
    },
    get: {
      summary: `One ${called}`,
      unknown: (id) => `${noun} with id '${id}' not found`,
      one: kind.one,
      idOf: (record) => record[idName],
    },
    update: {
      summary: `Changes a ${called}; a description that is left out is empty`,
      body: objectWith({ name: text, description: text }, ['name']),
      run: (commands, id, body) => kind.update(commands, id, described(body)),
    },
    remove: { summary: `Deletes a ${called}, its grants and its memberships`, run: kind.remove },
    search: {
      id: `search${noun}s`,
      summary: `The ${called}s that the caller may read`,
      description,
      find: kind.search,
    },
  });
}

function described({ name = '', description = '' }: Texts): Described {
  return { name, description };
}
