import { AccessSnapshot, type Membership, type ReadClaim, type SnapshotRecords } from '@stagedoor/access';
import { fromRow } from './authorization-rows.ts';
import { readEpoch } from './epoch.ts';
import { administratorHasExisted } from './membership-rows.ts';
import type { IdentityDatabase } from './tables.ts';

/** The snapshot that requests are decided from, and its replacement when records have changed. */
export class PublishedSnapshot {
  readonly #db: IdentityDatabase;
  readonly #readClaim: ReadClaim;
  #current: AccessSnapshot | undefined;
  #epoch = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(db: IdentityDatabase, readClaim: ReadClaim) {
    this.#db = db;
    this.#readClaim = readClaim;
  }

  /** Throws an Error where the records could not be read: an older snapshot might show rights that were taken away. */
  current(): AccessSnapshot {
    if (this.#current === undefined) throw new Error('the identity records could not be read');
    return this.#current;
  }

  /** Reads the records and swaps the snapshot. One at a time, so that what was read later is also what stays. */
  refresh(): Promise<void> {
    const next = () => this.#rebuild();
    this.#last = this.#last.then(next, next);
    return this.#last;
  }

  async #rebuild(): Promise<void> {
    try {
      const records = await readRecords(this.#db);
      this.#epoch = Math.max(records.epoch, this.#epoch + 1);
      this.#current = new AccessSnapshot({ ...records, epoch: this.#epoch }, this.#readClaim);
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }
}

async function readRecords(db: IdentityDatabase): Promise<SnapshotRecords> {
  const users = await db.selectFrom('users').selectAll().execute();
  const authorizations = await db.selectFrom('authorizations').selectAll().execute();
  return {
    epoch: await readEpoch(db),
    users: users.map(({ password_hash, credential_version, ...user }) => {
      return { ...user, passwordHash: password_hash, credentialVersion: credential_version };
    }),
    groups: await db.selectFrom('groups').select(['group_id as id', 'name', 'description']).execute(),
    roles: await db.selectFrom('roles').select(['role_id as id', 'name', 'description']).execute(),
    tenants: await db.selectFrom('tenants').select(['tenant_id as id', 'name', 'description']).execute(),
    mappingRules: await db
      .selectFrom('mapping_rules')
      .select(['mapping_rule_id as mappingRuleId', 'claim_name as claimName', 'claim_value as claimValue'])
      .execute(),
    memberships: await readMemberships(db),
    authorizations: authorizations.map(fromRow),
    administratorHasExisted: await administratorHasExisted(db),
  };
}

async function readMemberships(db: IdentityDatabase): Promise<Membership[]> {
  const rows = await db.selectFrom('memberships').selectAll().execute();
  return rows.map((row) => ({
    containerType: row.container_type,
    containerId: row.container_id,
    memberType: row.member_type,
    memberId: row.member_id,
  }));
}
