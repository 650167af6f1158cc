import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { command, LAUNCHER, ownEnvironment, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { ACKNOWLEDGED } from './acknowledged.ts';
import { seededRandom } from './seeded-random.ts';
import type { StillThere } from './still-there.ts';

const scratch = mkdtempSync(join(tmpdir(), 'stagedoor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A port that was free a moment ago: the issuer keeps it over restarts, since it is part of what it calls itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(data: string, issuerPort: number): Promise<Program> {
  const ports = ['--port', '0', '--issuer-port', String(issuerPort), '--management-port', '0'];
  return startProgram({ args: [...ports, '--method', 'basic', '--data', data], directory: scratch });
}

/** At once, as a power cut has it: nothing is told that it should end. */
async function kill(program: Program): Promise<void> {
  const ended = new Promise((resolve) => program.child.once('exit', resolve));
  process.kill(program.pid, 'SIGKILL');
  await ended;
}

describe('what was acknowledged', () => {
  it.each([1, 2])(
    'outlives kill -9 at any moment (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const [data, issuerPort] = [join(scratch, `killed-${seed}`), await freePort()];
      const kinds = Object.keys(ACKNOWLEDGED);
      const kept: { readonly kind: string; readonly stillThere: StillThere }[] = [];
      let clusterId: string | undefined;
      for (let round = 0; round < 3; round++) {
        const program = await start(data, issuerPort);
        clusterId ??= program.clusterId;
        expect(program.clusterId).toBe(clusterId);
        const operations = 1 + Math.floor(random() * 4);
        for (let done = 0; done < operations; done++) {
          const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
          const stillThere = await ACKNOWLEDGED[kind]?.(program);
          if (stillThere !== undefined) kept.push({ kind, stillThere });
        }
        // Something is under way when it happens; whether that one is done nobody knows, and nobody was told.
        const underWay = Object.values(ACKNOWLEDGED)
          [Math.floor(random() * kinds.length)]?.(program)
          .catch(() => undefined);
        await kill(program);
        await underWay;
      }
      const last = await start(data, issuerPort);
      for (const { kind, stillThere } of kept)
        await stillThere(last).catch((error: Error) => expect.fail(`${kind} was lost: ${error.message}`));
      expect(kept.length).toBeGreaterThan(2);
      await last.stop();
    },
    60_000,
  );

  it('outlives kill -9, each kind of it, and a restart after that', async () => {
    const [data, issuerPort] = [join(scratch, 'all'), await freePort()];
    const first = await start(data, issuerPort);
    const kept = new Map<string, StillThere>();
    for (const [kind, make] of Object.entries(ACKNOWLEDGED)) kept.set(kind, await make(first));
    await kill(first);
    expect(existsSync(join(data, 'control.sock'))).toBe(true);
    const second = await start(data, issuerPort);
    for (const [kind, stillThere] of kept)
      await stillThere(second).catch((error: Error) => expect.fail(`${kind} was lost: ${error.message}`));
    await second.stop();
    const third = await start(data, issuerPort);
    for (const [kind, stillThere] of kept)
      await stillThere(third).catch((error: Error) => expect.fail(`${kind} was lost by a restart: ${error.message}`));
    expect(third.clusterId).toBe(first.clusterId);
    await third.stop();
  }, 60_000);

  it('on the command line, where no program runs, is there for the next one', async () => {
    const data = join(scratch, 'alone');
    const client = JSON.parse(
      await command({ directory: scratch, data }, ['client', 'create', '--name', 'early', '--json']),
    );
    await command({ directory: scratch, data }, ['user', 'create', 'early', '--password-stdin'], 'a password');
    const program = await start(data, await freePort());
    expect(JSON.parse(await command(program, ['client', 'list', '--json']))).toMatchObject([
      { clientId: client.clientId },
    ]);
    await kill(program);
    // The socket of the killed program is still there, and nobody answers on it.
    expect(await command(program, ['user', 'list', '--json'])).toContain('"early"');
  });
});

describe('a data directory', () => {
  it('has one program at a time', async () => {
    const program = await start(join(scratch, 'one'), await freePort());
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--method', 'basic', '--data', program.data] });
    expect([code, stderr]).toEqual([
      1,
      `stagedoor: the data directory ${program.data} is in use by another process: stop that process or choose another directory with --data\n`,
    ]);
    expect((await fetch(`${program.rest}/v2/status`)).status).toBe(204);
    expect(await command(program, ['user', 'list', '--json'])).toContain('"demo"');
    await program.stop();
  });

  it.each([60, 150, 240, 350])('is whole after a first start that was killed on its way (%i ms)', async (after) => {
    const data = join(scratch, `early-${after}`);
    const args = ['start', ...FREE_PORTS, '--method', 'basic', '--data', data];
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd: scratch,
      env: ownEnvironment(),
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    setTimeout(() => child.kill('SIGKILL'), after);
    await ended;
    const program = await start(data, await freePort());
    expect((await fetch(`${program.rest}/v2/topology`, { headers: basic('demo', 'demo') })).status).toBe(200);
    await program.stop();
  });

  it('is open to several commands at once, one after the other', async () => {
    const data = join(scratch, 'several');
    const names = ['one', 'two', 'three', 'four'];
    const ran = await Promise.all(
      names.map((name) =>
        runCommandLine(['client', 'create', '--name', name, '--id', name, '--data', data], { directory: scratch }),
      ),
    );
    // Of those that come first each may say that it made the directory.
    const said = (stderr: string) => stderr.replace(/^note: there was no data directory .*\n/, '');
    expect(ran.map(({ code, stderr }) => [code, said(stderr)])).toEqual(names.map(() => [0, '']));
    const listed: { clientId: string }[] = JSON.parse(
      await command({ directory: scratch, data }, ['client', 'list', '--json']),
    );
    expect(listed.map(({ clientId }) => clientId).sort()).toEqual([...names].sort());
  });
});
