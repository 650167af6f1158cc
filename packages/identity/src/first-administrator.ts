import type { AccessSnapshot } from '@stagedoor/access';
import { checkUser, type NewUser } from './check-user.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { IdentityParts } from './identity-parts.ts';
import { ADMIN_ROLE, addMemberships, administratorHasExisted } from './membership-rows.ts';
import { insertUser, type ListedUser, newRecord } from './user-commands.ts';

/**
 * Creates a user in the role `admin`, as long as nobody has ever been in it: deleting the last administrator does not open
 * the set-up again. Throws SETUP_CLOSED, INVALID_ARGUMENT or ALREADY_EXISTS. Who may call is not checked here.
 */
export async function setUpFirstAdministrator(
  parts: IdentityParts,
  snapshot: AccessSnapshot,
  input: NewUser,
): Promise<ListedUser> {
  // Looked at before the hash is made, so that a closed set-up costs nothing, and again where it counts.
  if (snapshot.administratorHasExisted) throw setUpClosed();
  const checked = checkUser(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const record = await newRecord(parts, checked.value);
  const { username, name, email } = record;
  await parts.store.change(async (tx) => {
    if (await administratorHasExisted(tx)) throw setUpClosed();
    await insertUser(tx, record);
    const admin = { containerType: 'role', containerId: ADMIN_ROLE } as const;
    await addMemberships(tx, [{ ...admin, memberType: 'user', memberId: username }]);
  });
  return { username, name, email };
}

function setUpClosed(): IdentityError {
  const found = 'Expected to create an initial admin user, but found existing admin users.';
  return new IdentityError(
    'SETUP_CLOSED',
    `${found} Please ask your admin to create a new user with the 'admin' role.`,
  );
}
