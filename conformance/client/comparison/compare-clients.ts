/**
 * `node conformance/client/comparison/compare-clients.ts [client…]`: measures what each client does, and prints the table of
 * docs/client.md. Takes a few minutes for each, as the clocks of most cannot be moved.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, measure, nodeClient, type StartClient } from './measure.ts';
import { javaClient } from './measured-java-client.ts';

const CLIENTS: Readonly<Record<string, (directory: string) => Promise<StartClient>>> = {
  '@stagedoor/client': async () => nodeClient('ours'),
  'camunda-client-java': javaClient,
  '@camunda8/orchestration-cluster-api': async () => nodeClient('orchestration'),
  '@camunda8/sdk': async () => nodeClient('sdk'),
};
/** One that keeps no token that lives for 35 s or less could not be told from one that forgets. */
const LIFE_SECONDS = 60;
const OBSERVED_MILLIS = 10_000;

const requests = (count: number) => (count === 1 ? '1 request' : `${count} requests`);
const calls = ({ requests: count, failed }: { readonly requests: number; readonly failed: number }) =>
  `${requests(count)}, ${failed === 0 ? 'no call fails' : `${failed} calls fail`}`;
const yes = (is: boolean) => (is ? 'yes' : 'no');

const ROWS: readonly (readonly [string, (measured: Measured) => string])[] = [
  ['130 calls meet an expired token', ({ atExpiry }) => calls(atExpiry)],
  ['130 calls meet a token that the API refuses', ({ refusedByApi }) => calls(refusedByApi)],
  ['the secret is wrong, 2 × 130 calls, a minute at most', ({ wrongSecret }) => requests(wrongSecret.requests)],
  ['… after which the calls are', ({ wrongSecret }) => wrongSecret.outcome],
  ['429 with `Retry-After: 30`, the next 10 s', ({ tooMany }) => requests(tooMany.requests)],
  [
    'the clock is 5 minutes fast, the next 130 calls',
    ({ clockFast }) => (clockFast === undefined ? 'not measured' : calls(clockFast)),
  ],
  ['shows its certificate for the token', ({ certificate }) => yes(certificate.forToken)],
  ['shows its certificate to the API', ({ certificate }) => yes(certificate.forCalls)],
];

const asked = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-compared-'));
const names = Object.keys(CLIENTS).filter((name) => asked.length === 0 || asked.includes(name));
const columns: Measured[] = [];
for (const name of names) {
  const start = await CLIENTS[name]?.(directory);
  if (start === undefined) continue;
  const clockCanBeWrong = name !== 'camunda-client-java';
  columns.push(await measure(start, { lifeSeconds: LIFE_SECONDS, observedMillis: OBSERVED_MILLIS, clockCanBeWrong }));
}
rmSync(directory, { recursive: true, force: true });
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = [
  line(['', ...names.map((name) => `\`${name}\``)]),
  line(['---', ...names.map(() => '---')]),
  ...ROWS.map(([row, cell]) => line([row, ...columns.map(cell)])),
];
process.stdout.write(`${table.join('\n')}\n`);
