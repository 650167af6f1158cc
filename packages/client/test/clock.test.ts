import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countingSleep } from '../src/clock.ts';
import { fixedSecret, systemClock, TokenManager } from '../src/index.ts';
import { granted, TokenEndpoint } from './token-endpoint.ts';

const MINUTE = 60_000;

let issuer: TokenEndpoint;

beforeEach(async () => {
  issuer = await TokenEndpoint.start();
});
afterEach(() => issuer.stop());

/** The two clocks of a machine, each moved by itself. */
class Machine {
  ticks = 5_000;
  wall = 1_700_000_000_000;
  readonly monotonic = countingSleep(
    () => this.ticks,
    () => this.wall,
  );

  passes(milliseconds: number): void {
    this.ticks += milliseconds;
    this.wall += milliseconds;
  }
}

function tokenOn(machine: Machine) {
  const clock = { ...systemClock, monotonic: machine.monotonic, wall: () => machine.wall };
  const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
  return new TokenManager({ clock }).tokenFor({ endpoint: issuer.url, clientId: 'worker', authentication });
}

describe('the clock that lives are counted by', () => {
  it('goes on while the machine sleeps, though its own monotonic one stands', () => {
    const machine = new Machine();
    const before = machine.monotonic();
    machine.wall += 10 * MINUTE;
    expect(machine.monotonic() - before).toBe(10 * MINUTE);
    machine.passes(MINUTE);
    expect(machine.monotonic() - before).toBe(11 * MINUTE);
  });

  it('never goes back, and does not stop, when somebody sets the clock of the machine back', () => {
    const machine = new Machine();
    const before = machine.monotonic();
    machine.wall -= 60 * MINUTE;
    expect(machine.monotonic()).toBe(before);
    machine.passes(MINUTE);
    expect(machine.monotonic() - before).toBe(MINUTE);
  });

  it('is not moved by drift between the two', () => {
    const machine = new Machine();
    const before = machine.monotonic();
    for (let second = 0; second < 1_000; second += 1) {
      machine.ticks += 1_000;
      machine.wall += 1_010;
      machine.monotonic();
    }
    expect(machine.monotonic() - before).toBe(1_000_000);
  });

  it('lets no call leave with a token that expired while the machine slept', async () => {
    const machine = new Machine();
    const token = tokenOn(machine);
    expect((await token.get()).value).toBe('token-1');
    machine.wall += 60 * MINUTE;
    expect(token.atHand()).toBeUndefined();
    expect((await token.get()).value).toBe('token-2');
  });

  it('costs one token request where a wrong clock is set right, and none after that', async () => {
    const machine = new Machine();
    machine.wall = 0;
    const token = tokenOn(machine);
    await token.get();
    machine.wall = Date.now();
    for (let call = 0; call < 5; call += 1) await token.get();
    expect(issuer.seen).toHaveLength(2);
  });
});

describe('a timer', () => {
  it('that is set to more than timers can be set to does not end at once', async () => {
    const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
    const request = { endpoint: issuer.url, clientId: 'worker', authentication };
    let answer: () => void = () => undefined;
    issuer.answers(() => new Promise((resolve) => (answer = () => resolve(granted('late')))));
    const token = new TokenManager().tokenFor(request).get({ patience: Number.POSITIVE_INFINITY });
    while (issuer.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 5));
    answer();
    expect((await token).value).toBe('late');
  });
});
