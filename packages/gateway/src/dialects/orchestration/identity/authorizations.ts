import { permission } from '@stagedoor/access';
import type { GrantField, StoredAuthorization } from '@stagedoor/identity';
import { noContent, type Operation, operation } from '../../../operation.ts';
import { object, text } from '../../../schema.ts';
import { GRANT, GRANTS, NEW_GRANT, writeGrant } from './grant-schema.ts';
import { pathKey } from './read-path-id.ts';
import { deleteOne, findForCommand, getOne, type KeptKind, NO_QUERY, searchThem } from './record-rows.ts';
import { change, type RecordsParts } from './records-parts.ts';

type Grants = KeptKind<StoredAuthorization, GrantField>;

export function authorizationOperations(parts: RecordsParts): readonly Operation[] {
  const grants = grantsOf(parts);
  return [
    createGrant(parts),
    getOne(grants),
    updateGrant(parts, grants),
    deleteOne(parts, grants),
    searchThem(parts, grants),
  ];
}

function grantsOf({ records }: RecordsParts): Grants {
  return {
    noun: 'Authorization',
    path: '/v2/authorizations',
    resourceType: 'AUTHORIZATION',
    id: pathKey('authorizationKey'),
    schema: GRANT,
    write: writeGrant,
    absent: (verb, key) =>
      `Expected to ${verb} authorization with key ${key}, but an authorization with this key does not exist`,
    get: {
      summary: 'One authorization',
      unknown: (key) => `Authorization with key '${key}' not found`,
      one: (key) => records.grant(key),
      idOf: ({ authorizationKey }) => authorizationKey,
    },
    remove: {
      summary: 'Takes an authorization back',
      run: (commands, authorizationKey) => commands.removeGrant({ authorizationKey }),
    },
    search: {
      id: 'searchAuthorizations',
      summary: 'The authorizations that the caller may read',
      description: GRANTS,
      find: (search) => records.searchGrants(search),
    },
  };
}

function createGrant(parts: RecordsParts): Operation {
  return operation({
    id: 'createAuthorization',
    method: 'POST',
    path: '/v2/authorizations',
    summary: 'Grants permissions on a resource to a user, client, role, group or mapping rule',
    requirement: permission('AUTHORIZATION', 'CREATE', 'everything'),
    command: 'CREATE',
    query: NO_QUERY,
    body: { kind: 'json', schema: NEW_GRANT },
    responses: { 201: object({ authorizationKey: text }) },
    handle: async ({ actor, body }) => {
      const { authorizationKey } = await change(parts, actor, (commands) => commands.addGrant(body));
      return { status: 201, body: { authorizationKey } };
    },
  });
}

function updateGrant(parts: RecordsParts, grants: Grants): Operation {
  return operation({
    id: 'updateAuthorization',
    method: 'PUT',
    path: '/v2/authorizations/{authorizationKey}',
    summary: 'Puts another authorization in the place of this one, under the same key',
    requirement: permission('AUTHORIZATION', 'UPDATE', 'found'),
    command: 'UPDATE',
    params: grants.id.schema,
    query: NO_QUERY,
    body: { kind: 'json', schema: NEW_GRANT },
    responses: { 204: null },
    find: (call) => findForCommand(grants, 'UPDATE', call),
    handle: async ({ actor, params, body }) => {
      const authorizationKey = grants.id.read(params);
      await change(parts, actor, (commands) => commands.updateGrant({ ...body, authorizationKey }));
      return noContent;
    },
  });
}
