import { writeFileSync } from 'node:fs';
import { refusalsReference } from './reference.ts';

/** `node apps/stagedoor/src/refusals/write-reference.ts` writes the table down for its readers. */
writeFileSync(new URL('../../../../docs/refusals.md', import.meta.url), refusalsReference());
