import type { Clock } from '@stagedoor/access';
import type { RecordStore } from './record-store.ts';
import type { IdentityTables } from './tables.ts';

/** Sessions that were ended before their time, kept until they would have expired anyway. */
export type EndedSessions = {
  has(id: string): boolean;
  /** Resolves when the end is committed; `untilMs` (milliseconds since the epoch) is when the session would have expired. */
  end(id: string, untilMs: number): Promise<void>;
};

export async function openEndedSessions(store: RecordStore<IdentityTables>, clock: Clock): Promise<EndedSessions> {
  const rows = await store.db.selectFrom('ended_sessions').selectAll().execute();
  const ended = new Map(rows.map((row) => [row.session_id, Number(row.ends_at)]));
  return {
    has: (id) => ended.has(id),
    async end(id, untilMs) {
      const now = clock.now();
      await store.change(async (tx) => {
        await tx.deleteFrom('ended_sessions').where('ends_at', '<=', now).execute();
        await tx
          .insertInto('ended_sessions')
          .values({ session_id: id, ends_at: untilMs })
          .onConflict((conflict) => conflict.column('session_id').doUpdateSet({ ends_at: untilMs }))
          .execute();
      });
      for (const [past, until] of ended) if (until <= now) ended.delete(past);
      ended.set(id, untilMs);
    },
  };
}
