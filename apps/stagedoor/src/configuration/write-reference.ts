import { writeFileSync } from 'node:fs';
import { configurationReference } from './reference.ts';

/** `node apps/stagedoor/src/configuration/write-reference.ts` writes the table down for its readers. */
writeFileSync(new URL('../../../../docs/configuration.md', import.meta.url), configurationReference());
