import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import createCamundaClient from '@camunda8/orchestration-cluster-api';
import { Auth } from '@camunda8/sdk';
import { authorizedFetch, fixedSecret, renewedBearer, TokenManager } from '@stagedoor/client';
import { type Credentials, credentialsFromEnvironment } from '@stagedoor/client/node';
import { leaveItsProcessor } from './processors.ts';
import { startStagedoor } from './programs.ts';
import { median, print, spread } from './report.ts';

const ROUNDS = 9;
const CALLS = 5_000;
const AT_ONCE = 16;
const HEADERS = 200_000;
const WARM_UP_ROUNDS = 2;
/** About as long as one of ours with RS256; `@camunda8/sdk` reads the claims. */
const CLAIMS = { iss: 'https://issuer.example.com', sub: 'worker', exp: 4_000_000_000, permissions: 'p'.repeat(170) };
const TOKEN = ['h'.repeat(90), Buffer.from(JSON.stringify(CLAIMS)).toString('base64url'), 's'.repeat(342)].join('.');

/** What carrying a token that is there costs a call, beside a call that carries a fixed one, and beside what official clients do for the header. */
export async function benchClient(): Promise<void> {
  leaveItsProcessor();
  const issuer = await startIssuer();
  const program = await startStagedoor(['--memory', '--method', 'none']);
  const credentials = credentialsFromEnvironment(environmentOf(issuer, program.port), { broker: false });
  try {
    await printCalls(credentials);
    await printAlone();
    await printHeaders(credentials, issuer);
  } finally {
    await credentials.close();
    await program.stop();
    issuer.close();
    issuer.closeAllConnections();
  }
}

async function printCalls(credentials: Credentials): Promise<void> {
  const address = `${credentials.addressOf('orchestration')}/v2/topology`;
  const authorized = credentials.fetchFor('orchestration');
  const subjects = {
    plain: () => fetch(address, { headers: { authorization: `Bearer ${TOKEN}` }, redirect: 'manual' }),
    authorized: () => authorized(address),
  };
  const costs = await interleaved(subjects, (call) => cpuPerCall(call));
  const over = costs.authorized.map((cost, round) => cost - (costs.plain[round] ?? cost));
  print(`A call with a token that is there, CPU of the caller in microseconds (${ROUNDS} rounds of ${CALLS})`, [
    { name: 'authorized fetch', value: spread(costs.authorized, 1), peer: `fetch: ${spread(costs.plain, 1)}` },
    { name: 'authorized − plain', value: spread(over, 1), peer: '', aim: 'below 2, within what rounds differ by' },
  ]);
}

/** The same with everything taken away that plain calls have, too: a transport that answers at once. */
async function printAlone(): Promise<void> {
  const answer = new Response('{}');
  const transport = async () => answer;
  const tokens = new TokenManager({ fetch: async () => Response.json(grant()) });
  const token = tokens.tokenFor({
    endpoint: new URL('https://issuer.example.com/token'),
    clientId: 'worker',
    authentication: { kind: 'secret', secret: fixedSecret('secret'), sentIn: 'body' },
  });
  const origin = 'https://api.example.com';
  const call = authorizedFetch(renewedBearer(token), { origins: [origin], fetch: transport });
  const headers = { 'content-type': 'application/json' };
  const costs = await interleaved(
    {
      nothing: () => transport(),
      get: () => call(`${origin}/v2/topology`),
      post: () => call(`${origin}/v2/jobs/activation`, { method: 'POST', headers, body: '{}' }),
    },
    (subject) => nanosecondsPer(subject),
  );
  const over = (one: readonly number[]) =>
    spread(
      one.map((cost, round) => (cost - (costs.nothing[round] ?? 0)) / 1_000),
      2,
    );
  print(`What a call is delayed by on this side, microseconds (${ROUNDS} rounds of ${HEADERS})`, [
    { name: 'GET', value: over(costs.get), peer: '', aim: 'below 2' },
    { name: 'POST with a header and a body', value: over(costs.post), peer: '', aim: 'below 2' },
  ]);
}

async function printHeaders(credentials: Credentials, issuer: Server): Promise<void> {
  const variables = environmentOf(issuer, 1);
  const orchestration = createCamundaClient({ config: { ...variables, CAMUNDA_AUTH_STRATEGY: 'OAUTH' }, env: {} });
  const sdk = new Auth.OAuthProvider({ config: { ...variables, CAMUNDA_TOKEN_DISK_CACHE_DISABLE: true } });
  const ours = credentials.authorizerFor('orchestration');
  const costs = await interleaved(
    {
      ours: async () => ours.authorize(),
      orchestration: () => orchestration.getAuthHeaders(),
      sdk: () => sdk.getHeaders('ZEEBE'),
    },
    (subject) => nanosecondsPer(subject),
  );
  const ratio = (one: readonly number[]) => `${(median(one) / median(costs.ours)).toFixed(1)} times as long`;
  print(`The header with a token that is there, nanoseconds (${ROUNDS} rounds of ${HEADERS})`, [
    { name: '@stagedoor/client', value: spread(costs.ours, 0), peer: '' },
    {
      name: '@camunda8/orchestration-cluster-api',
      value: spread(costs.orchestration, 0),
      peer: ratio(costs.orchestration),
    },
    { name: '@camunda8/sdk', value: spread(costs.sdk, 0), peer: ratio(costs.sdk) },
  ]);
}

/** Each in turn in every round, so that what the machine does meanwhile befalls all of them. */
async function interleaved<Name extends string, Subject>(
  subjects: Readonly<Record<Name, Subject>>,
  measure: (subject: Subject) => Promise<number>,
): Promise<Readonly<Record<Name, number[]>>> {
  const names = Object.keys(subjects) as Name[];
  const costs = Object.fromEntries(names.map((name): [string, number[]] => [name, []])) as Record<Name, number[]>;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
    for (const name of names) {
      const cost = await measure(subjects[name]);
      if (round >= 0) costs[name].push(cost);
    }
  return costs;
}

async function cpuPerCall(call: () => Promise<Response>): Promise<number> {
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let made = 0; made < CALLS / AT_ONCE; made += 1) {
        const response = await call();
        if (response.status !== 200) throw new Error(`the API answered ${response.status}`);
        await response.arrayBuffer();
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

async function nanosecondsPer(call: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  for (let made = 0; made < HEADERS; made += 1) await call();
  return ((performance.now() - begun) * 1e6) / HEADERS;
}

function environmentOf(issuer: Server, port: number) {
  return {
    CAMUNDA_REST_ADDRESS: `http://127.0.0.1:${port}`,
    CAMUNDA_OAUTH_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token`,
    CAMUNDA_CLIENT_ID: 'worker',
    CAMUNDA_CLIENT_SECRET: 'secret',
    CAMUNDA_TOKEN_AUDIENCE: 'api',
    ZEEBE_CLIENT_ID: 'worker',
    ZEEBE_CLIENT_SECRET: 'secret',
  };
}

function grant() {
  return { access_token: TOKEN, token_type: 'Bearer', expires_in: 36_000 };
}

async function startIssuer(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(grant()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
