// A process that holds the lock of a data directory until it is ended: `node hold-records.ts DIRECTORY`.
import { openDataDirectory } from '../src/data-directory.ts';
import { openRecords } from '../src/records/open-records.ts';

const directory = openDataDirectory(process.argv[2]);
const migrations = {
  'test-0001': {
    up: async (db: import('kysely').Kysely<unknown>) => {
      await db.schema.createTable('note').addColumn('text', 'text').execute();
    },
  },
};
const records = await openRecords<{ note: { text: string } }>(directory.records, {
  migrations,
  onFault: () => process.exit(1),
});
await records.change((tx) => tx.insertInto('note').values({ text: 'acknowledged' }).execute());
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
