import type { ClientId, Scope } from '@stagedoor/access';
import { joinAuthorizations } from './authorization-rows.ts';
import { advanceEpoch } from './epoch.ts';
import type { IdentityParts } from './identity-parts.ts';
import { retireClientId, takeClientId } from './principal-names.ts';
import { grantsOfScopes } from './scope-grants.ts';
import type { IdentityDatabase } from './tables.ts';

/** Parts of a bigger transaction of the program's: a client and its grants are one thing to its user. */
export type ClientCommands = {
  /** Takes the id for a client. Throws INVALID_ARGUMENT, or ALREADY_EXISTS: taken by a user or a client, or a deleted client's. */
  reserveClientName(tx: IdentityDatabase, clientId: string): Promise<ClientId>;
  /** What the scopes grant at creation, joined with what the client has already. */
  addClientGrants(tx: IdentityDatabase, clientId: ClientId, scopes: readonly Scope[]): Promise<void>;
  /** Takes the client's grants and memberships along and retires its id for good. Throws NOT_FOUND. */
  removeClient(tx: IdentityDatabase, clientId: string): Promise<void>;
};

export function clientCommands(parts: IdentityParts): ClientCommands {
  return {
    reserveClientName: (tx, clientId) => takeClientId(tx, clientId, parts.idPattern),
    addClientGrants,
    removeClient,
  };
}

async function addClientGrants(tx: IdentityDatabase, clientId: ClientId, scopes: readonly Scope[]): Promise<void> {
  const owner = { ownerType: 'CLIENT', ownerId: clientId, resourceId: '*' } as const;
  const grants = [...grantsOfScopes(scopes)].map(([resourceType, permissions]) => {
    return { ...owner, resourceType, permissionTypes: [...permissions] };
  });
  await joinAuthorizations(tx, grants);
  await advanceEpoch(tx);
}

async function removeClient(tx: IdentityDatabase, clientId: string): Promise<void> {
  await retireClientId(tx, clientId);
  await tx.deleteFrom('authorizations').where('owner_type', '=', 'CLIENT').where('owner_id', '=', clientId).execute();
  await tx.deleteFrom('memberships').where('member_type', '=', 'client').where('member_id', '=', clientId).execute();
  await advanceEpoch(tx);
}
