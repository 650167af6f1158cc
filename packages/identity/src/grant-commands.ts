import type { Authorization } from '@stagedoor/access';
import {
  deleteAuthorizations,
  findAuthorization,
  fromRow,
  insertAuthorizations,
  replaceAuthorization,
  type StoredAuthorization,
} from './authorization-rows.ts';
import { checkGrant, type NewGrant } from './check-grant.ts';
import { quoted } from './checked.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { ActingParts, IdentityParts } from './identity-parts.ts';
import { isKey } from './keys.ts';
import { changeRecords } from './record-change.ts';
import { isRecorded, recordOfResource } from './recorded-ids.ts';
import type { IdentityDatabase } from './tables.ts';

/** Commands on authorizations. Each resolves when what it did is committed and in the snapshot. */
export type GrantCommands = {
  /**
   * Throws INVALID_ARGUMENT; NOT_FOUND where the owner, or a user, role, group or mapping rule that the grant is on, does
   * not exist; ALREADY_EXISTS where the owner has a grant on that resource. Clients may be anybody's: they are not looked up.
   */
  addGrant(input: NewGrant): Promise<StoredAuthorization>;
  /** Puts the whole grant in the place of what the key stood for. Throws as `addGrant`, and NOT_FOUND for an unknown key. */
  updateGrant(input: { readonly authorizationKey: string } & NewGrant): Promise<StoredAuthorization>;
  /** By its key in decimal digits. Throws INVALID_ARGUMENT or NOT_FOUND. */
  removeGrant(input: { readonly authorizationKey: string }): Promise<void>;
};

export function grantCommands(parts: ActingParts): GrantCommands {
  return {
    addGrant: (input) => addGrant(parts, input),
    updateGrant: (input) => updateGrant(parts, input),
    removeGrant: (input) => removeGrant(parts, input.authorizationKey),
  };
}

/** Null for a text that is no key, too: nothing has it. */
export async function findGrant(db: IdentityDatabase, key: string): Promise<StoredAuthorization | null> {
  if (!isKey(key)) return null;
  const row = await db
    .selectFrom('authorizations')
    .selectAll()
    .where('authorization_key', '=', Number(key))
    .executeTakeFirst();
  return row ? fromRow(row) : null;
}

async function addGrant(parts: ActingParts, input: NewGrant): Promise<StoredAuthorization> {
  const grant = accepted(parts, input);
  return changeRecords(parts, async (change) => {
    await requireOwnerAndResource(change.tx, parts, grant, 'CREATE');
    if (await findAuthorization(change.tx, grant)) throw alreadyGranted(grant, 'CREATE');
    const [stored] = await insertAuthorizations(change, [grant]);
    if (!stored) throw new TypeError('a grant was not stored');
    change.note('createAuthorization', 'AUTHORIZATION', stored.authorizationKey);
    return stored;
  });
}

async function updateGrant(
  parts: ActingParts,
  { authorizationKey, ...input }: { readonly authorizationKey: string } & NewGrant,
): Promise<StoredAuthorization> {
  requireKey(authorizationKey);
  const grant = accepted(parts, input);
  return changeRecords(parts, async (change) => {
    const present = await findGrant(change.tx, authorizationKey);
    if (!present) throw noSuchGrant('UPDATE', authorizationKey);
    await requireOwnerAndResource(change.tx, parts, grant, 'UPDATE');
    const same = await findAuthorization(change.tx, grant);
    if (same && same.authorizationKey !== present.authorizationKey) throw alreadyGranted(grant, 'UPDATE');
    await replaceAuthorization(change, present.authorizationKey, grant);
    change.note('updateAuthorization', 'AUTHORIZATION', present.authorizationKey);
    return { ...grant, authorizationKey: present.authorizationKey };
  });
}

async function removeGrant(parts: ActingParts, authorizationKey: string): Promise<void> {
  requireKey(authorizationKey);
  await changeRecords(parts, async (change) => {
    const gone = isKey(authorizationKey) ? await deleteAuthorizations(change, { authorizationKey }) : 0;
    if (gone === 0) throw noSuchGrant('DELETE', authorizationKey);
    change.note('deleteAuthorization', 'AUTHORIZATION', authorizationKey);
  });
}

function accepted(parts: IdentityParts, input: NewGrant): Authorization {
  const checked = checkGrant(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  return checked.value;
}

function requireKey(key: string): void {
  if (/^[0-9]{1,19}$/.test(key)) return;
  const hint = 'Expected a numeric value. Did you pass an entity id instead of an entity key?';
  throw new IdentityError(
    'INVALID_ARGUMENT',
    `The provided authorizationKey ${quoted(key)} is not a valid key. ${hint}`,
  );
}

async function requireOwnerAndResource(
  tx: IdentityDatabase,
  parts: IdentityParts,
  grant: Authorization,
  command: 'CREATE' | 'UPDATE',
): Promise<void> {
  const resource = recordOfResource(grant);
  const named = [{ type: grant.ownerType, id: grant.ownerId }, ...(resource === undefined ? [] : [resource])];
  for (const { type, id } of named) {
    if (await isRecorded(tx, parts.foreign, { type, id })) continue;
    const expected = `Expected to create or update authorization with ownerId or resourceId '${id}'`;
    const kind = type.toLowerCase().replace('_', ' ');
    throw new IdentityError('NOT_FOUND', `${expected}, but a ${kind} with this ID does not exist.`, command);
  }
}

function noSuchGrant(command: 'UPDATE' | 'DELETE', key: string): IdentityError {
  const expected = `Expected to ${command.toLowerCase()} authorization with key ${key}`;
  return new IdentityError('NOT_FOUND', `${expected}, but an authorization with this key does not exist`, command);
}

function alreadyGranted(grant: Authorization, command: 'CREATE' | 'UPDATE'): IdentityError {
  const what =
    grant.resourcePropertyName === undefined
      ? (['resource identifier', grant.resourceId] as const)
      : (['resource property name', grant.resourcePropertyName] as const);
  const expected = `Expected to ${command.toLowerCase()} authorization for owner '${grant.ownerId}' for ${what[0]} '${what[1]}'`;
  const message = `${expected}, but an authorization for this ${what[0]} already exists.`;
  return new IdentityError('ALREADY_EXISTS', message, command);
}
