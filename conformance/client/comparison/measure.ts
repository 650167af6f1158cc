import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../program/run-command-line.ts';
import { openStage, type Stage, type StageSettings } from './stage.ts';

/**
 * One client, as it is started: what each of two rounds of 130 calls at once was answered, with something done between them.
 * Where it can be ended before, the signal does so.
 */
export type StartClient = (
  variables: Readonly<Record<string, string>>,
  meanwhile: () => Promise<void>,
  signal?: AbortSignal,
) => Promise<readonly (Readonly<Record<string, number>> | undefined)[]>;

export type Measured = {
  readonly atExpiry: { readonly requests: number; readonly failed: number };
  /** Until all calls of both rounds have failed, or for a minute. */
  readonly wrongSecret: { readonly requests: number; readonly outcome: 'told why' | 'not told why' | 'still waiting' };
  /** Token requests while it is observed, after an answer that asked for thirty seconds. */
  readonly tooMany: { readonly requests: number };
  readonly refusedByApi: { readonly requests: number; readonly failed: number };
  /** Undefined where its clock cannot be set wrong. */
  readonly clockFast: { readonly requests: number; readonly failed: number } | undefined;
  readonly certificate: { readonly forToken: boolean; readonly forCalls: boolean };
};

export type Circumstances = {
  /** Of a token; a client whose clock cannot be moved is given as long to see it expire. */
  readonly lifeSeconds: number;
  readonly observedMillis: number;
  readonly clockCanBeWrong: boolean;
};

const SCRIPT = fileURLToPath(new URL('./measured-client.ts', import.meta.url));
const CALLS = ['threads', 'pause', 'threads again'] as const;
const AT_ONCE = 130;
const A_MINUTE = 60_000;
const WRONG_CLOCK = { CLOCK_IS_OFF_BY: '300000' };

/** One of the clients for Node. */
export function nodeClient(name: 'ours' | 'orchestration' | 'sdk'): StartClient {
  return async (variables, meanwhile, signal) => {
    const home = mkdtempSync(join(tmpdir(), 'stagedoor-measured-'));
    const child = spawn(process.execPath, [SCRIPT, name, ...CALLS], {
      cwd: home,
      env: { HOME: home, ...variables },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const wasPaused = printed.includes('paused');
      printed += chunk.toString();
      if (!wasPaused && printed.includes('paused')) meanwhile().then(() => child.stdin.end('go on\n'));
    });
    await new Promise((resolve) => child.once('close', resolve));
    rmSync(home, { recursive: true, force: true });
    const line = printed.split('\n').find((one) => one.startsWith('{')) ?? '{}';
    const answers: Readonly<Record<string, Readonly<Record<string, number>>>> = JSON.parse(line);
    return [answers.threads, answers['threads again']];
  };
}

export async function measure(start: StartClient, circumstances: Circumstances): Promise<Measured> {
  const { lifeSeconds, observedMillis, clockCanBeWrong } = circumstances;
  const long = { lifeSeconds: 300 };
  const authority = await makeAuthority();
  try {
    return {
      atExpiry: await secondRound(start, { lifeSeconds }, () => sleep(lifeSeconds * 1_000 + 500)),
      wrongSecret: await wrongSecret(start),
      tooMany: await tooMany(start, observedMillis),
      refusedByApi: await secondRound(start, long, async (stage) => stage.revoke()),
      clockFast: clockCanBeWrong ? await secondRound(start, long, async () => undefined, WRONG_CLOCK) : undefined,
      certificate: await certificate(start, authority),
    };
  } finally {
    rmSync(authority, { recursive: true, force: true });
  }
}

/** What a second round costs after what happened meanwhile. */
async function secondRound(
  start: StartClient,
  settings: StageSettings,
  between: (stage: Stage) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly requests: number; readonly failed: number }> {
  const stage = await openStage(settings);
  let before = 0;
  const [, second] = await start({ ...variablesOf(stage), ...more }, async () => {
    await between(stage);
    before = stage.tokenRequests.length;
  });
  await stage.close();
  return { requests: stage.tokenRequests.length - before, failed: AT_ONCE - (second?.answered ?? 0) };
}

