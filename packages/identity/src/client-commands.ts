import type { ClientId, Scope } from '@stagedoor/access';
import { joinAuthorizations } from './authorization-rows.ts';
import type { ActingParts } from './identity-parts.ts';
import { retireClientId, takeClientId } from './principal-names.ts';
import { changeWithin } from './record-change.ts';
import { removeTraces } from './removal.ts';
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
  /** The change of a client as a row of the audit log: once in each transaction that changes one. */
  noteClient(tx: IdentityDatabase, operation: ClientOperation, clientId: string): Promise<void>;
};

export type ClientOperation = 'client.create' | 'client.rotate' | 'client.delete';

export function clientCommands(parts: ActingParts): ClientCommands {
  return {
    reserveClientName: (tx, clientId) => takeClientId(tx, clientId, parts.idPattern),
    addClientGrants: (tx, clientId, scopes) => addClientGrants(parts, tx, clientId, scopes),
    removeClient: (tx, clientId) =>
      changeWithin(parts, tx, async (change) => {
        await retireClientId(tx, clientId);
        await removeTraces(change, 'client', clientId);
      }),
    noteClient: (tx, operation, clientId) =>
      changeWithin(parts, tx, async (change) => change.note(operation, 'CLIENT', clientId)),
  };
}

async function addClientGrants(
  parts: ActingParts,
  tx: IdentityDatabase,
  clientId: ClientId,
  scopes: readonly Scope[],
): Promise<void> {
  const owner = { ownerType: 'CLIENT', ownerId: clientId, resourceId: '*' } as const;
  const grants = [...grantsOfScopes(scopes)].map(([resourceType, permissions]) => {
    return { ...owner, resourceType, permissionTypes: [...permissions] };
  });
  await changeWithin(parts, tx, (change) => joinAuthorizations(change, grants));
}
