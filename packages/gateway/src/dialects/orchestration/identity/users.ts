import type { UserField } from '@stagedoor/identity';
import type { Operation } from '../../../operation.ts';
import { object, objectWith, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { pathId } from './read-path-id.ts';
import { recordRows } from './record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

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

export function userOperations(parts: RecordsParts): readonly Operation[] {
  const { records, readId } = parts;
  return recordRows(parts, {
    noun: 'User',
    path: '/v2/users',
    resourceType: 'USER',
    id: pathId(readId, 'username'),
    schema: USER,
    write,
    absent: (verb, username) =>
      `Expected to ${verb} user with username ${username}, but a user with this username does not exist`,
    create: {
      summary: 'Creates a user, who may read his own record',
      body: NEW_USER,
      run: (commands, user) => commands.createUser(user),
    },
    get: {
      summary: 'One user',
      unknown: (username) => `User with id '${username}' not found`,
      one: (username) => records.user(username),
      idOf: ({ username }) => username,
    },
    update: {
      summary: 'Changes what is given of a user: name, e-mail address, password',
      body: CHANGED_USER,
      run: (commands, username, changes) => commands.updateUser({ ...changes, username }),
    },
    remove: {
      summary: 'Deletes a user, his grants and his memberships',
      run: (commands, username) => commands.deleteUser({ username }),
    },
    search: {
      id: 'searchUsers',
      summary: 'The users that the caller may read',
      description: USERS,
      find: (search) => records.searchUsers(search),
    },
  });
}

function write({ username, name, email }: { username: string; name: string; email: string }): object {
  return { username, name, email };
}