async function wrongSecret(start: StartClient): Promise<Measured['wrongSecret']> {
  const stage = await openStage({ lifeSeconds: 300 });
  stage.mood = 'refuses';
  const enough = new AbortController();
  const limit = setTimeout(() => enough.abort(), A_MINUTE);
  const rounds = await start(variablesOf(stage), async () => undefined, enough.signal);
  clearTimeout(limit);
  await stage.close();
  const words = rounds.flatMap((round) => Object.keys(round ?? {}));
  const isTold = words.length > 0 && words.every((said) => /invalid_client|unknown to this issuer/.test(said));
  const outcome = enough.signal.aborted ? 'still waiting' : isTold ? 'told why' : 'not told why';
  return { requests: stage.tokenRequests.length, outcome };
}

async function tooMany(start: StartClient, observedMillis: number): Promise<Measured['tooMany']> {
  const stage = await openStage({ lifeSeconds: 300 });
  stage.mood = 'wants fewer requests';
  const enough = new AbortController();
  const ended = start(variablesOf(stage), async () => undefined, enough.signal);
  while (stage.tokenRequests.length === 0) await sleep(10);
  await sleep(observedMillis);
  const requests = stage.tokenRequests.length;
  enough.abort();
  await ended;
  await stage.close();
  return { requests };
}

async function certificate(start: StartClient, authority: string): Promise<Measured['certificate']> {
  const file = (name: string) => join(authority, name);
  const [cert, key, ca] = ['server.pem', 'server-key.pem', 'ca.pem'].map((name) => readFileSync(file(name)));
  if (cert === undefined || key === undefined || ca === undefined) throw new Error('the CA made nothing');
  const stage = await openStage({ lifeSeconds: 300, tls: { cert, key, ca } });
  await start(
    {
      ...variablesOf(stage),
      CAMUNDA_MTLS_CERT_PATH: file('reader.pem'),
      CAMUNDA_MTLS_KEY_PATH: file('reader-key.pem'),
      CAMUNDA_MTLS_CA_PATH: file('ca.pem'),
      CAMUNDA_CUSTOM_CERT_CHAIN_PATH: file('reader.pem'),
      CAMUNDA_CUSTOM_PRIVATE_KEY_PATH: file('reader-key.pem'),
      CAMUNDA_CUSTOM_ROOT_CERT_PATH: file('ca.pem'),
      NODE_EXTRA_CA_CERTS: file('ca.pem'),
      STAGE_AUTHORITY: authority,
    },
    async () => undefined,
  );
  await stage.close();
  const { token, call } = stage.shown;
  if (token.length === 0 || call.length === 0) throw new Error('nothing came over TLS');
  return { forToken: token.every(Boolean), forCalls: call.every(Boolean) };
}

function variablesOf({ origin }: Stage): Readonly<Record<string, string>> {
  return {
    CAMUNDA_AUTH_STRATEGY: 'OAUTH',
    CAMUNDA_REST_ADDRESS: origin,
    ZEEBE_REST_ADDRESS: origin,
    CAMUNDA_OAUTH_URL: `${origin}/oauth/token`,
    CAMUNDA_AUTHORIZATION_SERVER_URL: `${origin}/oauth/token`,
    CAMUNDA_CLIENT_ID: 'worker',
    ZEEBE_CLIENT_ID: 'worker',
    CAMUNDA_CLIENT_SECRET: 'secret',
    ZEEBE_CLIENT_SECRET: 'secret',
    CAMUNDA_TOKEN_AUDIENCE: 'api',
    ZEEBE_TOKEN_AUDIENCE: 'api',
    CAMUNDA_TOKEN_DISK_CACHE_DISABLE: 'true',
    CAMUNDA_SDK_LOG_LEVEL: 'silent',
  };
}

async function makeAuthority(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-measured-'));
  const ran = await runCommandLine(['ca', '--dir', join(directory, 'tls'), '--client', 'reader'], { directory });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return join(directory, 'tls');
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
