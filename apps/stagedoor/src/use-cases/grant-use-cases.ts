import type { Actor, Parsed } from '@stagedoor/access';
import type { Identity } from '@stagedoor/identity';
import { parseOwner, parsePermissions, parseProperty, parseResource } from '../grant-grammar.ts';
import { InputRefused, type UseCases } from '../use-cases.ts';
import { inWords } from './in-words.ts';

type GrantUseCases = Pick<UseCases, 'grant.add' | 'grant.list' | 'grant.remove'>;

export function grantUseCases(identity: Identity, actor: Actor): GrantUseCases {
  const commands = identity.by(actor);
  return {
    'grant.add': async ({ owner, resource, property, permissions }) => {
      const { resourceType, resourceId } = accept('resource', parseResource(resource));
      const target =
        property === undefined
          ? { resourceId }
          : { resourcePropertyName: accept('property', parseProperty(resource, property)) };
      const permissionTypes = accept('permissions', parsePermissions(resourceType, permissions));
      const grantOwner = accept('owner', parseOwner(owner));
      return inWords(commands.addGrant({ ...grantOwner, resourceType, ...target, permissionTypes }));
    },
    'grant.list': () => inWords(identity.listGrants()),
    'grant.remove': async ({ key }) => {
      await inWords(commands.removeGrant({ authorizationKey: key }));
      return { authorizationKey: key };
    },
  };
}

function accept<T>(member: string, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new InputRefused(member, parsed.problem);
}
