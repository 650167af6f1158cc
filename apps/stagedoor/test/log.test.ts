import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const LOG = new URL('../src/log.ts', import.meta.url).href;

/** Takes every file descriptor there is before the first entry, and gives them back before the second. */
const SCRIPT = `
import { closeSync, openSync } from 'node:fs';
import { openLog } from ${JSON.stringify(LOG)};
const said = Promise.withResolvers();
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text) => { said.resolve(); return write(text); };
const taken = [];
try { for (;;) taken.push(openSync('/dev/null')); } catch {}
const log = openLog();
log.warn('the first entry');
await said.promise;
for (const descriptor of taken) closeSync(descriptor);
log.warn('the second entry');
`;

it.skipIf(process.platform === 'win32')(
  'a log that could not be opened says so, and is there again for the next entry',
  async () => {
    const run = ['-c', 'ulimit -n 48; exec "$0" --input-type=module --eval "$1"', process.execPath, SCRIPT];
    const { stderr } = await promisify(execFile)('sh', run);
    expect(stderr).toContain('the log cannot be written');
    expect(stderr).not.toContain('the first entry');
    expect(stderr).toContain('"msg":"the second entry"');
  },
);
