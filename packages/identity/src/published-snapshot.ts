import { AccessSnapshot, type ReadClaim, type SnapshotChange, type SnapshotRecords } from '@stagedoor/access';
import { fromRow } from './authorization-rows.ts';
import { readEpoch } from './epoch.ts';
import type { ChangeListener } from './identity-parts.ts';
import { administratorHasExisted, fromMembershipRow } from './membership-rows.ts';
import type { IdentityDatabase } from './tables.ts';
import { fromUserRow } from './user-rows.ts';

/** What a transaction will have changed, from which recorded epoch to which. */
type Expected = {
  readonly tx: IdentityDatabase;
  readonly from: number;
  to: number;
  readonly changes: SnapshotChange[];
};

/** The snapshot that requests are decided from, and its replacement when records have changed. */
export class PublishedSnapshot implements ChangeListener {
  readonly #db: IdentityDatabase;
  readonly #readClaim: ReadClaim;
  #current: AccessSnapshot | undefined;
  /** The epoch that the records had when `#current` was made of them. */
  #recorded = 0;
  /** The highest that was ever published: none comes twice, not even after a failure. */
  #highest = 0;
  #expected: Expected | undefined;
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

  /**
   * Remembers what this transaction, still open, changes; `epoch` is the one that it has written. A transaction that ends
   * without a COMMIT leaves what it said behind: the epoch in the records shows it up, or the next one's word replaces it.
   */
  expect(tx: IdentityDatabase, epoch: number, changes: readonly SnapshotChange[]): void {
    const same = this.#expected?.tx === tx ? this.#expected : undefined;
    this.#expected = { tx, from: same?.from ?? epoch - 1, to: epoch, changes: [...(same?.changes ?? []), ...changes] };
  }

  /** After a COMMIT: publishes what it changed, and reads everything again where that is not known. One at a time. */
  publish(): Promise<void> {
    return this.#inTurn(async () => {
      const expected = this.#expected;
      this.#expected = undefined;
      const recorded = await readEpoch(this.#db);
      if (this.#current && recorded === this.#recorded) return;
      if (this.#current && expected?.from === this.#recorded && expected.to === recorded) {
        this.#highest = Math.max(recorded, this.#highest + 1);
        this.#current = this.#current.apply(expected.changes, this.#highest);
        this.#recorded = recorded;
      } else await this.#rebuild();
    });
  }

  /** Reads the records and swaps the snapshot for one of a higher epoch. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#rebuild());
  }

  /** So that what was read later is also what stays. After a failure nothing is published until something succeeds. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = async () => {
      try {
        await work();
      } catch (error) {
        this.#current = undefined;
        throw error;
      }
    };
    this.#last = this.#last.then(next, next);
    return this.#last;
  }

  async #rebuild(): Promise<void> {
    // In a transaction, so that no change comes between the tables.
    const records = await this.#db.transaction().execute(readRecords);
    this.#highest = Math.max(records.epoch, this.#highest + 1);
    this.#current = new AccessSnapshot({ ...records, epoch: this.#highest }, this.#readClaim);
    this.#recorded = records.epoch;
  }
}

async function readRecords(db: IdentityDatabase): Promise<SnapshotRecords> {
  const users = await db.selectFrom('users').selectAll().execute();
  const memberships = await db.selectFrom('memberships').selectAll().execute();
  const authorizations = await db.selectFrom('authorizations').selectAll().execute();
  return {
    epoch: await readEpoch(db),
    users: users.map(fromUserRow),
    groups: await db.selectFrom('groups').select(['group_id as id', 'name', 'description']).execute(),
    roles: await db.selectFrom('roles').select(['role_id as id', 'name', 'description']).execute(),
    tenants: await db.selectFrom('tenants').select(['tenant_id as id', 'name', 'description']).execute(),
    mappingRules: await db
      .selectFrom('mapping_rules')
      .select(['mapping_rule_id as mappingRuleId', 'claim_name as claimName', 'claim_value as claimValue'])
      .execute(),
    memberships: memberships.map(fromMembershipRow),
    authorizations: authorizations.map(fromRow),
    administratorHasExisted: await administratorHasExisted(db),
  };
}
