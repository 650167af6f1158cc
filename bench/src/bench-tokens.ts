import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEYCLOAK_TOKEN_PATH, startKeycloak } from './bench-tokens-keycloak.ts';
import { ClosedLoop, post } from './load.ts';
import { cpuSeconds } from './measured-process.ts';
import { leaveItsProcessor } from './processors.ts';
import { createClient, type Running, startPeer, startStagedoor } from './programs.ts';
import { type Figure, median, print, spread } from './report.ts';

const ROUNDS = 7;
const REQUESTS = 4_000;
const CONNECTIONS = 64;
/** Until a just-in-time compiler has seen enough: Keycloak needs some 25,000 tokens. */
const WARM_UP = { node: 2 * REQUESTS, java: 25_000 };

type Algorithm = 'RS256' | 'ES256';

/** Against oidc-provider and Keycloak: how many times fewer CPU-seconds (issue "The passes"). */
const AIMS = { RS256: { oidcProvider: 1.8, keycloak: 5 }, ES256: { oidcProvider: 3, keycloak: 9 } } as const;

type Issuer = {
  readonly running: Running;
  readonly port: number;
  /** The bytes of one token request. */
  readonly request: string;
  readonly warmUp: number;
};

/** What a token for a client with a secret costs the issuer in CPU, beside issuers that do the same and the bare signature. */
export async function benchTokens(): Promise<void> {
  leaveItsProcessor();
  await benchAlgorithm('RS256');
  await benchAlgorithm('ES256');
}

async function benchAlgorithm(algorithm: Algorithm): Promise<void> {
  const issuers = {
    ours: await ours(algorithm),
    oidcProvider: await oidcProvider(algorithm),
    keycloak: await keycloak(algorithm),
  };
  const costs = { ours: [] as number[], oidcProvider: [] as number[], keycloak: [] as number[] };
  for (const issuer of Object.values(issuers)) if (issuer) await cpuPerToken(issuer, issuer.warmUp);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, issuer] of Object.entries(issuers))
      if (issuer) costs[name as keyof typeof costs].push(await cpuPerToken(issuer, REQUESTS));
  }
  for (const issuer of Object.values(issuers)) await issuer?.running.stop();
  const title = `A token, ${algorithm}, CPU of the issuer in microseconds (${ROUNDS} rounds of ${REQUESTS}, ${CONNECTIONS} at a time)`;
  print(title, figures(algorithm, costs));
}

/** No issuer can be cheaper: microseconds of CPU for one signature behind another, here and now, asked for as it costs Node least. */
function bareSignature(algorithm: Algorithm): number {
  const input = Buffer.alloc(400, 'a');
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const count = 2_000;
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) sign('sha256', input, privateKey);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function ours(algorithm: Algorithm): Promise<Issuer> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  writeFileSync(join(directory, 'application.yaml'), `stagedoor.issuer.algorithm: ${algorithm}\n`);
  const running = await startStagedoor(['--memory', '--method', 'oidc'], directory);
  const { clientId, clientSecret } = createClient(running);
  const form = { ...asking(clientId, clientSecret), audience: 'orchestration' };
  return { running, port: running.issuerPort, request: post('/oauth/token', form), warmUp: WARM_UP.node };
}

const PEER_CLIENT = { clientId: 'bench', clientSecret: 'a-secret-of-this-bench-alone-0123456789' };

async function oidcProvider(algorithm: Algorithm): Promise<Issuer> {
  const running = await startPeer(new URL('./bench-tokens-oidc-provider.ts', import.meta.url), {
    ALGORITHM: algorithm,
    CLIENT_ID: PEER_CLIENT.clientId,
    CLIENT_SECRET: PEER_CLIENT.clientSecret,
  });
  const request = post('/token', asking(PEER_CLIENT.clientId, PEER_CLIENT.clientSecret));
  return { running, port: running.port, request, warmUp: WARM_UP.node };
}

async function keycloak(algorithm: Algorithm): Promise<Issuer | null> {
  const running = await startKeycloak(algorithm, PEER_CLIENT);
  if (running === null) return null;
  const request = post(KEYCLOAK_TOKEN_PATH, asking(PEER_CLIENT.clientId, PEER_CLIENT.clientSecret));
  return { running, port: running.port, request, warmUp: WARM_UP.java };
}

function asking(clientId: string, clientSecret: string) {
  return { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
}

async function cpuPerToken({ running, port, request }: Issuer, requests: number): Promise<number> {
  const before = cpuSeconds(running.pid);
  const load = { port, connections: CONNECTIONS, request: () => request };
  const { answers, byStatus } = await new ClosedLoop(load).run(requests);
  if (byStatus.get(200) !== answers) throw new Error(`not everything was answered with 200: ${[...byStatus]}`);
  return ((cpuSeconds(running.pid) - before) / answers) * 1e6;
}

type Costs = Readonly<Record<'ours' | 'oidcProvider' | 'keycloak', readonly number[]>>;

function figures(algorithm: Algorithm, { ours: own, oidcProvider: provider, keycloak: cloak }: Costs): Figure[] {
  const aims = AIMS[algorithm];
  const floor = bareSignature(algorithm);
  const times = (peer: readonly number[]) =>
    spread(
      peer.map((value, round) => value / (own[round] ?? value)),
      2,
    );
  return [
    { name: 'Stagedoor', value: spread(own, 0), peer: `the signature alone: ${floor.toFixed(0)}` },
    {
      name: 'oidc-provider / Stagedoor',
      value: times(provider),
      peer: `oidc-provider: ${spread(provider, 0)}`,
      aim: `at least ${aims.oidcProvider}`,
    },
    cloak.length === 0
      ? { name: 'Keycloak / Stagedoor', value: 'not measured', peer: 'Keycloak is not installed' }
      : {
          name: 'Keycloak / Stagedoor',
          value: times(cloak),
          peer: `Keycloak, warm: ${median(cloak).toFixed(0)}`,
          aim: `at least ${aims.keycloak}`,
        },
  ];
}
