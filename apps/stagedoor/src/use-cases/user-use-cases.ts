import type { Identity } from '@stagedoor/identity';
import type { UseCases } from '../use-cases.ts';
import { inWords } from './in-words.ts';

export function userUseCases(
  identity: Identity,
): Pick<UseCases, 'user.create' | 'user.passwd' | 'user.list' | 'user.delete'> {
  return {
    'user.create': (input) => inWords(identity.createUser(input)),
    'user.passwd': async ({ username, password }) => {
      await inWords(identity.changePassword({ username, password }));
      return { username };
    },
    'user.list': () => inWords(identity.listUsers()),
    'user.delete': async ({ username }) => {
      await inWords(identity.deleteUser({ username }));
      return { username };
    },
  };
}
