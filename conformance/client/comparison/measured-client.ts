/**
 * A client as a program uses it, configured by its environment alone: `ours`, `orchestration` or `sdk`. Each further argument is a
 * call: `threads` makes 130 at once, `pause` prints a line and waits for one. Prints how many were answered what, as JSON.
 */
import { createInterface } from 'node:readline';

const CALLS_AT_ONCE = 130;

// As on a machine whose clock is wrong; what counts without it, as `performance.now`, goes on as ever.
const off = Number(process.env.CLOCK_IS_OFF_BY ?? 0);
const RightDate = Date;
const now = (): number => RightDate.now() + off;
globalThis.Date = new Proxy(RightDate, {
  construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

const CLIENTS: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  ours: async () => {
    const { credentialsFromEnvironment } = await import('@stagedoor/client/node');
    const credentials = credentialsFromEnvironment(process.env, { broker: false });
    const call = credentials.fetchFor('orchestration');
    return async () => {
      const response = await call(`${credentials.addressOf('orchestration')}/v2/topology`);
      if (!response.ok) throw new Error(`the API answered ${response.status}`);
      return response.json();
    };
  },
  orchestration: async () => {
    const { default: createCamundaClient } = await import('@camunda8/orchestration-cluster-api');
    const camunda = createCamundaClient();
    return () => camunda.getTopology();
  },
  sdk: async () => {
    const { Camunda8 } = await import('@camunda8/sdk');
    const camunda = new Camunda8().getCamundaRestClient();
    return () => camunda.getTopology();
  },
};

async function allAtOnce(call: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const counted: Record<string, number> = {};
  const calls = Array.from({ length: CALLS_AT_ONCE }, async () => {
    const outcome = await call().then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'),
    );
    counted[outcome] = (counted[outcome] ?? 0) + 1;
  });
  await Promise.all(calls);
  return counted;
}

const [, , name = '', ...calls] = process.argv;
const call = await CLIENTS[name]?.();
if (call === undefined) throw new Error(`there is no client ${name}`);
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
const answers: Record<string, unknown> = {};
for (const asked of calls) {
  if (asked === 'pause') {
    process.stdout.write('paused\n');
    await lines.next();
  } else answers[asked] = await allAtOnce(call);
}
process.stdout.write(`${JSON.stringify(answers)}\n`);
process.exit();
