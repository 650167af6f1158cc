import type { UserRecord } from '@stagedoor/access';
import {
  type CheckedUser,
  checkUser,
  checkUserUpdate,
  type NewUser,
  passwordProblems,
  type UserUpdate,
} from './check-user.ts';
import { quoted } from './checked.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { ActingParts, IdentityParts } from './identity-parts.ts';
import { storedHash } from './passwords/password-or-hash.ts';
import { freeUsername } from './principal-names.ts';
import { changeRecords } from './record-change.ts';
import { removeTraces } from './removal.ts';
import { findUser, fromUserRow, insertUser, writeUser } from './user-rows.ts';

export type ListedUser = { readonly username: string; readonly name: string; readonly email: string };

/** Commands on users. Each resolves when what it did is committed and in the snapshot. */
export type UserCommands = {
  /** Throws INVALID_ARGUMENT, or ALREADY_EXISTS where a user or a client has the name, or a deleted client had it. */
  createUser(input: NewUser): Promise<ListedUser>;
  /**
   * What is left out keeps its value; so does the password where it is empty. Another password ends the user's sessions.
   * Throws INVALID_ARGUMENT or NOT_FOUND.
   */
  updateUser(input: UserUpdate): Promise<ListedUser>;
  /** Ends the user's sessions too, by a new credential version. Throws INVALID_ARGUMENT or NOT_FOUND. */
  changePassword(input: { readonly username: string; readonly password: string }): Promise<void>;
  /** Takes the user's memberships, grants, and the grants on him along. Throws NOT_FOUND. */
  deleteUser(input: { readonly username: string }): Promise<void>;
};

export function userCommands(parts: ActingParts): UserCommands {
  return {
    createUser: (input) => createUser(parts, input),
    updateUser: (input) => updateUser(parts, input),
    changePassword: (input) => changePassword(parts, input),
    deleteUser: (input) => deleteUser(parts, input),
  };
}

async function createUser(parts: ActingParts, input: NewUser): Promise<ListedUser> {
  const checked = checkUser(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const record = await newRecord(parts, checked.value);
  await changeRecords(parts, async (change) => {
    await insertUser(change, record);
    change.note('createUser', 'USER', record.username);
  });
  return asListed(record);
}

export function asListed({ username, name, email }: UserRecord): ListedUser {
  return { username, name, email };
}

/** Hashes the password: call it before the transaction, which everybody else waits for. */
export async function newRecord(parts: IdentityParts, user: CheckedUser): Promise<UserRecord> {
  const { username, password, name, email } = user;
  return { username, name, email, ...(await newCredential(parts, password)) };
}

type Credential = Pick<UserRecord, 'passwordHash' | 'credentialVersion'>;

/** The version is random, not counted: a user who is deleted and created again must not come to one that a session remembers. */
export async function newCredential(parts: IdentityParts, password: string): Promise<Credential> {
  const passwordHash = await storedHash(parts.hashing, password);
  return { passwordHash, credentialVersion: Buffer.from(parts.randomness.bytes(16)).toString('base64url') };
}

async function updateUser(parts: ActingParts, input: UserUpdate): Promise<ListedUser> {
  const { username } = input;
  const checked = checkUserUpdate(input);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const { password, name, email } = checked.value;
  // Nothing is hashed for nobody; whether he is still there is seen again in the change.
  if (password !== null && !(await findUser(parts.store.db, username))) throw noSuchUser('UPDATE', username);
  const credential = password === null ? {} : await newCredential(parts, password);
  return changeRecords(parts, async (change) => {
    const before = await findUser(change.tx, username);
    if (!before) throw noSuchUser('UPDATE', username);
    const after = { ...before, name: name ?? before.name, email: email ?? before.email, ...credential };
    await writeUser(change, after);
    change.note('updateUser', 'USER', after.username);
    return asListed(after);
  });
}

async function changePassword(parts: ActingParts, input: { username: string; password: string }): Promise<void> {
  const problems = passwordProblems(input.password);
  if (problems.length > 0) throw invalidArgument(problems);
  await updateUser(parts, { username: input.username, password: input.password });
}

async function deleteUser(parts: ActingParts, input: { username: string }): Promise<void> {
  await changeRecords(parts, async (change) => {
    const user = await findUser(change.tx, input.username);
    if (!user) throw noSuchUser('DELETE', input.username);
    const { username } = user;
    await change.tx.deleteFrom('users').where('username', '=', username).execute();
    change.report({ kind: 'user', username, record: null });
    await removeTraces(change, 'user', username);
    await freeUsername(change.tx, username);
    change.note('deleteUser', 'USER', username);
  });
}

/**
 * Gives a user whose password has just verified a hash of our own scheme, and returns it; null where the stored hash is
 * no longer the one that verified. The password is the same one, so sessions live on, and nobody has changed anything.
 */
export async function rehash(parts: ActingParts, user: UserRecord, password: string): Promise<string | null> {
  const hash = await parts.hashing.hash(password);
  return changeRecords(parts, async (change) => {
    const row = await change.tx
      .updateTable('users')
      .set({ password_hash: hash })
      .where('username', '=', user.username)
      .where('password_hash', '=', user.passwordHash)
      .returningAll()
      .executeTakeFirst();
    if (!row) return null;
    change.report({ kind: 'user', username: row.username, record: fromUserRow(row) });
    return hash;
  });
}

function noSuchUser(command: 'UPDATE' | 'DELETE', username: string): IdentityError {
  const expected = `Expected to ${command === 'UPDATE' ? 'update' : 'delete'} user with username ${quoted(username)}`;
  return new IdentityError('NOT_FOUND', `${expected}, but a user with this username does not exist`, command);
}
