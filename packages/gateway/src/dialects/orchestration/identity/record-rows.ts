import { permission } from '@stagedoor/access';
import type { RecordPage, RecordSearch } from '@stagedoor/identity';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { noContent, type Operation, ok, operation } from '../../../operation.ts';
import { type ObjectSchema, object, type Schema, type TypeOf } from '../../../schema.ts';
import { foundOnce } from '../found-once.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import type { RecordCommands } from './identity-port.ts';
import { notFound, rejectedAsUnknown } from './not-found.ts';
import type { PathId, PathSchema } from './read-path-id.ts';
import { change, type RecordsParts, readRecordSearch } from './records-parts.ts';

type OnOne = { readonly params: Readonly<Record<string, string | undefined>> };

type KeptType = 'USER' | 'ROLE' | 'GROUP' | 'TENANT' | 'MAPPING_RULE' | 'AUTHORIZATION';

/** A kind of record that can be read by its id and searched for. */
export type ReadKind<Item, Field extends string> = {
  /** `Role`, as in `getRole`. */
  readonly noun: string;
  readonly path: string;
  readonly resourceType: KeptType | 'AUDIT_LOG';
  readonly id: PathId;
  readonly schema: Schema;
  readonly write: (item: Item) => object;
  readonly get: {
    readonly summary: string;
    /** What a caller is told who reads one that is not there. */
    readonly unknown: (id: string) => string;
    readonly one: (id: string) => Promise<Item | null>;
    readonly idOf: (item: Item) => string;
  };
  readonly search: {
    readonly id: string;
    readonly summary: string;
    readonly description: SearchDescription<Field>;
    readonly find: (search: RecordSearch<Field>) => Promise<RecordPage<Item>>;
  };
};

/** One that can be deleted as well. */
export type KeptKind<Item, Field extends string> = ReadKind<Item, Field> & {
  readonly resourceType: KeptType;
  /** The words of Camunda's engine for a command on one that is not there. */
  readonly absent: (verb: 'update' | 'delete', id: string) => string;
  readonly remove: {
    readonly summary: string;
    readonly run: (commands: RecordCommands, id: string) => Promise<unknown>;
  };
};

/** One whose creation and change answer with the whole record. */
export type RecordKind<Item, Field extends string, New extends Schema, Changed extends Schema> = KeptKind<
  Item,
  Field
> & {
  readonly create: {
    readonly summary: string;
    readonly body: New;
    readonly run: (commands: RecordCommands, body: TypeOf<New>) => Promise<Item>;
  };
  readonly update: {
    readonly summary: string;
    readonly body: Changed;
    readonly run: (commands: RecordCommands, id: string, body: TypeOf<Changed>) => Promise<Item>;
  };
};

export const NO_QUERY = object({});

export function recordRows<Item, Field extends string, New extends Schema, Changed extends Schema>(
  parts: RecordsParts,
  kind: RecordKind<Item, Field, New, Changed>,
): readonly Operation[] {
  return [
    createOne(parts, kind),
    getOne(kind),
    updateOne(parts, kind),
    deleteOne(parts, kind),
    searchThem(parts, kind),
  ];
}

function createOne<Item, Field extends string, New extends Schema, Changed extends Schema>(
  parts: RecordsParts,
  { noun, path, resourceType, schema, write, create }: RecordKind<Item, Field, New, Changed>,
): Operation {
  return operation<ObjectSchema, ObjectSchema, New>({
    id: `create${noun}`,
    method: 'POST',
    path,
    summary: create.summary,
    requirement: permission(resourceType, 'CREATE', 'everything'),
    command: 'CREATE',
    query: NO_QUERY,
    body: { kind: 'json', schema: create.body },
    responses: { 201: schema },
    handle: async ({ actor, body }) => {
      return { status: 201, body: write(await change(parts, actor, (commands) => create.run(commands, body))) };
    },
  });
}

export function getOne<Item, Field extends string>(kind: ReadKind<Item, Field>): Operation {
  const { noun, path, resourceType, id, schema, write, get } = kind;
  const found = foundOnce(async ({ params }: OnOne) => {
    const asked = id.read(params);
    const item = await askIdentity(get.one(asked));
    if (item === null) throw notFound(get.unknown(asked));
    return item;
  });
  return operation<PathSchema, ObjectSchema, Schema>({
    id: `get${noun}`,
    method: 'GET',
    path: `${path}/{${id.name}}`,
    summary: get.summary,
    requirement: permission(resourceType, 'READ', 'found'),
    params: id.schema,
    query: NO_QUERY,
    responses: { 200: schema },
    find: async (call) => [{ resourceId: get.idOf(await found(call)) }],
    handle: async (call) => ok(write(await found(call))),
  });
}

function updateOne<Item, Field extends string, New extends Schema, Changed extends Schema>(
  parts: RecordsParts,
  kind: RecordKind<Item, Field, New, Changed>,
): Operation {
  const { noun, path, resourceType, id, schema, write, update } = kind;
  return operation<PathSchema, ObjectSchema, Changed>({
    id: `update${noun}`,
    method: 'PUT',
    path: `${path}/{${id.name}}`,
    summary: update.summary,
    requirement: permission(resourceType, 'UPDATE', 'found'),
    command: 'UPDATE',
    params: id.schema,
    query: NO_QUERY,
    body: { kind: 'json', schema: update.body },
    responses: { 200: schema },
    find: (call) => findForCommand(kind, 'UPDATE', call),
    handle: async ({ actor, params, body }) => {
      const named = id.read(params);
      return ok(write(await change(parts, actor, (commands) => update.run(commands, named, body))));
    },
  });
}

export function deleteOne<Item, Field extends string>(parts: RecordsParts, kind: KeptKind<Item, Field>): Operation {
  const { noun, path, resourceType, id, remove } = kind;
  return operation<PathSchema, ObjectSchema, Schema>({
    id: `delete${noun}`,
    method: 'DELETE',
    path: `${path}/{${id.name}}`,
    summary: remove.summary,
    requirement: permission(resourceType, 'DELETE', 'found'),
    command: 'DELETE',
    params: id.schema,
    query: NO_QUERY,
    responses: { 204: null },
    find: (call) => findForCommand(kind, 'DELETE', call),
    handle: async ({ actor, params }) => {
      const named = id.read(params);
      await change(parts, actor, (commands) => remove.run(commands, named));
      return noContent;
    },
  });
}

export function searchThem<Item, Field extends string>(parts: RecordsParts, kind: ReadKind<Item, Field>): Operation {
  const { path, resourceType, schema, write, search } = kind;
  return operation<ObjectSchema, ObjectSchema, Schema>({
    id: search.id,
    method: 'POST',
    path: `${path}/search`,
    summary: search.summary,
    requirement: permission(resourceType, 'READ', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: searchRequest(search.description), optional: true },
    responses: { 200: pageOf(schema) },
    handle: async ({ body, visibility }) => {
      const query = readRecordSearch(parts, search.description, body, visibleIds(visibility), [search.id]);
      return ok(query.page(await askIdentity(search.find(query.search)), write));
    },
  });
}

/** What a command is about: the id in the path, of a record that is there. */
export async function findForCommand<Item, Field extends string>(
  { id, get, absent }: KeptKind<Item, Field>,
  command: 'UPDATE' | 'DELETE',
  { params }: OnOne,
) {
  const named = id.read(params);
  if ((await askIdentity(get.one(named))) !== null) return [{ resourceId: named }];
  throw rejectedAsUnknown(command, absent(command === 'UPDATE' ? 'update' : 'delete', named));
}
