/** A process that calls an API with the credentials of its environment, thirteen times at once for each line that moves its clock. */
import { createInterface } from 'node:readline';
import { credentialsFromEnvironment } from '../../src/node/index.ts';
import { MovableClock } from '../movable-clock.ts';

const clock = new MovableClock();
const credentials = credentialsFromEnvironment(process.env, { clock });
const call = credentials.fetchFor('orchestration');

for await (const line of createInterface(process.stdin)) {
  clock.move(Number(line));
  const calls = Array.from({ length: 13 }, () => call(`${credentials.addressOf('orchestration')}/v2/topology`));
  const statuses = (await Promise.allSettled(calls)).map((one) =>
    one.status === 'fulfilled' ? one.value.status : one.reason.code,
  );
  process.stdout.write(`${JSON.stringify([...new Set(statuses)])}\n`);
}
