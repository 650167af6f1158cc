import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentMegabytes } from './measured-process.ts';
import { startStagedoor } from './programs.ts';
import { print, spread } from './report.ts';

const ROUNDS = 7;

/** From the command to the first answer, and the memory of a program that nobody asks anything; beside Node that does nothing. */
export async function benchStart(): Promise<void> {
  const directory = newDirectory();
  await firstAnswer(directory);
  const firsts: number[] = [];
  const starts: number[] = [];
  const memory: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const another = newDirectory();
    firsts.push((await firstAnswer(another)).milliseconds);
    rmSync(another, { recursive: true, force: true });
    const measured = await firstAnswer(directory);
    starts.push(measured.milliseconds);
    memory.push(measured.megabytes);
    const begun = performance.now();
    execFileSync(process.execPath, ['-e', '0']);
    bare.push(performance.now() - begun);
  }
  rmSync(directory, { recursive: true, force: true });
  const node = `node -e 0: ${spread(bare, 0, ' ms')}`;
  print('Start and idle memory', [
    {
      name: 'start to first answer, first start (makes its keys)',
      value: spread(firsts, 0, ' ms'),
      peer: node,
      aim: 'under 500 ms',
    },
    { name: 'start to first answer', value: spread(starts, 0, ' ms'), peer: node, aim: 'under 500 ms' },
    {
      name: 'resident memory, idle',
      value: spread(memory, 0, ' MB'),
      peer: 'Camunda 8.6, idle: 460 MB',
      aim: 'under 120 MB',
    },
  ]);
}

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'bench-start-'));
}

async function firstAnswer(directory: string): Promise<{ milliseconds: number; megabytes: number }> {
  const begun = performance.now();
  const program = await startStagedoor([], directory);
  await (await fetch(`http://127.0.0.1:${program.port}/v2/topology`)).text();
  const milliseconds = performance.now() - begun;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const megabytes = residentMegabytes(program.pid);
  await program.stop();
  return { milliseconds, megabytes };
}
