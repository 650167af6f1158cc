import type { Membership } from '@stagedoor/access';
import type { IdentityDatabase } from './tables.ts';

/** The role whose first member closes the public set-up for ever. */
export const ADMIN_ROLE = 'admin';

/**
 * Writes the memberships that are not there yet. The only way into a role: whoever puts anybody into `admin`, the latch of
 * the first administrator closes with it, and nothing opens it again.
 */
export async function addMemberships(tx: IdentityDatabase, memberships: readonly Membership[]): Promise<void> {
  for (const { containerType, containerId, memberType, memberId } of memberships) {
    await tx
      .insertInto('memberships')
      .values({
        container_type: containerType,
        container_id: containerId,
        member_type: memberType,
        member_id: memberId,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (containerType === 'role' && containerId === ADMIN_ROLE) await latchAdministrator(tx);
  }
}

async function latchAdministrator(tx: IdentityDatabase): Promise<void> {
  await tx
    .insertInto('latches')
    .values({ name: 'administrator_has_existed' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function administratorHasExisted(db: IdentityDatabase): Promise<boolean> {
  const row = await db
    .selectFrom('latches')
    .select('name')
    .where('name', '=', 'administrator_has_existed')
    .executeTakeFirst();
  return row !== undefined;
}
