import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { haproxyName, startHaproxy } from './bench-verification-haproxy.ts';
import { type Algorithm, AUDIENCE, type Issuer, openIssuer } from './bench-verification-issuer.ts';
import { ClosedLoop, get } from './load.ts';
import { cpuSeconds } from './measured-process.ts';
import { leaveItsProcessor } from './processors.ts';
import { answerOf, type Running, type SameAnswer, startPeer, startStagedoor } from './programs.ts';
import { type Figure, median, print, spread } from './report.ts';

const CONNECTIONS = 64;
const ROUNDS = 9;
/** Requests of a round: with one token, and with tokens that nobody has seen. */
const REQUESTS = { warm: 20_000, cold: 3_000 };
/** Until a just-in-time compiler has seen enough. */
const WARM_UP_ROUNDS = 2;

type Subject = 'open' | 'ours' | 'fastJwt' | 'express' | 'haproxy';
type Subjects = Readonly<Record<Subject, Running | null>>;
type Costs = Record<Subject, number[]>;

/**
 * What a request with a Bearer token of a foreign issuer costs the server in CPU: warm, as a client asks that has a token, and
 * cold, each token for the first time. Beside the same request unprotected, and beside what else verifies tokens, which
 * all send the same body and headers.
 */
export async function benchVerification(): Promise<void> {
  leaveItsProcessor();
  await benchAlgorithm('RS256');
  await benchAlgorithm('ES256');
}

async function benchAlgorithm(algorithm: Algorithm): Promise<void> {
  const issuer = await openIssuer(algorithm);
  const subjects = await startAll(issuer);
  const warm = emptyCosts();
  const cold = emptyCosts();
  const [known = ''] = issuer.tokens(1);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    // The same to all: what is new to one of them is new to each.
    const fresh = issuer.tokens(REQUESTS.cold).map(asking);
    for (const subject of SUBJECTS) {
      const running = subjects[subject];
      if (running === null) continue;
      const costs = { warm: await cpuPerRequest(running, [asking(known)], REQUESTS.warm), cold: 0 };
      if (subject !== 'open') costs.cold = await cpuPerRequest(running, fresh, REQUESTS.cold);
      if (round < 0) continue;
      warm[subject].push(costs.warm);
      cold[subject].push(costs.cold);
    }
  }
  for (const running of Object.values(subjects)) await running?.stop();
  issuer.close();
  const rounds = (requests: number) => `CPU of the server in microseconds (${ROUNDS} rounds of ${requests})`;
  print(`A request with a known Bearer token, ${algorithm}, ${rounds(REQUESTS.warm)}`, [
    ...ownFigures(warm),
    ...peerFigures(warm),
  ]);
  print(`A request with a new Bearer token, ${algorithm}, ${rounds(REQUESTS.cold)}`, [
    { name: 'Bearer', value: spread(cold.ours, 1), peer: '' },
    ...peerFigures(cold),
  ]);
}

const SUBJECTS: readonly Subject[] = ['open', 'ours', 'fastJwt', 'express', 'haproxy'];
const emptyCosts = (): Costs => ({ open: [], ours: [], fastJwt: [], express: [], haproxy: [] });

async function startAll(issuer: Issuer): Promise<Subjects> {
  const open = await startStagedoor(['--memory', '--method', 'none']);
  const answer = await answerOf(open, {});
  const settings = peerSettings(issuer, answer);
  const guarded = {
    ours: await startGuarded(issuer),
    fastJwt: await startPeer(new URL('./bench-verification-fast-jwt.ts', import.meta.url), settings),
    express: await startPeer(new URL('./bench-verification-express.ts', import.meta.url), settings),
    haproxy: await startHaproxy(issuer, answer),
  };
  for (const running of Object.values(guarded)) if (running) await refuseForgery(running, issuer);
  return { open, ...guarded };
}

function startGuarded({ origin }: Issuer): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const oidc = `{ issuer-uri: "${origin}", audiences: [${AUDIENCE}], client-id-claim: client_id }`;
  writeFileSync(join(directory, 'application.yaml'), `camunda.security.authentication.oidc: ${oidc}\n`);
  return startStagedoor(['--memory', '--method', 'oidc'], directory);
}

function peerSettings({ origin, algorithm, publicPem }: Issuer, answer: SameAnswer): Readonly<Record<string, string>> {
  return {
    ISSUER: origin,
    AUDIENCE,
    ALGORITHM: algorithm,
    PUBLIC_PEM: publicPem,
    ANSWER: JSON.stringify(answer),
  };
}

/** Who takes a token whose claims were changed does not do the work that is measured. */
async function refuseForgery(running: Running, issuer: Issuer): Promise<void> {
  const [one = '', other = ''] = issuer.tokens(2).map((token) => token.split('.'));
  const headers = { authorization: `Bearer ${one[0]}.${one[1]}.${other[2]}` };
  const { status } = await fetch(`http://127.0.0.1:${running.port}/v2/topology`, { headers });
  if (status !== 401) throw new Error(`a forged token was answered with ${status}`);
}

function asking(token: string): string {
  return get('/v2/topology', { Authorization: `Bearer ${token}` });
}

/** The same bytes to everybody: also the unprotected server is sent the header, and ignores it. */
async function cpuPerRequest({ pid, port }: Running, requests: readonly string[], count: number): Promise<number> {
  const before = cpuSeconds(pid);
  const request = (index: number) => requests[index % requests.length] ?? '';
  const { answers, byStatus } = await new ClosedLoop({ port, connections: CONNECTIONS, request }).run(count);
  if (byStatus.get(200) !== answers) throw new Error(`not everything was answered with 200: ${[...byStatus]}`);
  return ((cpuSeconds(pid) - before) / answers) * 1e6;
}

function ownFigures({ open, ours }: Costs): Figure[] {
  return [
    { name: 'unprotected', value: spread(open, 1), peer: '' },
    { name: 'Bearer', value: spread(ours, 1), peer: '' },
    { name: 'Bearer / unprotected', value: ratio(ours, open), peer: 'Camunda: 6 to 10', aim: 'at most 1.11' },
  ];
}

function peerFigures({ ours, fastJwt, express, haproxy }: Costs): Figure[] {
  return [
    beside('fast-jwt, its cache on', ours, fastJwt),
    beside('express-oauth2-jwt-bearer', ours, express),
    haproxy.length === 0
      ? { name: 'Bearer / HAProxy jwt_verify', value: 'not measured', peer: 'HAProxy is not installed' }
      : beside(`${haproxyName()} jwt_verify`, ours, haproxy),
  ];
}

function beside(name: string, ours: readonly number[], peer: readonly number[]): Figure {
  return { name: `Bearer / ${name}`, value: ratio(ours, peer), peer: median(peer).toFixed(1) };
}

function ratio(one: readonly number[], other: readonly number[]): string {
  return spread(
    one.map((value, round) => value / (other[round] ?? value)),
    2,
  );
}
