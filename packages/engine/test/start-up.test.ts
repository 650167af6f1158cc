import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { resource, STRAIGHT } from './bpmn-documents.ts';
import { TENANT } from './everything.ts';
import { open, temporaryFile } from './temporary-engine.ts';

const CHILD = fileURLToPath(new URL('./loading-process.ts', import.meta.url));

describe('a start', () => {
  it('needs no XML parser, and ends by itself once the engine is closed', async () => {
    const file = temporaryFile();
    const engine = open(file);
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    engine.close();
    const { stdout, status } = spawnSync(process.execPath, [CHILD, file], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ state: 'COMPLETED', engine: true, parser: false });
  });
});
