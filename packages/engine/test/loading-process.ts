// Started by `start-up.test.ts`: prints whether the XML parser was loaded when the engine had opened, run an instance and answered.

import { registerHooks } from 'node:module';
import { TENANT } from './everything.ts';

const [file = ''] = process.argv.slice(2);
const loaded: string[] = [];
registerHooks({
  resolve(specifier, context, next) {
    loaded.push(specifier);
    return next(specifier, context);
  },
});

const { openEngine } = await import('@stagedoor/engine');
const clock = { now: () => Date.UTC(2026, 0, 1) };
const engine = openEngine({ file, clock, clusterId: 'cluster', host: '127.0.0.1', port: 8080, version: '8.10.0' });
const { state } = await engine.createProcessInstance({
  process: { bpmnProcessId: 'straight', version: null },
  variables: {},
  tenantId: TENANT,
});
engine.close();
process.stdout.write(
  JSON.stringify({
    state,
    engine: loaded.includes('@stagedoor/engine'),
    parser: loaded.some((name) => name.includes('moddle')),
  }),
);
