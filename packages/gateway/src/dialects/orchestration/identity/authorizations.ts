import { permission } from '@stagedoor/access';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { noContent, type Operation, ok, operation } from '../../../operation.ts';
import { object, objectWith, text } from '../../../schema.ts';
import { readPathKey } from '../read-path-key.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import { GRANT, GRANTS, NEW_GRANT, writeGrant } from './grant-schema.ts';
import { notFound, rejectedAsUnknown } from './not-found.ts';
import { change, type RecordsParts, readRecordSearch } from './records-parts.ts';

const PATH = objectWith({ authorizationKey: { ...text, minLength: 1, maxLength: 25 } }, ['authorizationKey']);
const NO_QUERY = object({});
type OnOne = { readonly params: { readonly authorizationKey: string } };

export function authorizationOperations(parts: RecordsParts): readonly Operation[] {
  return [createGrant(parts), getGrant(parts), updateGrant(parts), deleteGrant(parts), searchGrants(parts)];
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

function getGrant(parts: RecordsParts): Operation {
  const found = async ({ params }: OnOne) => {
    const key = readPathKey('authorizationKey', params.authorizationKey);
    const grant = await askIdentity(parts.records.grant(key));
    if (grant === null) throw notFound(`Authorization with key '${key}' not found`);
    return grant;
  };
  return operation({
    id: 'getAuthorization',
    method: 'GET',
    path: '/v2/authorizations/{authorizationKey}',
    summary: 'One authorization',
    requirement: permission('AUTHORIZATION', 'READ', 'found'),
    params: PATH,
    query: NO_QUERY,
    responses: { 200: GRANT },
    find: async (call) => [{ resourceId: (await found(call)).authorizationKey }],
    handle: async (call) => ok(writeGrant(await found(call))),
  });
}

function updateGrant(parts: RecordsParts): Operation {
  return operation({
    id: 'updateAuthorization',
    method: 'PUT',
    path: '/v2/authorizations/{authorizationKey}',
    summary: 'Puts another authorization in the place of this one, under the same key',
    requirement: permission('AUTHORIZATION', 'UPDATE', 'found'),
    command: 'UPDATE',
    params: PATH,
    query: NO_QUERY,
    body: { kind: 'json', schema: NEW_GRANT },
    responses: { 204: null },
    find: (call) => findForCommand(parts, 'UPDATE', call),
    handle: async ({ actor, params, body }) => {
      const authorizationKey = readPathKey('authorizationKey', params.authorizationKey);
      await change(parts, actor, (commands) => commands.updateGrant({ ...body, authorizationKey }));
      return noContent;
    },
  });
}

function deleteGrant(parts: RecordsParts): Operation {
  return operation({
    id: 'deleteAuthorization',
    method: 'DELETE',
    path: '/v2/authorizations/{authorizationKey}',
    summary: 'Takes an authorization back',
    requirement: permission('AUTHORIZATION', 'DELETE', 'found'),
    command: 'DELETE',
    params: PATH,
    query: NO_QUERY,
    responses: { 204: null },
    find: (call) => findForCommand(parts, 'DELETE', call),
    handle: async ({ actor, params }) => {
      const authorizationKey = readPathKey('authorizationKey', params.authorizationKey);
      await change(parts, actor, (commands) => commands.removeGrant({ authorizationKey }));
      return noContent;
    },
  });
}

function searchGrants(parts: RecordsParts): Operation {
  return operation({
    id: 'searchAuthorizations',
    method: 'POST',
    path: '/v2/authorizations/search',
    summary: 'The authorizations that the caller may read',
    requirement: permission('AUTHORIZATION', 'READ', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: searchRequest(GRANTS), optional: true },
    responses: { 200: pageOf(GRANT) },
    handle: async ({ body, visibility }) => {
      const query = readRecordSearch(parts, GRANTS, body, visibleIds(visibility), ['searchAuthorizations']);
      return ok(query.page(await askIdentity(parts.records.searchGrants(query.search)), writeGrant));
    },
  });
}

async function findForCommand({ records }: RecordsParts, command: 'UPDATE' | 'DELETE', { params }: OnOne) {
  const key = readPathKey('authorizationKey', params.authorizationKey);
  if ((await askIdentity(records.grant(key))) !== null) return [{ resourceId: key }];
  const expected = `Expected to ${command.toLowerCase()} authorization with key ${key}`;
  throw rejectedAsUnknown(command, `${expected}, but an authorization with this key does not exist`);
}
