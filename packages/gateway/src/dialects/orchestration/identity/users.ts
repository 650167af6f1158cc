import { permission } from '@stagedoor/access';
import type { UserField } from '@stagedoor/identity';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { noContent, type Operation, ok, operation } from '../../../operation.ts';
import { object, objectWith, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import { notFound, rejectedAsUnknown } from './not-found.ts';
import { pathIds } from './read-path-id.ts';
import { change, type RecordsParts, readRecordSearch } from './records-parts.ts';

const NEW_USER = objectWith({ username: text, password: text, name: text, email: text }, ['username', 'password']);
const CHANGED_USER = objectWith({ password: text, name: text, email: text }, []);
const USER = object({ username: text, name: text, email: text });
const USERS: SearchDescription<UserField> = {
  fields: {
    username: { type: 'text', of: 'username', filter: 'advanced', sort: true },
    name: { type: 'text', of: 'name', filter: 'advanced', sort: true },
    email: { type: 'text', of: 'email', filter: 'advanced', sort: true },
  },
};

const PATH = pathIds('username');
const NO_QUERY = object({});
type OnOne = { readonly params: Readonly<Record<string, string | undefined>> };

export function userOperations(parts: RecordsParts): readonly Operation[] {
  return [createUser(parts), getUser(parts), updateUser(parts), deleteUser(parts), searchUsers(parts)];
}

function createUser(parts: RecordsParts): Operation {
  return operation({
    id: 'createUser',
    method: 'POST',
    path: '/v2/users',
    summary: 'Creates a user, who may read his own record',
    requirement: permission('USER', 'CREATE', 'everything'),
    command: 'CREATE',
    query: NO_QUERY,
    body: { kind: 'json', schema: NEW_USER },
    responses: { 201: USER },
    handle: async ({ actor, body }) => {
      return { status: 201, body: write(await change(parts, actor, (commands) => commands.createUser(body))) };
    },
  });
}

function getUser(parts: RecordsParts): Operation {
  const found = async ({ params }: OnOne) => {
    const username = parts.readId('username', params);
    const user = await askIdentity(parts.records.user(username));
    if (user === null) throw notFound(`User with id '${username}' not found`);
    return user;
  };
  return operation({
    id: 'getUser',
    method: 'GET',
    path: '/v2/users/{username}',
    summary: 'One user',
    requirement: permission('USER', 'READ', 'found'),
    params: PATH,
    query: NO_QUERY,
    responses: { 200: USER },
    find: async (call) => [{ resourceId: (await found(call)).username }],
    handle: async (call) => ok(write(await found(call))),
  });
}

function updateUser(parts: RecordsParts): Operation {
  return operation({
    id: 'updateUser',
    method: 'PUT',
    path: '/v2/users/{username}',
    summary: 'Changes what is given of a user: name, e-mail address, password',
    requirement: permission('USER', 'UPDATE', 'found'),
    command: 'UPDATE',
    params: PATH,
    query: NO_QUERY,
    body: { kind: 'json', schema: CHANGED_USER },
    responses: { 200: USER },
    find: (call) => findForCommand(parts, 'UPDATE', call),
    handle: async ({ actor, params, body }) => {
      const username = parts.readId('username', params);
      return ok(write(await change(parts, actor, (commands) => commands.updateUser({ ...body, username }))));
    },
  });
}

function deleteUser(parts: RecordsParts): Operation {
  return operation({
    id: 'deleteUser',
    method: 'DELETE',
    path: '/v2/users/{username}',
    summary: 'Deletes a user, his grants and his memberships',
    requirement: permission('USER', 'DELETE', 'found'),
    command: 'DELETE',
    params: PATH,
    query: NO_QUERY,
    responses: { 204: null },
    find: (call) => findForCommand(parts, 'DELETE', call),
    handle: async ({ actor, params }) => {
      const username = parts.readId('username', params);
      await change(parts, actor, (commands) => commands.deleteUser({ username }));
      return noContent;
    },
  });
}

function searchUsers(parts: RecordsParts): Operation {
  return operation({
    id: 'searchUsers',
    method: 'POST',
    path: '/v2/users/search',
    summary: 'The users that the caller may read',
    requirement: permission('USER', 'READ', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: searchRequest(USERS), optional: true },
    responses: { 200: pageOf(USER) },
    handle: async ({ body, visibility }) => {
      const query = readRecordSearch(parts, USERS, body, visibleIds(visibility), ['searchUsers']);
      return ok(query.page(await askIdentity(parts.records.searchUsers(query.search)), write));
    },
  });
}

async function findForCommand({ records, readId }: RecordsParts, command: 'UPDATE' | 'DELETE', { params }: OnOne) {
  const username = readId('username', params);
  if ((await askIdentity(records.user(username))) !== null) return [{ resourceId: username }];
  const expected = `Expected to ${command.toLowerCase()} user with username ${username}`;
  throw rejectedAsUnknown(command, `${expected}, but a user with this username does not exist`);
}

function write({ username, name, email }: { username: string; name: string; email: string }): object {
  return { username, name, email };
}
