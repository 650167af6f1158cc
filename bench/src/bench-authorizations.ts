import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basic, ClosedLoop, get } from './load.ts';
import { cpuSeconds } from './measured-process.ts';
import { leaveItsProcessor } from './processors.ts';
import { type Running, startStagedoor } from './programs.ts';
import { print, spread } from './report.ts';

const ROUNDS = 9;
const REQUESTS = 20_000;
/** Until a just-in-time compiler has seen enough. */
const WARM_UP_ROUNDS = 2;
const CONNECTIONS = 64;
/** Looks a user up, and is guarded by a permission on what was found. */
const PATH = '/v2/users/demo';

/** What it costs the server to decide: the same request with authorizations on and off, in turn. */
export async function benchAuthorizations(): Promise<void> {
  leaveItsProcessor();
  const on = await startWith(true);
  const off = await startWith(false);
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const subject of [on, off]) await cpuPerRequest(subject);
  }
  const costs = { on: [] as number[], off: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    costs.on.push(await cpuPerRequest(on));
    costs.off.push(await cpuPerRequest(off));
  }
  await Promise.all([on.stop(), off.stop()]);
  const more = costs.on.map((cost, round) => (cost / (costs.off[round] ?? cost) - 1) * 100);
  print(`GET ${PATH}, CPU of the server in microseconds (${ROUNDS} rounds of ${REQUESTS})`, [
    { name: 'authorizations off', value: spread(costs.off, 1), peer: '' },
    { name: 'authorizations on', value: spread(costs.on, 1), peer: '' },
    { name: 'what they cost', value: spread(more, 1, ' %'), peer: '', aim: 'less than 5 %' },
  ]);
}

function startWith(enabled: boolean): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  writeFileSync(join(directory, 'application.yaml'), `camunda.security.authorizations.enabled: ${enabled}\n`);
  return startStagedoor(['--memory', '--method', 'basic'], directory);
}

async function cpuPerRequest({ pid, port }: Running): Promise<number> {
  const request = get(PATH, basic('demo', 'demo'));
  const before = cpuSeconds(pid);
  const load = new ClosedLoop({ port, connections: CONNECTIONS, request: () => request });
  const { answers, byStatus } = await load.run(REQUESTS);
  if (byStatus.get(200) !== answers) throw new Error(`not everything was answered with 200: ${[...byStatus]}`);
  return ((cpuSeconds(pid) - before) / answers) * 1e6;
}
