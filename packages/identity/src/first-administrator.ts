import type { AccessSnapshot } from '@stagedoor/access';
import { checkUser, type NewUser } from './check-user.ts';
import { IdentityError, invalidArgument } from './identity-error.ts';
import type { ActingParts } from './identity-parts.ts';
import { ADMIN_ROLE, addMemberships, administratorHasExisted } from './membership-rows.ts';
import { changeRecords } from './record-change.ts';
import { asListed, type ListedUser, newRecord } from './user-commands.ts';
import { insertUser } from './user-rows.ts';

/**
 * Creates a user in the role `admin`, as long as nobody has ever been in it: deleting the last administrator does not open
 * the set-up again. Throws SETUP_CLOSED, INVALID_ARGUMENT or ALREADY_EXISTS. Who may call is not checked here.
 */
export async function setUpFirstAdministrator(
  parts: ActingParts,
  snapshot: AccessSnapshot,
  input: NewUser,
): Promise<ListedUser> {
  // Looked at before the hash is made, so that a closed set-up costs nothing, and again where it counts.
  if (snapshot.administratorHasExisted) throw setUpClosed();
  const checked = checkUser(input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  const record = await newRecord(parts, checked.value);
  await changeRecords(parts, async (change) => {
    if (await administratorHasExisted(change.tx)) throw setUpClosed();
    await insertUser(change, record);
    const admin = { containerType: 'role', containerId: ADMIN_ROLE } as const;
    await addMemberships(change, [{ ...admin, memberType: 'user', memberId: record.username }]);
    change.note('createAdminUser', 'USER', record.username);
  });
  return asListed(record);
}

function setUpClosed(): IdentityError {
  const found = 'Expected to create an initial admin user, but found existing admin users.';
  return new IdentityError(
    'SETUP_CLOSED',
    `${found} Please ask your admin to create a new user with the 'admin' role.`,
  );
}
