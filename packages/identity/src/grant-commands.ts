import type { Authorization } from '@stagedoor/access';
import { findAuthorization, fromRow, insertAuthorizations, type StoredAuthorization } from './authorization-rows.ts';
import { checkGrant, type NewGrant } from './check-grant.ts';
import { quoted } from './checked.ts';
import { advanceEpoch } from './epoch.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { IdentityParts } from './identity-parts.ts';
import { isRecorded, resourceOwnerType } from './recorded-ids.ts';
import type { IdentityDatabase } from './tables.ts';

/** Commands on authorizations. Each resolves when what it did is committed and in the snapshot. */
export type GrantCommands = {
  /**
   * Throws INVALID_ARGUMENT; NOT_FOUND where the owner, or a user, role, group or mapping rule that the grant is on, does
   * not exist; ALREADY_EXISTS where the owner has a grant on that resource. Clients may be anybody's: they are not looked up.
   */
  addGrant(input: NewGrant): Promise<StoredAuthorization>;
  /** By its key in decimal digits. Throws INVALID_ARGUMENT or NOT_FOUND. */
  removeGrant(input: { readonly authorizationKey: string }): Promise<void>;
  /** In the order of their keys. */
  listGrants(): Promise<readonly StoredAuthorization[]>;
};

export function grantCommands(parts: IdentityParts): GrantCommands {
  return {
    addGrant: (input) => addGrant(parts, input),
    removeGrant: (input) => removeGrant(parts, input.authorizationKey),
    listGrants: async () => {
      const rows = await parts.store.db.selectFrom('authorizations').selectAll().orderBy('authorization_key').execute();
      return rows.map(fromRow);
    },
  };
}

async function addGrant(parts: IdentityParts, input: NewGrant): Promise<StoredAuthorization> {
  const checked = checkGrant(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const grant = checked.value;
  return parts.store.change(async (tx) => {
    await requireOwnerAndResource(tx, parts, grant);
    if (await findAuthorization(tx, grant)) throw alreadyGranted(grant);
    const [stored] = await insertAuthorizations(tx, [grant]);
    if (!stored) throw new TypeError('a grant was not stored');
    await advanceEpoch(tx);
    return stored;
  });
}

async function removeGrant(parts: IdentityParts, key: string): Promise<void> {
  if (!/^[0-9]{1,15}$/.test(key)) {
    const hint = 'Expected a numeric value. Did you pass an entity id instead of an entity key?';
    const problem = `The provided authorizationKey ${quoted(key)} is not a valid key. ${hint}`;
    throw new IdentityError('INVALID_ARGUMENT', problem);
  }
  await parts.store.change(async (tx) => {
    const result = await tx
      .deleteFrom('authorizations')
      .where('authorization_key', '=', Number(key))
      .executeTakeFirst();
    if (result.numDeletedRows === 0n) {
      const message = `Expected to delete authorization with key ${key}, but an authorization with this key does not exist`;
      throw new IdentityError('NOT_FOUND', message, 'DELETE');
    }
    await advanceEpoch(tx);
  });
}

async function requireOwnerAndResource(
  tx: IdentityDatabase,
  parts: IdentityParts,
  grant: Authorization,
): Promise<void> {
  const resource = resourceOwnerType(grant);
  const named = [
    { type: grant.ownerType, id: grant.ownerId },
    ...(resource && grant.resourceId !== '*' ? [{ type: resource, id: grant.resourceId }] : []),
  ];
  for (const { type, id } of named) {
    if (await isRecorded(tx, parts.foreign, { type, id })) continue;
    const expected = `Expected to create or update authorization with ownerId or resourceId '${id}'`;
    const kind = type.toLowerCase().replace('_', ' ');
    throw new IdentityError('NOT_FOUND', `${expected}, but a ${kind} with this ID does not exist.`, 'CREATE');
  }
}

function alreadyGranted({ ownerId, resourceId }: Authorization): IdentityError {
  const expected = `Expected to create authorization for owner '${ownerId}' for resource identifier '${resourceId}'`;
  const message = `${expected}, but an authorization for this resource identifier already exists.`;
  return new IdentityError('ALREADY_EXISTS', message, 'CREATE');
}
