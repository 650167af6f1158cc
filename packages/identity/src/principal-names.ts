import { type ClientId, parseId, type Username } from '@stagedoor/access';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { IdentityDatabase } from './tables.ts';

/** Takes a name for a user. Throws ALREADY_EXISTS where a user or a client has it, or a deleted client had it. */
export async function takeUsername(tx: IdentityDatabase, username: Username): Promise<void> {
  const expected = `Expected to create user with username '${username}'`;
  const holder = await holderOf(tx, username);
  if (holder) {
    const why = holder.kind === 'user' ? 'a user with this username already exists' : clientHolds(holder.retired === 1);
    throw new IdentityError('ALREADY_EXISTS', `${expected}, but ${why}`, 'CREATE');
  }
  await tx.insertInto('principal_names').values({ name: username, kind: 'user', retired: 0 }).execute();
}

/** Takes a name for a client. Throws INVALID_ARGUMENT, or ALREADY_EXISTS where it is taken or retired. */
export async function takeClientId(tx: IdentityDatabase, text: string, idPattern: RegExp): Promise<ClientId> {
  const parsed = parseId('clientId', text, idPattern);
  if (!parsed.ok) throw invalidArgument([parsed.problem]);
  const holder = await holderOf(tx, parsed.value);
  if (holder) {
    const why = holder.kind === 'user' ? 'a user with this username already exists' : clientHolds(holder.retired === 1);
    throw new IdentityError(
      'ALREADY_EXISTS',
      `Expected to create client with id '${parsed.value}', but ${why}`,
      'CREATE',
    );
  }
  await tx.insertInto('principal_names').values({ name: parsed.value, kind: 'client', retired: 0 }).execute();
  return parsed.value;
}

/** Gives a user's name back: a user of that name may be created again, and shares nothing with this one. */
export async function freeUsername(tx: IdentityDatabase, username: Username): Promise<void> {
  await tx.deleteFrom('principal_names').where('name', '=', username).where('kind', '=', 'user').execute();
}

/** Throws NOT_FOUND where no living client has the id. */
export async function retireClientId(tx: IdentityDatabase, clientId: string): Promise<void> {
  const result = await tx
    .updateTable('principal_names')
    .set({ retired: 1 })
    .where('name', '=', clientId as ClientId) // A search term: it is compared, never stored.
    .where('kind', '=', 'client')
    .where('retired', '=', 0)
    .executeTakeFirst();
  if (result.numUpdatedRows > 0n) return;
  const message = 'Expected to delete client, but a client with this id does not exist';
  throw new IdentityError('NOT_FOUND', message, 'DELETE');
}

function holderOf(tx: IdentityDatabase, name: Username | ClientId) {
  return tx.selectFrom('principal_names').select(['kind', 'retired']).where('name', '=', name).executeTakeFirst();
}

function clientHolds(retired: boolean): string {
  return retired
    ? 'a client with this id has existed, and the id of a deleted client is not given away again'
    : 'a client with this id already exists';
}
