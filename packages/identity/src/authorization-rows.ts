import type { Authorization, GrantTarget, KeyedAuthorization } from '@stagedoor/access';
import type { Selectable } from 'kysely';
import { permissionsOf } from './check-grant.ts';
import { takeKeys } from './keys.ts';
import type { RecordChange } from './record-change.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

/** A grant with the key that it is changed and removed by: decimal digits. */
export type StoredAuthorization = KeyedAuthorization;

type Row = Selectable<IdentityTables['authorizations']>;

/**
 * Reads a row. Permissions that this version does not know are left out: a grant only ever adds, so the less the safer.
 * Throws a SyntaxError where the text is no JSON: the records were changed by somebody else.
 */
export function fromRow(row: Row): StoredAuthorization {
  const texts: unknown = JSON.parse(row.permission_types);
  const list = Array.isArray(texts) ? texts.filter((text) => typeof text === 'string') : [];
  return {
    authorizationKey: String(row.authorization_key),
    ownerType: row.owner_type,
    ownerId: row.owner_id,
    resourceType: row.resource_type,
    ...targetOf(row),
    permissionTypes: permissionsOf(row.resource_type, list),
  };
}

/** A row has one of the two: its table says so. */
function targetOf({ resource_id, resource_property_name }: Row): GrantTarget {
  return resource_property_name === null
    ? { resourceId: resource_id ?? '' }
    : { resourcePropertyName: resource_property_name };
}

function columnsOf(authorization: Authorization) {
  return {
    owner_type: authorization.ownerType,
    owner_id: authorization.ownerId,
    resource_type: authorization.resourceType,
    resource_id: authorization.resourceId ?? null,
    resource_property_name: authorization.resourcePropertyName ?? null,
    permission_types: JSON.stringify(authorization.permissionTypes),
  };
}

/** Writes new rows; the caller has made sure that there are none for the same owner and resource. */
export async function insertAuthorizations(
  change: RecordChange,
  authorizations: readonly Authorization[],
): Promise<StoredAuthorization[]> {
  const stored: StoredAuthorization[] = [];
  let key = await takeKeys(change.tx, 'last_authorization_key', authorizations.length);
  for (const authorization of authorizations) {
    key += 1;
    const row = { authorization_key: key, ...columnsOf(authorization) };
    await change.tx.insertInto('authorizations').values(row).execute();
    change.report({ kind: 'grant', key: String(key), grant: authorization });
    stored.push({ ...authorization, authorizationKey: String(key) });
  }
  return stored;
}

/** Puts this in the place of what the key stood for. False where there is no such key. */
export async function replaceAuthorization(
  change: RecordChange,
  key: string,
  authorization: Authorization,
): Promise<boolean> {
  const result = await change.tx
    .updateTable('authorizations')
    .set(columnsOf(authorization))
    .where('authorization_key', '=', Number(key))
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  change.report({ kind: 'grant', key, grant: authorization });
  return true;
}

/** The row for the same owner and resource, if there is one. */
export async function findAuthorization(
  db: IdentityDatabase,
  { ownerType, ownerId, resourceType, resourceId, resourcePropertyName }: Authorization,
): Promise<StoredAuthorization | undefined> {
  const ofOwner = db
    .selectFrom('authorizations')
    .selectAll()
    .where('owner_type', '=', ownerType)
    .where('owner_id', '=', ownerId)
    .where('resource_type', '=', resourceType);
  const row = await (resourcePropertyName === undefined
    ? ofOwner.where('resource_id', '=', resourceId)
    : ofOwner.where('resource_property_name', '=', resourcePropertyName)
  ).executeTakeFirst();
  return row && fromRow(row);
}

/**
 * Writes the grants; where a row for the same owner and resource stands, its permissions are joined with the new ones.
 * Returns the keys of the rows, each once.
 */
export async function joinAuthorizations(
  change: RecordChange,
  authorizations: readonly Authorization[],
): Promise<readonly string[]> {
  const keys = new Set<string>();
  for (const authorization of authorizations) {
    const present = await findAuthorization(change.tx, authorization);
    if (present) {
      const permissionTypes = [...new Set([...present.permissionTypes, ...authorization.permissionTypes])];
      await replaceAuthorization(change, present.authorizationKey, { ...authorization, permissionTypes });
      keys.add(present.authorizationKey);
    } else {
      for (const { authorizationKey } of await insertAuthorizations(change, [authorization]))
        keys.add(authorizationKey);
    }
  }
  return [...keys];
}

/** Which rows to remove: one, an owner's, or those on a record. */
export type Doomed =
  | { readonly authorizationKey: string }
  | Pick<Authorization, 'ownerType' | 'ownerId'>
  | { readonly resourceType: Authorization['resourceType']; readonly resourceId: string };

/** Returns how many there were. */
export async function deleteAuthorizations(change: RecordChange, doomed: Doomed): Promise<number> {
  const deletion = change.tx.deleteFrom('authorizations').returning('authorization_key');
  const rows = await ('authorizationKey' in doomed
    ? deletion.where('authorization_key', '=', Number(doomed.authorizationKey))
    : 'ownerType' in doomed
      ? deletion.where('owner_type', '=', doomed.ownerType).where('owner_id', '=', doomed.ownerId)
      : deletion.where('resource_type', '=', doomed.resourceType).where('resource_id', '=', doomed.resourceId)
  ).execute();
  for (const row of rows) change.report({ kind: 'grant', key: String(row.authorization_key), grant: null });
  return rows.length;
}
