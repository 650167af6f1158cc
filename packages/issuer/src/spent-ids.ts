import type { ClientId, Clock } from '@stagedoor/access';
import type { IssuerDatabase, SpentKind } from './tables.ts';

/** Changes records: one transaction, resolved after its COMMIT. */
export type ChangeRecords = <R>(work: (tx: IssuerDatabase) => Promise<R>) => Promise<R>;

type SpentParts = { readonly db: IssuerDatabase; readonly clock: Clock; readonly change: ChangeRecords };

/** `recorded` rejects where it could not be recorded; a later attempt takes its place. */
type Spent = { readonly ends: number; recorded: Promise<void> };

const RECORDED = Promise.resolve();

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
  readonly #spent = new Map<ClientId, Map<string, Spent>>();
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
    for (const row of rows) spent.#of(row.client_id).set(row.id, { ends: Number(row.ends), recorded: RECORDED });
    return spent;
  }

  has(clientId: ClientId, id: string): boolean {
    return this.#spent.get(clientId)?.has(id) === true;
  }

  /**
   * `known`: it was spent before; of two at the same time one is. Whoever hears either hears it of what is recorded. Where it
   * cannot be recorded this rejects, the id counts as spent all the same, and the next attempt records it. `ends`, in
   * milliseconds: from when on nobody takes it anyway.
   */
  async spend(clientId: ClientId, id: string, ends: number): Promise<'spent' | 'known' | 'full'> {
    const own = this.#of(clientId);
    const known = own.get(id);
    if (known !== undefined) {
      await known.recorded.catch(() => this.#record(clientId, id, known));
      return 'known';
    }
    this.#forgetEnded(own, this.#clock.now());
    if (own.size >= this.#maxOfClient) return 'full';
    const spent = { ends, recorded: RECORDED };
    own.set(id, spent);
    await this.#record(clientId, id, spent);
    return 'spent';
  }

  /** Forgets what clients spent that are no longer known: their ids are never given again, and nobody takes anything of theirs. */
  forgetUnknown(isKnown: (clientId: ClientId) => boolean): void {
    for (const clientId of this.#spent.keys()) if (!isKnown(clientId)) this.#spent.delete(clientId);
  }

  #record(clientId: ClientId, id: string, spent: Spent): Promise<void> {
    const now = this.#clock.now();
    const row = { kind: this.#kind, client_id: clientId, id, ends: spent.ends };
    spent.recorded = this.#change(async (tx) => {
      await tx.deleteFrom('issuer_spent_ids').where('ends', '<=', now).execute();
      await tx
        .insertInto('issuer_spent_ids')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
    return spent.recorded;
  }

  #of(clientId: ClientId): Map<string, Spent> {
    const known = this.#spent.get(clientId);
    if (known !== undefined) return known;
    const own = new Map<string, Spent>();
    this.#spent.set(clientId, own);
    return own;
  }

  #forgetEnded(own: Map<string, Spent>, now: number): void {
    // Oldest first: those behind one that still counts are looked at only where there is no room.
    for (const [id, { ends }] of own) {
      if (ends <= now) own.delete(id);
      else if (own.size < this.#maxOfClient) return;
    }
  }
}
