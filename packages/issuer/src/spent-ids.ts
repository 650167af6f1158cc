import type { ClientId, Clock } from '@stagedoor/access';
import type { IssuerDatabase, SpentKind } from './tables.ts';

/** Changes records: one transaction, resolved after its COMMIT. */
export type ChangeRecords = <R>(work: (tx: IssuerDatabase) => Promise<R>) => Promise<R>;

type SpentParts = { readonly db: IssuerDatabase; readonly clock: Clock; readonly change: ChangeRecords };

/** More than a client that fetches a token every 33 ms uses in ten minutes. */
const MAX_OF_CLIENT = 20_000;

/**
 * Ids of one kind that cannot be used again. They are asked for in memory, and recorded before anybody hears of them, so that
 * neither a crash nor a restart brings one back. Bounded for each client: one that spends too many harms nobody else.
 */
export class SpentIds {
  readonly #kind: SpentKind;
  readonly #clock: Clock;
  readonly #change: ChangeRecords;
  readonly #ends = new Map<ClientId, Map<string, number>>();
  readonly #maxOfClient: number;

  private constructor(kind: SpentKind, clock: Clock, change: ChangeRecords, maxOfClient: number) {
    this.#kind = kind;
    this.#clock = clock;
    this.#change = change;
    this.#maxOfClient = maxOfClient;
  }

  /** With what was recorded and still counts. */
  static async load(
    kind: SpentKind,
    { db, clock, change }: SpentParts,
    maxOfClient = MAX_OF_CLIENT,
  ): Promise<SpentIds> {
    const spent = new SpentIds(kind, clock, change, maxOfClient);
    const rows = await db.selectFrom('issuer_spent_ids').selectAll().where('kind', '=', kind).execute();
    for (const row of rows) spent.#of(row.client_id).set(row.id, Number(row.ends));
    return spent;
  }

  has(clientId: ClientId, id: string): boolean {
    return this.#ends.get(clientId)?.has(id) === true;
  }

  /**
   * `known`: it was spent before; of two at the same time one is. Where it cannot be recorded this rejects, and the id
   * counts as spent all the same. `ends`, in milliseconds: from when on nobody takes it anyway.
   */
  async spend(clientId: ClientId, id: string, ends: number): Promise<'spent' | 'known' | 'full'> {
    const own = this.#of(clientId);
    if (own.has(id)) return 'known';
    const now = this.#clock.now();
    this.#forgetEnded(own, now);
    if (own.size >= this.#maxOfClient) return 'full';
    own.set(id, ends);
    await this.#change(async (tx) => {
      await tx.deleteFrom('issuer_spent_ids').where('ends', '<=', now).execute();
      await tx.insertInto('issuer_spent_ids').values({ kind: this.#kind, client_id: clientId, id, ends }).execute();
    });
    return 'spent';
  }

  #of(clientId: ClientId): Map<string, number> {
    const known = this.#ends.get(clientId);
    if (known !== undefined) return known;
    const own = new Map<string, number>();
    this.#ends.set(clientId, own);
    return own;
  }

  #forgetEnded(own: Map<string, number>, now: number): void {
    // Oldest first: those behind one that still counts are looked at only where there is no room.
    for (const [id, ends] of own) {
      if (ends <= now) own.delete(id);
      else if (own.size < this.#maxOfClient) return;
    }
  }
}
