import { basic, ClosedLoop, get } from './load.ts';
import { cpuSeconds } from './measured-process.ts';
import { leaveItsProcessor } from './processors.ts';
import { answerOf, type Running, startCaddy, startStagedoor } from './programs.ts';
import { type Figure, print } from './report.ts';

const GUESSERS = 32;
const GOOD_CONNECTIONS = 4;
const SECONDS = 3;

type Guessed = { readonly before: number; readonly during: number; readonly idleAfter: number };

/** What a user whose credentials are known keeps of his throughput while 32 connections guess passwords, and what goes on after they hang up. */
export async function benchGuessing(): Promise<void> {
  leaveItsProcessor();
  const stagedoor = await startStagedoor(['--memory', '--method', 'basic']);
  const answer = await answerOf(stagedoor, basic('demo', 'demo'));
  const one = await underGuessing(stagedoor, () => 'demo');
  const many = await underGuessing(stagedoor, (index) => `user${index}`);
  await stagedoor.stop();
  const caddy = await startCaddy(answer, { name: 'demo', password: 'demo' });
  const peer = caddy === null ? null : await underGuessing(caddy, () => 'demo');
  await caddy?.stop();
  const peerText = peer === null ? 'caddy is not installed' : `Caddy: ${kept(peer)}`;
  const figures: Figure[] = [
    { name: 'throughput kept, one name guessed', value: kept(one), peer: peerText, aim: 'at least 50 %' },
    { name: 'throughput kept, a new name each time', value: kept(many), peer: peerText, aim: 'at least 50 %' },
    {
      name: 'CPU in the second after the guessers hung up',
      value: `${(one.idleAfter * 1000).toFixed(0)} ms`,
      peer: peer === null ? 'caddy is not installed' : `Caddy: ${(peer.idleAfter * 1000).toFixed(0)} ms`,
      aim: 'next to nothing',
    },
  ];
  print(`A known user beside ${GUESSERS} guessing connections`, figures);
}

function kept({ before, during }: Guessed): string {
  return `${((during / before) * 100).toFixed(0)} % (${before.toFixed(0)} → ${during.toFixed(0)} requests/s)`;
}

async function underGuessing({ pid, port }: Running, name: (index: number) => string): Promise<Guessed> {
  const good = get('/v2/topology', basic('demo', 'demo'));
  await new ClosedLoop({ port, connections: 1, request: () => good }).run(10);
  const before = await throughput(port, good);
  const guessers = new ClosedLoop({
    port,
    connections: GUESSERS,
    request: (index) => get('/v2/topology', basic(name(index), `wrong${index}`)),
  });
  guessers.start();
  await seconds(0.5);
  const during = await throughput(port, good);
  guessers.stop();
  await seconds(0.1);
  const cpu = cpuSeconds(pid);
  await seconds(1);
  return { before, during, idleAfter: cpuSeconds(pid) - cpu };
}

async function throughput(port: number, request: string): Promise<number> {
  const loop = new ClosedLoop({ port, connections: GOOD_CONNECTIONS, request: () => request });
  loop.start();
  await seconds(SECONDS);
  loop.stop();
  return loop.answers / SECONDS;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
