import type { Membership } from '@stagedoor/access';
import type { Selectable } from 'kysely';
import type { RecordChange } from './record-change.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

/** The role whose first member closes the public set-up for ever. */
export const ADMIN_ROLE = 'admin';

/**
 * Writes the memberships that are not there yet, and returns how many those were. The only way into a role: whoever puts
 * anybody into `admin`, the latch of the first administrator closes with it, and nothing opens it again.
 */
export async function addMemberships(change: RecordChange, memberships: readonly Membership[]): Promise<number> {
  let added = 0;
  for (const membership of memberships) {
    const result = await change.tx
      .insertInto('memberships')
      .values({
        container_type: membership.containerType,
        container_id: membership.containerId,
        member_type: membership.memberType,
        member_id: membership.memberId,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) continue;
    added += 1;
    change.report({ kind: 'member', membership, present: true });
    if (membership.containerType === 'role' && membership.containerId === ADMIN_ROLE) await latchAdministrator(change);
  }
  return added;
}

/** Which memberships to remove: one, all that somebody has, or all of a container. */
export type Left =
  | Membership
  | Pick<Membership, 'memberType' | 'memberId'>
  | Pick<Membership, 'containerType' | 'containerId'>;

/** Returns how many there were. */
export async function removeMemberships(change: RecordChange, left: Left): Promise<number> {
  let deletion = change.tx.deleteFrom('memberships').returningAll();
  if ('memberType' in left) {
    deletion = deletion.where('member_type', '=', left.memberType).where('member_id', '=', left.memberId);
  }
  if ('containerType' in left) {
    deletion = deletion.where('container_type', '=', left.containerType).where('container_id', '=', left.containerId);
  }
  const rows = await deletion.execute();
  for (const row of rows) change.report({ kind: 'member', membership: fromMembershipRow(row), present: false });
  return rows.length;
}

export function fromMembershipRow(row: Selectable<IdentityTables['memberships']>): Membership {
  return {
    containerType: row.container_type,
    containerId: row.container_id,
    memberType: row.member_type,
    memberId: row.member_id,
  };
}

async function latchAdministrator(change: RecordChange): Promise<void> {
  await change.tx
    .insertInto('latches')
    .values({ name: 'administrator_has_existed' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  change.report({ kind: 'administrator-existed' });
}

export async function administratorHasExisted(db: IdentityDatabase): Promise<boolean> {
  const row = await db
    .selectFrom('latches')
    .select('name')
    .where('name', '=', 'administrator_has_existed')
    .executeTakeFirst();
  return row !== undefined;
}
