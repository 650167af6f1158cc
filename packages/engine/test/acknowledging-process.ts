// Started by `crash.test.ts`: deploys and creates without end, and prints each key once it was acknowledged.

import { writeSync } from 'node:fs';
import { openEngine } from '@stagedoor/engine';
import { resource, STRAIGHT, WAITING } from './bpmn-documents.ts';
import { TENANT } from './everything.ts';

const [file = ''] = process.argv.slice(2);
const clock = { now: () => Date.UTC(2026, 0, 1) };
const engine = openEngine({ file, clock, clusterId: 'cluster', host: '127.0.0.1', port: 8080, version: '8.10.0' });

for (let round = 0; ; round++) {
  const xml = [STRAIGHT, WAITING].map((text) => `${text}${' '.repeat(round % 2)}`);
  const resources = xml.map((text, index) => resource(`p${index}.bpmn`, text));
  for (const { key } of (await engine.deploy(resources, TENANT)).processDefinitions)
    writeSync(1, `definition ${key}\n`);
  for (const bpmnProcessId of ['straight', 'waiting', 'waiting']) {
    const { key } = await engine.createProcessInstance({
      process: { bpmnProcessId, version: null },
      variables: { round },
      tenantId: TENANT,
    });
    writeSync(1, `instance ${key}\n`);
  }
}
