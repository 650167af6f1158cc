import { basic, ClosedLoop, get } from './load.ts';
import { cpuSeconds } from './measured-process.ts';
import { leaveItsProcessor } from './processors.ts';
import { answerOf, caddyName, type Running, startCaddy, startStagedoor } from './programs.ts';
import { type Figure, median, print, spread } from './report.ts';

const ROUNDS = 9;
const REQUESTS = 40_000;
/** Until a just-in-time compiler has seen enough. */
const WARM_UP_ROUNDS = 2;
const CONNECTIONS = 64;

/**
 * What a warm Basic request costs the server in CPU, beside the same request unprotected and beside Caddy with its hash cache,
 * which sends the same body and headers.
 */
export async function benchBasic(): Promise<void> {
  leaveItsProcessor();
  const open = await startStagedoor(['--memory', '--method', 'none']);
  const guarded = await startStagedoor(['--memory', '--method', 'basic']);
  const topology = await answerOf(open, {});
  const caddy = await startCaddy(topology, { name: 'demo', password: 'demo' });
  const caddyOpen = await startCaddy(topology, null);
  const subjects = { open, guarded, caddy, caddyOpen };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const subject of Object.values(subjects)) if (subject) await cpuPerRequest(subject);
  }
  const costs = { open: [] as number[], guarded: [] as number[], caddy: [] as number[], caddyOpen: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, subject] of Object.entries(subjects))
      if (subject) costs[name as keyof typeof costs].push(await cpuPerRequest(subject));
  }
  for (const subject of Object.values(subjects)) await subject?.stop();
  print(`A warm request, CPU of the server in microseconds (${ROUNDS} rounds of ${REQUESTS})`, figures(costs));
}

/** The same bytes to everybody: also the unprotected server is sent the header, and ignores it. */
async function cpuPerRequest({ pid, port }: Running): Promise<number> {
  const request = get('/v2/topology', basic('demo', 'demo'));
  const before = cpuSeconds(pid);
  const { answers, byStatus } = await new ClosedLoop({ port, connections: CONNECTIONS, request: () => request }).run(
    REQUESTS,
  );
  if (byStatus.get(200) !== answers) throw new Error(`not everything was answered with 200: ${[...byStatus]}`);
  return ((cpuSeconds(pid) - before) / answers) * 1e6;
}

type Costs = Readonly<Record<'open' | 'guarded' | 'caddy' | 'caddyOpen', readonly number[]>>;

function figures({ open, guarded, caddy, caddyOpen }: Costs): Figure[] {
  const ratio = (one: readonly number[], other: readonly number[]) =>
    spread(
      one.map((value, round) => value / (other[round] ?? value)),
      2,
    );
  const own: Figure[] = [
    { name: 'unprotected', value: spread(open, 1), peer: '' },
    { name: 'Basic', value: spread(guarded, 1), peer: '' },
    { name: 'Basic / unprotected', value: ratio(guarded, open), peer: 'Camunda’s framework: 800', aim: 'at most 1.11' },
  ];
  if (caddy.length === 0)
    return [
      ...own,
      { name: 'Basic / Caddy basic_auth, cached', value: 'not measured', peer: 'caddy is not installed' },
    ];
  return [
    ...own,
    {
      name: 'Basic / Caddy basic_auth, cached',
      value: ratio(guarded, caddy),
      peer: `${caddyName()}: ${median(caddy).toFixed(1)} (its plain reply: ${median(caddyOpen).toFixed(1)})`,
      aim: 'at most 0.75',
    },
  ];
}
