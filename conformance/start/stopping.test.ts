import { Agent, get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { holdRequest } from './hold-request.ts';

const start = (...args: string[]) => startProgram({ args: [...FREE_PORTS, '--memory', ...args] });

function ended(program: Program): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve) => program.child.once('exit', (code, signal) => resolve([code, signal])));
}

/** Until nobody listens there any more. */
async function closed(origin: string): Promise<void> {
  await expect
    .poll(() =>
      fetch(origin).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('lets a request under way end, takes no new one, and ends well', async () => {
    const program = await start();
    const held = await holdRequest(program.rest);
    const end = ended(program);
    program.child.kill(signal);
    for (const origin of [program.rest, program.issuer ?? '', program.management]) await closed(origin);
    expect(program.child.exitCode).toBeNull();
    held.finish();
    expect(await held.answer).toMatch(/HTTP\/1\.1 204 [\s\S]*Set-Cookie: OPERATE-SESSION=/i);
    expect(await end).toEqual([0, null]);
    expect(program.output()).not.toMatch(/fault|Error|at /);
  });

  it('stops now when it comes again, with a request under way or not', async () => {
    const program = await start();
    const held = await holdRequest(program.rest);
    const end = ended(program);
    program.child.kill(signal);
    await closed(program.rest);
    program.child.kill(signal);
    expect(await end).toEqual([130, null]);
    expect(await held.answer).not.toMatch(/HTTP\/1\.1 [2-5]/);
  });

  it('waits for no connection that asks nothing', async () => {
    const program = await start();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve) => {
      get(`${program.rest}/v2/topology`, { agent }, (response) => response.resume().once('end', resolve));
    });
    const end = ended(program);
    program.child.kill(signal);
    expect(await end).toEqual([0, null]);
    agent.destroy();
  });
});
