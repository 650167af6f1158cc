import type { Username, UserRecord } from '@stagedoor/access';
import { joinAuthorizations } from './authorization-rows.ts';
import { type CheckedUser, checkUser, type NewUser, passwordProblems } from './check-user.ts';
import { quoted } from './checked.ts';
import { advanceEpoch } from './epoch.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { IdentityParts } from './identity-parts.ts';
import { storedHash } from './passwords/password-or-hash.ts';
import { freeUsername, takeUsername } from './principal-names.ts';
import type { IdentityDatabase } from './tables.ts';

export type ListedUser = { readonly username: string; readonly name: string; readonly email: string };

/** Commands on users. Each resolves when what it did is committed and in the snapshot. */
export type UserCommands = {
  /** Throws INVALID_ARGUMENT, or ALREADY_EXISTS where a user or a client has the name, or a deleted client had it. */
  createUser(input: NewUser): Promise<ListedUser>;
  /** Ends the user's sessions too, by a new credential version. Throws INVALID_ARGUMENT or NOT_FOUND. */
  changePassword(input: { readonly username: string; readonly password: string }): Promise<void>;
  /** Takes the user's memberships, grants, and the grants on him along. Throws NOT_FOUND. */
  deleteUser(input: { readonly username: string }): Promise<void>;
  /** By username. */
  listUsers(): Promise<readonly ListedUser[]>;
  /**
   * Gives a user whose password has just verified a hash of our own scheme, and returns it; null where the stored hash is
   * no longer the one that verified. The password is the same one, so sessions live on.
   */
  rehash(user: UserRecord, password: string): Promise<string | null>;
};

export function userCommands(parts: IdentityParts): UserCommands {
  return {
    createUser: (input) => createUser(parts, input),
    changePassword: (input) => changePassword(parts, input),
    deleteUser: (input) => deleteUser(parts, input),
    listUsers: () =>
      parts.store.db.selectFrom('users').select(['username', 'name', 'email']).orderBy('username').execute(),
    rehash: (user, password) => rehash(parts, user, password),
  };
}

async function createUser(parts: IdentityParts, input: NewUser): Promise<ListedUser> {
  const checked = checkUser(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const record = await newRecord(parts, checked.value);
  await parts.store.change((tx) => insertUser(tx, record));
  return { username: record.username, name: record.name, email: record.email };
}

/** Hashes the password: call it before the transaction, which everybody else waits for. */
export async function newRecord(parts: IdentityParts, user: CheckedUser): Promise<UserRecord> {
  const { username, password, name, email } = user;
  const passwordHash = await storedHash(parts.hashing, password);
  return { username, name, email, passwordHash, credentialVersion: newCredentialVersion(parts) };
}

/** Random, not counted: a user who is deleted and created again must not come to a version that a session remembers. */
export function newCredentialVersion(parts: IdentityParts): string {
  return Buffer.from(parts.randomness.bytes(16)).toString('base64url');
}

/** Writes a new user with the grant that Camunda gives everybody: to read himself. */
export async function insertUser(tx: IdentityDatabase, user: UserRecord): Promise<void> {
  const { username, name, email } = user;
  await takeUsername(tx, username);
  const credential = { password_hash: user.passwordHash, credential_version: user.credentialVersion };
  await tx
    .insertInto('users')
    .values({ username, name, email, ...credential })
    .execute();
  await joinAuthorizations(tx, [
    { ownerType: 'USER', ownerId: username, resourceType: 'USER', resourceId: username, permissionTypes: ['READ'] },
  ]);
  await advanceEpoch(tx);
}

async function changePassword(parts: IdentityParts, input: { username: string; password: string }): Promise<void> {
  const problems = passwordProblems(input.password);
  if (problems.length > 0) throw invalidArgument(problems);
  const passwordHash = await storedHash(parts.hashing, input.password);
  const change = { passwordHash, credentialVersion: newCredentialVersion(parts) };
  await parts.store.change((tx) => replacePassword(tx, input.username, change));
}

export async function replacePassword(
  tx: IdentityDatabase,
  username: string,
  { passwordHash, credentialVersion }: Pick<UserRecord, 'passwordHash' | 'credentialVersion'>,
): Promise<void> {
  const result = await tx
    .updateTable('users')
    .set({ password_hash: passwordHash, credential_version: credentialVersion })
    .where('username', '=', sought(username))
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw noSuchUser('UPDATE', username);
  await advanceEpoch(tx);
}

async function deleteUser(parts: IdentityParts, input: { username: string }): Promise<void> {
  const username = sought(input.username);
  await parts.store.change(async (tx) => {
    const result = await tx.deleteFrom('users').where('username', '=', username).executeTakeFirst();
    if (result.numDeletedRows === 0n) throw noSuchUser('DELETE', username);
    await tx.deleteFrom('memberships').where('member_type', '=', 'user').where('member_id', '=', username).execute();
    await tx.deleteFrom('authorizations').where('owner_type', '=', 'USER').where('owner_id', '=', username).execute();
    await tx
      .deleteFrom('authorizations')
      .where('resource_type', '=', 'USER')
      .where('resource_id', '=', username)
      .execute();
    await freeUsername(tx, username);
    await advanceEpoch(tx);
  });
}

async function rehash(parts: IdentityParts, user: UserRecord, password: string): Promise<string | null> {
  const hash = await parts.hashing.hash(password);
  return parts.store.change(async (tx) => {
    const result = await tx
      .updateTable('users')
      .set({ password_hash: hash })
      .where('username', '=', user.username)
      .where('password_hash', '=', user.passwordHash)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return null;
    await advanceEpoch(tx);
    return hash;
  });
}

/** A text to compare ids with. It is never stored, so it need not be parsed. */
function sought(text: string): Username {
  return text as Username;
}

function noSuchUser(command: 'UPDATE' | 'DELETE', username: string): IdentityError {
  const expected = `Expected to ${command === 'UPDATE' ? 'update' : 'delete'} user with username ${quoted(username)}`;
  return new IdentityError('NOT_FOUND', `${expected}, but a user with this username does not exist`, command);
}
