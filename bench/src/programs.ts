import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onItsProcessor } from './processors.ts';

const LAUNCHER = join(import.meta.dirname, '../../apps/stagedoor/bin/stagedoor.mjs');

export type Running = {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
};

export type Stagedoor = Running & {
  /** Of the embedded issuer. */
  readonly issuerPort: number;
  /** Its data directory. */
  readonly data: string;
};

/** Stagedoor on free ports. `directory` is kept between starts where it is given. */
export async function startStagedoor(
  args: readonly string[],
  directory = mkdtempSync(join(tmpdir(), 'bench-')),
): Promise<Stagedoor> {
  const free = ['--port', '0', '--issuer-port', '0', '--management-port', '0'];
  const [command, all] = onItsProcessor(process.execPath, [LAUNCHER, 'start', '--json', ...free, ...args]);
  const child = spawn(command, all, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await firstLine(child);
  const ready = JSON.parse(line) as { rest: string; issuer: string | null; pid: number; data: string };
  return {
    pid: ready.pid,
    port: Number(new URL(ready.rest).port),
    issuerPort: ready.issuer === null ? 0 : Number(new URL(ready.issuer).port),
    data: ready.data,
    stop: () => stop(child),
  };
}

/** What `stagedoor client create` makes, with every scope. */
export function createClient({ data }: Stagedoor): { readonly clientId: string; readonly clientSecret: string } {
  const args = [LAUNCHER, 'client', 'create', '--name', 'bench', '--json', '--data', data];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

/** A peer of our own making, which prints its port once it listens. `settings` are its environment, beside ours. */
export async function startPeer(script: URL, settings: Readonly<Record<string, string>>): Promise<Running> {
  const [command, all] = onItsProcessor(process.execPath, [fileURLToPath(script)]);
  const child = spawn(command, all, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', ...settings },
  });
  const port = Number(await firstLine(child));
  return {
    pid: child.pid ?? 0,
    port,
    stop: () => stop(child),
  };
}

/** What a peer has to answer to do the same work: our body, and our headers but those that every server makes itself. */
export type SameAnswer = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

const MADE_BY_THE_SERVER = new Set(['connection', 'content-length', 'date', 'keep-alive']);

export async function answerOf({ port }: Running, headers: Readonly<Record<string, string>>): Promise<SameAnswer> {
  const answer = await fetch(`http://127.0.0.1:${port}/v2/topology`, { headers });
  const own = [...answer.headers].filter(([name]) => !MADE_BY_THE_SERVER.has(name));
  return { body: await answer.text(), headers: Object.fromEntries(own) };
}

/** The Caddy to compare with: the one on the PATH, or the one that the environment names. Debian's is years old. */
const CADDY = process.env.CADDY ?? 'caddy';

/** `Caddy 2.11.9`; null where it is not installed. */
export function caddyName(): string | null {
  try {
    const version = execFileSync(CADDY, ['version'], { encoding: 'utf8' });
    return `Caddy ${/\d+\.\d+\.\d+/.exec(version)?.[0] ?? 'of an unknown version'}`;
  } catch {
    return null;
  }
}

/** Caddy with the same answer behind `basicauth`, its hash cache on (its default), or without it; null where it is not installed. */
export async function startCaddy(
  answer: SameAnswer,
  user: { name: string; password: string } | null,
): Promise<Running | null> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'caddy-'));
  try {
    const hash =
      user === null
        ? ''
        : execFileSync(CADDY, ['hash-password', '--plaintext', user.password], { encoding: 'utf8' }).trim();
    const guard = user === null ? '' : `basicauth {\n${user.name} ${hash}\n}`;
    const headers = Object.entries(answer.headers).map(([name, value]) => `header ${name} ${JSON.stringify(value)}\n`);
    writeFileSync(
      join(directory, 'Caddyfile'),
      `{\nadmin off\nauto_https off\n}\nhttp://:${port} {\nbind 127.0.0.1\n${guard}\n${headers.join('')}respond ${JSON.stringify(answer.body)} 200\n}\n`,
    );
  } catch {
    return null;
  }
  const [command, all] = onItsProcessor(CADDY, ['run', '--config', 'Caddyfile']);
  const child = spawn(command, all, {
    cwd: directory,
    stdio: 'ignore',
    env: { ...process.env, HOME: directory },
  });
  return onceAnswering(child, { port, directory });
}

/** A peer, once it answers on its port, however it answers. Its directory goes with it. In milliseconds, how long it may take. */
export async function onceAnswering(
  child: ChildProcess,
  { port, directory, patience = 5_000 }: { port: number; directory: string; patience?: number },
): Promise<Running> {
  await answering(port, patience);
  return {
    pid: child.pid ?? 0,
    port,
    stop: async () => {
      await stop(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function answering(port: number, patience: number): Promise<void> {
  const until = performance.now() + patience;
  while (performance.now() < until) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the peer did not start');
}
