import type { Actor } from '@stagedoor/access';
import type { Identity } from '@stagedoor/identity';
import type { UseCases } from '../use-cases.ts';
import { inWords } from './in-words.ts';

type UserUseCases = Pick<UseCases, 'user.create' | 'user.passwd' | 'user.list' | 'user.delete'>;

export function userUseCases(identity: Identity, actor: Actor): UserUseCases {
  const commands = identity.by(actor);
  return {
    'user.create': (input) => inWords(commands.createUser(input)),
    'user.passwd': async ({ username, password }) => {
      await inWords(commands.changePassword({ username, password }));
      return { username };
    },
    'user.list': () => inWords(identity.listUsers()),
    'user.delete': async ({ username }) => {
      await inWords(commands.deleteUser({ username }));
      return { username };
    },
  };
}
