import { basic } from './load.ts';
import { startCaddy, startStagedoor } from './programs.ts';
import { median, print, spread } from './report.ts';

/** Below the number of failures that a name may have before it is made to wait. */
const ATTEMPTS = 8;

/** Whether an unknown name can be told from a known one by the time that a wrong password takes. */
export async function benchNames(): Promise<void> {
  const stagedoor = await startStagedoor(['--memory', '--method', 'basic']);
  const known = await attempts(stagedoor.port, () => 'demo');
  const unknown = await attempts(stagedoor.port, (index) => `nobody${index}`);
  await stagedoor.stop();
  const caddy = await startCaddy({ body: '{}', headers: {} }, { name: 'demo', password: 'demo' });
  const peer =
    caddy === null
      ? null
      : {
          known: await attempts(caddy.port, () => 'demo'),
          unknown: await attempts(caddy.port, (index) => `nobody${index}`),
        };
  await caddy?.stop();
  print('A wrong password, milliseconds to the answer', [
    {
      name: 'known name',
      value: spread(known, 1),
      peer: peer === null ? 'caddy is not installed' : `Caddy: ${spread(peer.known, 1)}`,
    },
    { name: 'unknown name', value: spread(unknown, 1), peer: peer === null ? '' : `Caddy: ${spread(peer.unknown, 1)}` },
    {
      name: 'unknown / known',
      value: (median(unknown) / median(known)).toFixed(2),
      peer: peer === null ? '' : `Caddy: ${(median(peer.unknown) / median(peer.known)).toFixed(2)}`,
      aim: 'about 1',
    },
  ]);
}

async function attempts(port: number, name: (index: number) => string): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index <= ATTEMPTS; index += 1) {
    const begun = performance.now();
    await (
      await fetch(`http://127.0.0.1:${port}/v2/topology`, { headers: basic(name(index), `wrong${index}`) })
    ).text();
    times.push(performance.now() - begun);
  }
  // The first one loads what hashing needs.
  return times.slice(1);
}
