import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type MovingIssuer, openMovingIssuer } from '../foreign-keys/moving-issuer.ts';
import { Forge, jwkOf, type Key, keys } from '../hostile-tokens/forge.ts';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type StoppedClock, stopClock } from '../recorded/stopped-clock.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const OLD = keys.rsa;
const NEW = keys.anyRsa;

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

type Stage = {
  readonly issuer: MovingIssuer;
  readonly clock: StoppedClock;
  readonly program: Program;
  /** A token that nobody saw before, signed with this key. */
  readonly token: (key: Key) => string;
  readonly ask: (token: string) => Promise<Response>;
  readonly status: (token: string) => Promise<number>;
};

/** A program whose clock stands still, and its foreign issuer, which is away at the start where that is said. */
async function openStage({ away = false }: { readonly away?: boolean } = {}): Promise<Stage> {
  const clock = stopClock(Date.now());
  opened.push(() => clock.remove());
  const issuer = await openMovingIssuer(jwkOf(OLD));
  if (away) await issuer.close();
  const program = await startProgram({
    args: [...FREE_PORTS, '--memory'],
    environment: clock.environment,
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.origin}", audiences: [hostile-api], client-id-claim: client_id }
`,
  });
  opened.push(async () => {
    await program.stop();
    await issuer.close();
  });
  const forge = new Forge(issuer.origin, issuer.origin);
  const ask = (token: string) => fetch(`${program.rest}/v2/topology`, { headers: bearer(token) });
  return {
    issuer,
    clock,
    program,
    token: (key) => forge.sign(forge.claims({ jti: randomUUID(), exp: forge.now + 7_200 }), key),
    ask,
    status: async (token) => {
      const answer = await ask(token);
      await answer.arrayBuffer();
      return answer.status;
    },
  };
}

/** The answers to so many requests, 32 at a time; how often each status came. */
async function load(count: number, one: (index: number) => Promise<number>): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const status = await one(next);
      seen[status] = (seen[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return seen;
}

describe('an issuer that dies', () => {
  it('for ten minutes fails no request whose key is known, be its token new or remembered', async () => {
    const { issuer, clock, token, status } = await openStage();
    const remembered = token(OLD);
    expect(await status(remembered)).toBe(200);
    await issuer.close();
    for (let passed = 0; passed < 10 * MINUTE; passed += 10 * SECOND) {
      clock.move(10 * SECOND);
      expect([passed, await status(remembered), await status(token(OLD))]).toEqual([passed, 200, 200]);
    }
    // A key that it may have made meanwhile cannot be judged, which is no verdict on the token.
    expect(await status(token(NEW))).toBe(503);
    await issuer.reopen();
    issuer.publish(jwkOf(OLD), jwkOf(NEW));
    clock.move(10 * SECOND);
    expect(await status(token(NEW))).toBe(200);
  });

  it('before the start leaves a program that is ready, says when to come again, and recovers by itself', async () => {
    const { issuer, clock, program, token, ask, status } = await openStage({ away: true });
    expect((await fetch(`${program.management}/actuator/health/readiness`)).status).toBe(200);
    const refused = await ask(token(OLD));
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(10);
    await issuer.reopen();
    clock.move(wait * SECOND);
    expect(await status(token(OLD))).toBe(200);
  });
});

describe('an issuer whose answer never ends', () => {
  it('keeps nobody waiting for longer than the bound of an attempt, and answers the last good keys meanwhile', async () => {
    const { issuer, clock, token, status } = await openStage();
    expect(await status(token(OLD))).toBe(200);
    issuer.answer('never');
    clock.move(11 * MINUTE);
    const began = performance.now();
    expect(await load(64, () => status(token(OLD)))).toEqual({ 200: 64 });
    expect(await load(64, () => status(token(NEW)))).toEqual({ 503: 64 });
    // Five seconds for each of two attempts at most; the answer itself would take for ever.
    expect(performance.now() - began).toBeLessThan(15 * SECOND);
    expect(issuer.asked()).toBeLessThanOrEqual(3);
  }, 60_000);
});

describe('ten thousand kids that nobody published', () => {
  it('cause one fetch, and known keys are answered all the while', async () => {
    const { issuer, clock, token, status } = await openStage();
    expect(await status(token(OLD))).toBe(200);
    const before = issuer.asked();
    clock.move(10 * SECOND);
    const random = () => token({ ...OLD, kid: randomUUID() });
    const [unknown, known] = await Promise.all([
      load(10_000, () => status(random())),
      load(100, () => status(token(OLD))),
    ]);
    expect([unknown, known]).toEqual([{ 401: 10_000 }, { 200: 100 }]);
    expect(issuer.asked()).toBe(before + 1);
  }, 120_000);
});

describe('a rotation at the issuer', () => {
  it('with overlap fails nobody under load, and a key that is taken back is refused at once', async () => {
    const { issuer, clock, token, status } = await openStage();
    const remembered = token(OLD);
    expect(await status(remembered)).toBe(200);
    // The next key is published before it signs …
    issuer.publish(jwkOf(OLD), jwkOf(NEW));
    clock.move(10 * SECOND);
    expect(await load(300, () => status(token(OLD)))).toEqual({ 200: 300 });
    // … then both are seen …
    const both = (index: number) => status(index % 3 === 0 ? remembered : token(index % 3 === 1 ? OLD : NEW));
    expect(await load(600, both)).toEqual({ 200: 600 });
    clock.move(6 * MINUTE);
    expect(await load(300, both)).toEqual({ 200: 300 });
    // … and the old one ends when nobody presents it any more, or because it was stolen.
    issuer.publish(jwkOf(NEW));
    clock.move(6 * MINUTE);
    expect(await status(token(NEW))).toBe(200);
    await expect.poll(() => status(remembered)).toBe(401);
    expect(await load(300, (index) => status(index % 2 === 0 ? token(NEW) : token(OLD)))).toEqual({
      200: 150,
      401: 150,
    });
    expect(await status(remembered)).toBe(401);
  });

  it('without a word: the first token of the new key has it fetched, and the old one is refused from then on', async () => {
    const { issuer, clock, token, status } = await openStage();
    const remembered = token(OLD);
    expect(await status(remembered)).toBe(200);
    issuer.publish(jwkOf(NEW));
    clock.move(10 * SECOND);
    expect(await status(token(NEW))).toBe(200);
    expect([await status(remembered), await status(token(OLD))]).toEqual([401, 401]);
  });

  it('to an empty set takes every key back, and one that cannot be had takes none', async () => {
    const { issuer, clock, token, ask, status } = await openStage();
    expect(await status(token(OLD))).toBe(200);
    issuer.answer('unavailable');
    clock.move(11 * MINUTE);
    expect(await status(token(OLD))).toBe(200);
    issuer.answer('keys');
    issuer.publish();
    clock.move(10 * SECOND);
    await expect.poll(() => status(token(OLD))).toBe(401);
    expect(await (await ask(token(OLD))).text()).toContain('TOKEN_KEY_UNKNOWN');
  });
});

it('an issuer whose clock differs is named in the log, with the seconds', async () => {
  const { issuer, clock, program, token, status } = await openStage();
  expect(await status(token(OLD))).toBe(200);
  expect(program.output()).not.toContain('its clock is');
  // The issuer’s `Date` stands still with this machine’s clock; the program’s goes on.
  clock.move(10 * MINUTE);
  await status(token(OLD));
  await expect.poll(() => program.output()).toMatch(/its clock is (?:59\d|60\d) s behind ours/);
  expect(issuer.asked()).toBeGreaterThan(1);
});
