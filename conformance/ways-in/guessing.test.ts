import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, type Client, requestToken } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

const GUESSERS = 32;
const HERE = '127.0.0.1';
/** Another place of this machine: loopback is a whole network. */
const ELSEWHERE = '127.0.0.2';

let program: Program;
let client: Client;
beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  client = JSON.parse(await command(program, ['client', 'create', '--name', 'reader', '--json']));
});
afterAll(() => program.stop());

type Answer = { readonly status: number; readonly retryAfter: string | undefined };

function ask(headers: Record<string, string>, from: string, agent: Agent): Promise<Answer> {
  const { port } = new URL(program.rest);
  return new Promise((resolve, reject) => {
    const asked = request({ host: HERE, port, path: '/v2/topology', headers, localAddress: from, agent });
    asked.on('error', reject).on('response', (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] }),
      );
    });
    asked.end();
  });
}

let serial = 0;
/** Guesses on one connection each, without a pause, until they are told to stop. */
function startGuessing(names: () => string, from: string, connections = GUESSERS) {
  const answers: Answer[] = [];
  let going = true;
  const guessers = Array.from({ length: connections }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (going) {
      serial += 1;
      answers.push(await ask(basic(names(), `guess ${serial}`), from, agent));
    }
    agent.destroy();
  });
  return {
    answers,
    stop: async () => {
      going = false;
      await Promise.all(guessers);
    },
  };
}

const anybody = () => `somebody${serial}`;

async function newUser(name: string): Promise<Record<string, string>> {
  await command(program, ['user', 'create', name, '--password-stdin'], 'a good password');
  return basic(name, 'a good password');
}

/** Asks many times, one after the other; how many answers came to the others meanwhile. */
async function askOften(headers: Record<string, string>, times: number, others: readonly unknown[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = others.length;
  for (let time = 0; time < times; time++) expect((await ask(headers, HERE, agent)).status).toBe(200);
  agent.destroy();
  return others.length - before;
}

describe('while 32 connections guess passwords', () => {
  it.each([
    ['of many names', anybody],
    ['of the one who is known', () => 'known'],
  ])('%s, a user whose credentials are known is answered before them', async (_, names) => {
    const known = await newUser(names === anybody ? 'familiar' : 'known');
    await askOften(known, 1, []);
    const guessing = startGuessing(names, HERE);
    const meanwhile = await askOften(known, 300, guessing.answers);
    await guessing.stop();
    // Behind them he would have had one answer for every 32 of theirs.
    expect(meanwhile).toBeLessThan(300);
    expect(new Set(guessing.answers.map(({ status }) => status === 401 || status === 429))).toEqual(new Set([true]));
  });

  it('a client whose secret is known gets its tokens', async () => {
    const guessing = startGuessing(anybody, HERE);
    for (let time = 0; time < 20; time++) expect((await requestToken(program.issuer, client)).status).toBe(200);
    await guessing.stop();
  });

  it('somebody who comes for the first time, from elsewhere, waits for a few of them at most', async () => {
    const cold = await newUser('newcomer');
    const guessing = startGuessing(anybody, HERE);
    await expect.poll(() => guessing.answers.length).toBeGreaterThan(2);
    const before = guessing.answers.length;
    expect((await ask(cold, ELSEWHERE, new Agent())).status).toBe(200);
    // In turn with the guessers’ place, not behind all who stand there.
    expect(guessing.answers.length - before).toBeLessThan(GUESSERS / 2);
    await guessing.stop();
  });
});

describe('guesses of one name', () => {
  it('are limited where they come from, and lock nobody out elsewhere', async () => {
    const owner = await newUser('victim');
    const agent = new Agent({ keepAlive: true, maxSockets: GUESSERS });
    const guesses = Array.from({ length: GUESSERS }, (_, index) => ask(basic('victim', `guess ${index}`), HERE, agent));
    const answers = await Promise.all(guesses);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status, retryAfter }) => status === 429 && Number(retryAfter) > 0)).toHaveLength(
      GUESSERS - 10,
    );
    expect((await ask(owner, ELSEWHERE, agent)).status).toBe(200);
    // Known now, he is known everywhere.
    expect((await ask(owner, HERE, agent)).status).toBe(200);
    agent.destroy();
  });

  it('are limited for a name that nobody has in the same way', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: GUESSERS });
    const guesses = Array.from({ length: GUESSERS }, (_, index) => ask(basic('nobody', `guess ${index}`), HERE, agent));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(GUESSERS - 10);
    agent.destroy();
  });

  it('are limited for the secrets of a client, and lock the client out nowhere', async () => {
    const wrong = { ...client, clientSecret: 'wrong' };
    const statuses: number[] = [];
    for (let time = 0; time < 15; time++) statuses.push((await requestToken(program.issuer, wrong)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
    expect((await requestToken(program.issuer, client)).status).toBe(200);
  });
});

describe('guessers who hang up', () => {
  it('leave nothing behind that anybody would have to wait for', async () => {
    const cold = await newUser('patient');
    const { port } = new URL(program.rest);
    const sockets = await Promise.all(Array.from({ length: 100 }, (_, index) => hangingGuess(Number(port), index)));
    for (const socket of sockets) socket.destroy();
    // Turns go back and forth between two places, so these count how many turns pass until he is answered.
    const turns = startGuessing(anybody, ELSEWHERE, 1);
    expect((await ask(cold, HERE, new Agent())).status).toBe(200);
    const passed = turns.answers.length;
    await turns.stop();
    expect(passed).toBeLessThan(20);
  });
});

/** A guess on a connection of its own, whose answer nobody waits for. */
function hangingGuess(port: number, index: number): Promise<{ destroy(): void }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: HERE, localAddress: HERE }, () => {
      const { authorization } = basic(`gone${index}`, 'a guess');
      socket.write(`GET /v2/topology HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`, () =>
        resolve(socket),
      );
    });
    socket.on('error', reject);
  });
}
