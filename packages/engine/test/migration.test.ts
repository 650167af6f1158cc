import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { document, node, processOf, resource, WAITING } from './bpmn-documents.ts';
import { EVERYTHING, TENANT } from './everything.ts';
import { open, rowsIn, temporaryFile } from './temporary-engine.ts';

const NAMED = document(
  processOf('named', node('startEvent', 's').xml).replace(' id="named"', ' id="named" name="With a name"'),
);

/** Takes the second step of the schema back, which leaves a file as the first version wrote it. */
function toFirstSchema(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('DROP INDEX process_instance_of_tenant');
  db.exec('ALTER TABLE process_instance DROP COLUMN process_name');
  db.exec('ALTER TABLE process_instance DROP COLUMN root_key');
  db.exec('PRAGMA user_version = 1');
  db.close();
}

async function writtenByFirstVersion() {
  const file = temporaryFile();
  const engine = open(file);
  await engine.deploy([resource('named.bpmn', NAMED), resource('waiting.bpmn', WAITING)], TENANT);
  for (const bpmnProcessId of ['named', 'waiting', 'named']) {
    const process = { bpmnProcessId, version: null };
    await engine.createProcessInstance({ process, variables: { a: 1 }, tenantId: TENANT });
  }
  const definitions = await engine.searchProcessDefinitions(EVERYTHING);
  const instances = await engine.searchProcessInstances(EVERYTHING);
  engine.close();
  toFirstSchema(file);
  return { file, definitions, instances };
}

const COUNTS =
  'SELECT (SELECT count(*) FROM variable) AS variables, (SELECT count(*) FROM element_instance) AS elements, ' +
  '(SELECT last FROM key_counter) AS keys';

describe('a file of the first version', () => {
  it('keeps all that is in it, and learns what the second one asks for', async () => {
    const { file, definitions, instances } = await writtenByFirstVersion();
    const before = rowsIn(file, COUNTS);
    const engine = open(file);
    expect(await engine.searchProcessDefinitions(EVERYTHING)).toEqual(definitions);
    expect(await engine.searchProcessInstances(EVERYTHING)).toEqual(instances);
    expect(instances.items.map(({ processName }) => processName)).toEqual(['With a name', null, 'With a name']);
    expect(instances.items.every(({ key, rootKey }) => key === rootKey)).toBe(true);
    engine.close();
    expect(rowsIn(file, COUNTS)).toEqual(before);
    expect(rowsIn(file, 'PRAGMA user_version')).toEqual([{ user_version: 2 }]);
    expect(rowsIn(file, 'PRAGMA foreign_key_check')).toEqual([]);
  });

  it('goes on where it was: versions, keys, new instances and other tenants', async () => {
    const { file, instances } = await writtenByFirstVersion();
    const engine = open(file);
    const { processDefinitions } = await engine.deploy([resource('named.bpmn', `${NAMED}\n`)], TENANT);
    expect(processDefinitions[0]?.version).toBe(2);
    await engine.deploy([resource('named.bpmn', NAMED)], 'red');
    const process = { bpmnProcessId: 'named', version: null };
    const created = await engine.createProcessInstance({ process, variables: {}, tenantId: 'red' });
    expect(created.key).toBeGreaterThan(Math.max(...instances.items.map(({ key }) => key)));
    expect(await engine.processInstance(created.key)).toEqual(created);
    engine.close();
  });

  it('is left as it was where the step fails, and opens once the cause is gone', async () => {
    const { file, instances } = await writtenByFirstVersion();
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE process_instance_of_tenant (in_the_way)');
    db.close();
    expect(() => open(file)).toThrow();
    expect(rowsIn(file, 'PRAGMA user_version')).toEqual([{ user_version: 1 }]);
    expect(rowsIn(file, "SELECT name FROM pragma_table_info('process_instance') WHERE name = 'root_key'")).toEqual([]);
    const again = new DatabaseSync(file);
    again.exec('DROP TABLE process_instance_of_tenant');
    again.close();
    const engine = open(file);
    expect(await engine.searchProcessInstances(EVERYTHING)).toEqual(instances);
    engine.close();
  });
});
