import type { Authorization } from '@stagedoor/access';
import type { Selectable } from 'kysely';
import { permissionsOf } from './check-grant.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

/** A grant with the key that it is removed by: decimal digits. */
export type StoredAuthorization = Authorization & { readonly authorizationKey: string };

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
    resourceId: row.resource_id,
    permissionTypes: permissionsOf(row.resource_type, list),
  };
}

/** Writes new rows; the caller has made sure that there are none for the same owner and resource. */
export async function insertAuthorizations(
  tx: IdentityDatabase,
  authorizations: readonly Authorization[],
): Promise<StoredAuthorization[]> {
  const stored: StoredAuthorization[] = [];
  let key = await takeKeys(tx, authorizations.length);
  for (const authorization of authorizations) {
    key += 1;
    await tx
      .insertInto('authorizations')
      .values({
        authorization_key: key,
        owner_type: authorization.ownerType,
        owner_id: authorization.ownerId,
        resource_type: authorization.resourceType,
        resource_id: authorization.resourceId,
        permission_types: JSON.stringify(authorization.permissionTypes),
      })
      .execute();
    stored.push({ ...authorization, authorizationKey: String(key) });
  }
  return stored;
}

/** The row for the same owner and resource, if there is one. */
export async function findAuthorization(
  db: IdentityDatabase,
  { ownerType, ownerId, resourceType, resourceId }: Authorization,
): Promise<StoredAuthorization | undefined> {
  const row = await db
    .selectFrom('authorizations')
    .selectAll()
    .where('owner_type', '=', ownerType)
    .where('owner_id', '=', ownerId)
    .where('resource_type', '=', resourceType)
    .where('resource_id', '=', resourceId)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Writes the grants; where a row for the same owner and resource stands, its permissions are joined with the new ones. */
export async function joinAuthorizations(
  tx: IdentityDatabase,
  authorizations: readonly Authorization[],
): Promise<void> {
  for (const authorization of authorizations) {
    const present = await findAuthorization(tx, authorization);
    if (!present) {
      await insertAuthorizations(tx, [authorization]);
      continue;
    }
    const permissions = [...new Set([...present.permissionTypes, ...authorization.permissionTypes])];
    await tx
      .updateTable('authorizations')
      .set({ permission_types: JSON.stringify(permissions) })
      .where('authorization_key', '=', Number(present.authorizationKey))
      .execute();
  }
}

/**
 * Takes the next keys and returns the one before the first. Keys come from a counter and never twice: a database's own may
 * return after a deletion, and an old key in somebody's hand would then remove another grant.
 */
async function takeKeys(tx: IdentityDatabase, count: number): Promise<number> {
  const row = await tx
    .updateTable('identity_meta')
    .set((counter) => ({ value: counter('value', '+', count).$castTo<number>() }))
    .where('name', '=', 'last_authorization_key')
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(row.value) - count;
}
