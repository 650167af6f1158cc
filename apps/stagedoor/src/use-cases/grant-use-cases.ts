import type { Actor, Parsed } from '@stagedoor/access';
import type { Identity } from '@stagedoor/identity';
import { parseOwner, parsePermissions, parseResource } from '../grant-grammar.ts';
import { UseCaseError, type UseCases } from '../use-cases.ts';
import { inWords } from './in-words.ts';

type GrantUseCases = Pick<UseCases, 'grant.add' | 'grant.list' | 'grant.remove'>;

export function grantUseCases(identity: Identity, actor: Actor): GrantUseCases {
  const commands = identity.by(actor);
  return {
    'grant.add': async ({ owner, resource, permissions }) => {
      const { resourceType, resourceId } = accept(parseResource(resource));
      const permissionTypes = accept(parsePermissions(resourceType, permissions));
      return inWords(commands.addGrant({ ...accept(parseOwner(owner)), resourceType, resourceId, permissionTypes }));
    },
    'grant.list': () => inWords(identity.listGrants()),
    'grant.remove': async ({ key }) => {
      await inWords(commands.removeGrant({ authorizationKey: key }));
      return { authorizationKey: key };
    },
  };
}

function accept<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new UseCaseError('INVALID_ARGUMENT', parsed.problem);
}
