import { permission } from '@stagedoor/access';
import type { RecordPage, RecordSearch } from '@stagedoor/identity';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { noContent, type Operation, ok, operation } from '../../../operation.ts';
import { type ObjectSchema, object, objectWith, type Schema, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import type { RecordCommands } from './identity-port.ts';
import { notFound, rejectedAsUnknown } from './not-found.ts';
import { pathIds } from './read-path-id.ts';
import { change, type RecordsParts, readRecordSearch } from './records-parts.ts';

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

const NO_QUERY = object({});
type Texts = Readonly<Record<string, string | undefined>>;

/** The schema of such a record in an answer. */
export function namedRecordSchema(idName: IdName) {
  return object({ [idName]: text, name: text, description: text });
}

export function namedRecordOperations<Id extends IdName>(
  parts: RecordsParts,
  kind: NamedRecordKind<Id>,
): readonly Operation[] {
  return [
    createOne(parts, kind),
    getOne(parts, kind),
    updateOne(parts, kind),
    deleteOne(parts, kind),
    searchThem(parts, kind),
  ];
}

function createOne<Id extends IdName>(parts: RecordsParts, kind: NamedRecordKind<Id>): Operation {
  const { idName, noun, path, resourceType } = kind;
  const members: Readonly<Record<string, typeof text>> = { [idName]: text, name: text, description: text };
  return operation({
    id: `create${noun}`,
    method: 'POST',
    path,
    summary: `Creates a ${noun.toLowerCase()}`,
    requirement: permission(resourceType, 'CREATE', 'everything'),
    command: 'CREATE',
    query: NO_QUERY,
    body: { kind: 'json', schema: objectWith(members, [idName, 'name']) },
    responses: { 201: namedRecordSchema(idName) },
    handle: async ({ actor, body }) => {
      const made = await change(parts, actor, (commands) => kind.create(commands, body[idName] ?? '', described(body)));
      return { status: 201, body: writer(kind)(made) };
    },
  });
}

function getOne<Id extends IdName>({ readId }: RecordsParts, kind: NamedRecordKind<Id>): Operation {
  const { idName, noun, path, resourceType, one } = kind;
  const found = async ({ params }: { readonly params: Texts }) => {
    const id = readId(idName, params);
    const record = await askIdentity(one(id));
    if (record === null) throw notFound(`${noun} with id '${id}' not found`);
    return record;
  };
  return operation({
    id: `get${noun}`,
    method: 'GET',
    path: `${path}/{${idName}}`,
    summary: `One ${noun.toLowerCase()}`,
    requirement: permission(resourceType, 'READ', 'found'),
    params: pathIds(idName),
    query: NO_QUERY,
    responses: { 200: namedRecordSchema(idName) },
    find: async (call) => [{ resourceId: (await found(call))[idName] }],
    handle: async (call) => ok(writer(kind)(await found(call))),
  });
}

function updateOne<Id extends IdName>(parts: RecordsParts, kind: NamedRecordKind<Id>): Operation {
  const { idName, noun, path, resourceType } = kind;
  return operation({
    id: `update${noun}`,
    method: 'PUT',
    path: `${path}/{${idName}}`,
    summary: `Changes a ${noun.toLowerCase()}; a description that is left out is empty`,
    requirement: permission(resourceType, 'UPDATE', 'found'),
    command: 'UPDATE',
    params: pathIds(idName),
    query: NO_QUERY,
    body: { kind: 'json', schema: objectWith({ name: text, description: text }, ['name']) },
    responses: { 200: namedRecordSchema(idName) },
    find: ({ params }) => findForCommand(parts, kind, 'UPDATE', params),
    handle: async ({ actor, params, body }) => {
      const id = parts.readId(idName, params);
      return ok(writer(kind)(await change(parts, actor, (commands) => kind.update(commands, id, described(body)))));
    },
  });
}

function deleteOne<Id extends IdName>(parts: RecordsParts, kind: NamedRecordKind<Id>): Operation {
  const { idName, noun, path, resourceType } = kind;
  return operation({
    id: `delete${noun}`,
    method: 'DELETE',
    path: `${path}/{${idName}}`,
    summary: `Deletes a ${noun.toLowerCase()}, its grants and its memberships`,
    requirement: permission(resourceType, 'DELETE', 'found'),
    command: 'DELETE',
    params: pathIds(idName),
    query: NO_QUERY,
    responses: { 204: null },
    find: ({ params }) => findForCommand(parts, kind, 'DELETE', params),
    handle: async ({ actor, params }) => {
      const id = parts.readId(idName, params);
      await change(parts, actor, (commands) => kind.remove(commands, id));
      return noContent;
    },
  });
}

function searchThem<Id extends IdName>(parts: RecordsParts, kind: NamedRecordKind<Id>): Operation {
  const { idName, noun, path, resourceType, description } = kind;
  const id = `search${noun}s`;
  return operation<ObjectSchema, ObjectSchema, Schema>({
    id,
    method: 'POST',
    path: `${path}/search`,
    summary: `The ${noun.toLowerCase()}s that the caller may read`,
    requirement: permission(resourceType, 'READ', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: searchRequest(description), optional: true },
    responses: { 200: pageOf(namedRecordSchema(idName)) },
    handle: async ({ body, visibility }) => {
      const query = readRecordSearch(parts, description, body, visibleIds(visibility), [id]);
      return ok(query.page(await askIdentity(kind.search(query.search)), writer(kind)));
    },
  });
}

async function findForCommand<Id extends IdName>(
  { readId }: RecordsParts,
  { idName, one, absent }: NamedRecordKind<Id>,
  command: 'UPDATE' | 'DELETE',
  params: Texts,
) {
  const id = readId(idName, params);
  if ((await askIdentity(one(id))) !== null) return [{ resourceId: id }];
  throw rejectedAsUnknown(command, absent(command === 'UPDATE' ? 'update' : 'delete', id));
}

function described({ name = '', description = '' }: Texts): Described {
  return { name, description };
}

function writer<Id extends IdName>({ idName }: Pick<NamedRecordKind<Id>, 'idName'>) {
  return (record: Named<Id>): object => {
    return { [idName]: record[idName], name: record.name, description: record.description };
  };
}
