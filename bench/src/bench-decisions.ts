import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type AccessSnapshot, decide } from '@stagedoor/access';
import { Company, POLICY, type Question, subjectOf } from './bench-decisions-data.ts';
import { type Answer, type Loaded, PEERS, type Peer } from './bench-decisions-peers.ts';
import { type Figure, print, spread } from './report.ts';

const AIMS = new Map([
  [10_000, 'at most 0.4 µs'],
  [1_000_000, 'at most 1 µs'],
]);
const ROUNDS = 9;
/** Until a just-in-time compiler has seen enough. */
const WARM_UP_ROUNDS = 30;
const CALLERS = 1_000;
const QUESTIONS = 10_000;
const CHANGES = 500;
const CHANGES_OF_A_PEER = 3;

/** What a decision costs with few and with many grants, beside others that are asked the same about the same grants. */
export async function benchDecisions(): Promise<void> {
  for (const [grants, aim] of AIMS) {
    const company = new Company(grants);
    const asked = company.questions(QUESTIONS, Math.min(CALLERS, company.users));
    const before = bytesInUse();
    const snapshot = company.snapshot();
    const bytes = (bytesInUse() - before) / grants;
    const figures: Figure[] = [
      { name: 'a decision', value: inMicroseconds(costs(answers(snapshot, asked))), peer: '', aim },
      {
        name: `a decision, ${company.users} callers in turn`,
        value: inMicroseconds(costs(answers(snapshot, company.questions(QUESTIONS * 10)))),
        peer: '',
      },
      { name: 'memory for a grant', value: `${bytes.toFixed(0)} bytes`, peer: '' },
      {
        name: 'from a change to its effect',
        value: inMicroseconds(effects(snapshot, asked)),
        peer: '',
        aim: 'well under 1 ms',
      },
    ];
    for (const peer of PEERS) figures.push(...(await figuresOf(peer, company, snapshot, asked)));
    print(
      `${grants} grants, CPU of this process (${ROUNDS} rounds, ${Math.min(CALLERS, company.users)} callers)`,
      figures,
    );
  }
}

async function figuresOf(
  peer: Peer,
  company: Company,
  snapshot: AccessSnapshot,
  asked: readonly Question[],
): Promise<Figure[]> {
  if (company.grants > peer.most)
    return [{ name: `a decision by ${peer.name}`, value: 'not measured', peer: peer.whyNotMore }];
  const loaded = await peer.load(company);
  const some = asked.slice(0, peer.questions(company.grants));
  const own = answers(snapshot, some);
  const theirs = some.map((question) => loaded.ask(question));
  if (own.some((answer, index) => answer() !== theirs[index]?.())) throw new Error(`${peer.name} decides otherwise`);
  return [
    { name: `a decision by ${peer.name}`, value: '', peer: inMicroseconds(costs(theirs)) },
    {
      name: `${peer.name}, from a change to its effect`,
      value: '',
      peer: inMicroseconds(await effectsOf(loaded, asked)),
    },
  ];
}

/** The same questions, ready to be asked: the callers are known, as they are to a server that has seen them. */
function answers(snapshot: AccessSnapshot, questions: readonly Question[]): Answer[] {
  return questions.map(({ username, requirement, processId }) => {
    const principal = snapshot.principalOf(subjectOf(username));
    const found = [{ resourceId: processId }];
    return () => decide(snapshot, POLICY, principal, requirement, found).allowed;
  });
}

/** CPU of one answer in each round, in microseconds. */
function costs(asked: readonly Answer[]): number[] {
  const warmUp = asked.length < QUESTIONS ? 1 : WARM_UP_ROUNDS;
  for (let round = 0; round < warmUp; round += 1) askAll(asked);
  return Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    askAll(asked);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / asked.length;
  });
}

function askAll(asked: readonly Answer[]): number {
  let allowed = 0;
  for (const answer of asked) if (answer()) allowed += 1;
  return allowed;
}

/** From a new grant to the first decision by it, each time in the snapshot that has all grants before it. */
function effects(first: AccessSnapshot, questions: readonly Question[]): number[] {
  let snapshot = first;
  return questions.slice(0, CHANGES).map(({ username, requirement, processId }, index) => {
    const { resourceType, permissionType } = requirement;
    const grant = { ownerType: 'USER', ownerId: username, resourceType, resourceId: processId } as const;
    const started = performance.now();
    const key = String(Number.MAX_SAFE_INTEGER - index);
    snapshot = snapshot.apply(
      [{ kind: 'grant', key, grant: { ...grant, permissionTypes: [permissionType] } }],
      index + 2,
    );
    const principal = snapshot.principalOf(subjectOf(username));
    const { allowed } = decide(snapshot, POLICY, principal, requirement, [{ resourceId: processId }]);
    if (!allowed) throw new Error('a grant had no effect');
    return (performance.now() - started) * 1000;
  });
}

async function effectsOf(loaded: Loaded, questions: readonly Question[]): Promise<number[]> {
  const taken: number[] = [];
  for (const question of questions.slice(0, CHANGES_OF_A_PEER)) {
    const started = performance.now();
    if (!(await loaded.grant(question))) throw new Error('a grant had no effect');
    taken.push((performance.now() - started) * 1000);
  }
  return taken;
}

function inMicroseconds(values: readonly number[]): string {
  return spread(values, Math.min(...values) < 10 ? 2 : 0, ' µs');
}

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new TypeError('this engine has no collector to call');
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
