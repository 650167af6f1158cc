import type { Username, UserRecord } from '@stagedoor/access';
import type { Selectable } from 'kysely';
import { joinAuthorizations } from './authorization-rows.ts';
import { takeUsername } from './principal-names.ts';
import type { RecordChange } from './record-change.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

export async function findUser(db: IdentityDatabase, username: string): Promise<UserRecord | null> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    // A search term: it is compared, never stored.
    .where('username', '=', username as Username)
    .executeTakeFirst();
  return row ? fromUserRow(row) : null;
}

/** Writes a new user with the grant that Camunda gives everybody: to read himself. Throws ALREADY_EXISTS. */
export async function insertUser(change: RecordChange, user: UserRecord): Promise<void> {
  const { username, name, email } = user;
  await takeUsername(change.tx, username);
  await change.tx
    .insertInto('users')
    .values({ username, name, email, password_hash: user.passwordHash, credential_version: user.credentialVersion })
    .execute();
  change.report({ kind: 'user', username, record: user });
  await joinAuthorizations(change, [
    { ownerType: 'USER', ownerId: username, resourceType: 'USER', resourceId: username, permissionTypes: ['READ'] },
  ]);
}

/** Writes a user that is there. */
export async function writeUser(change: RecordChange, user: UserRecord): Promise<void> {
  const { username, name, email } = user;
  await change.tx
    .updateTable('users')
    .set({ name, email, password_hash: user.passwordHash, credential_version: user.credentialVersion })
    .where('username', '=', username)
    .execute();
  change.report({ kind: 'user', username, record: user });
}

export function fromUserRow(row: Selectable<IdentityTables['users']>): UserRecord {
  const { password_hash, credential_version, ...user } = row;
  return { ...user, passwordHash: password_hash, credentialVersion: credential_version };
}
