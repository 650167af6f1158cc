import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { open, rowsIn, temporaryFile } from './temporary-engine.ts';

const CHILD = fileURLToPath(new URL('./acknowledging-process.ts', import.meta.url));

/** What the child acknowledged until it was killed, at least so many lines. */
async function killedAfter(lines: number, file: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === lines) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

describe('kill -9', () => {
  it.each([1, 3, 50])(
    'loses nothing that was acknowledged and leaves nothing half-written, after %i answers',
    async (lines) => {
      const file = temporaryFile();
      const acknowledged = await killedAfter(lines, file);
      const engine = open(file);
      expect(acknowledged.length).toBeGreaterThanOrEqual(lines);
      for (const line of acknowledged) {
        const [kind, key] = line.split(' ');
        const record =
          kind === 'instance' ? await engine.processInstance(Number(key)) : await engine.processDefinition(Number(key));
        expect(record?.key).toBe(Number(key));
      }
      engine.close();
      expect(rowsIn(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      expect(rowsIn(file, 'PRAGMA foreign_key_check')).toEqual([]);
      const whole =
        'SELECT i.key FROM process_instance i WHERE (SELECT count(*) FROM element_instance e WHERE e.process_instance_key = i.key) <> 2 ' +
        'OR (SELECT count(*) FROM variable v WHERE v.process_instance_key = i.key) <> 1';
      expect(rowsIn(file, whole)).toEqual([]);
    },
  );

  it('never gives a key again that was acknowledged', async () => {
    const file = temporaryFile();
    const keys = [...(await killedAfter(20, file)), ...(await killedAfter(20, file))];
    // A definition that stands is acknowledged under its own key each time.
    const instances = keys.filter((line) => line.startsWith('instance'));
    expect(new Set(instances).size).toBe(instances.length);
  });
});
