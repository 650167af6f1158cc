import { type Actor, OPERATOR } from '@stagedoor/access';
import type { House } from '../house.ts';
import type { UseCases } from '../use-cases.ts';
import { clientUseCases } from './client-use-cases.ts';
import { nobodyToAsk } from './explain-use-case.ts';
import { grantUseCases } from './grant-use-cases.ts';
import { storedKeyUseCases } from './key-use-cases.ts';
import { userUseCases } from './user-use-cases.ts';

/** The use cases as somebody calls them: what they change, the audit log has under his name. The command line is the operator. */
export function allUseCases(house: House, actor: Actor = OPERATOR): UseCases {
  return {
    ...clientUseCases(house, actor),
    ...userUseCases(house.identity, actor),
    ...grantUseCases(house.identity, actor),
    ...storedKeyUseCases(house),
    explain: nobodyToAsk,
  };
}
