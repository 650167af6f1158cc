import { hash } from 'node:crypto';
import { isIPv6, SocketAddress } from 'node:net';
import type { Clock } from '@stagedoor/access';

/** Attempts that fail in a row, from one place with one client id, before it has to wait; and the time for each one more. */
const BURST = 10;
const RECOVERY_MILLIS = 10_000;
const MAX_PLACES = 20_000;

/**
 * How often one client id failed from one place (an IPv4 address, or the /64 of an IPv6 one: RFC 6177). Counted in time:
 * each failure moves the moment until which the place is in debt by ten seconds. Bounded: the debts untouched longest go first.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #debts = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds to wait before the next attempt; 0 where one may be made. It counts as failed until it is forgiven. */
  begin(address: string, clientId: string): number {
    const now = this.#clock.now();
    const limit = now + BURST * RECOVERY_MILLIS;
    const key = keyOf(address, clientId);
    const debt = this.#debts.get(key) ?? 0;
    // Where the clock was set back, a debt would otherwise last for as long as it was ahead.
    const after = (debt > limit ? now : Math.max(debt, now)) + RECOVERY_MILLIS;
    if (after > limit) return Math.max(1, Math.ceil((after - limit) / 1000));
    this.#debts.delete(key);
    this.#debts.set(key, after);
    const [oldest] = this.#debts.keys();
    if (this.#debts.size > MAX_PLACES && oldest !== undefined) this.#debts.delete(oldest);
    return 0;
  }

  /** The attempt was not made after all. */
  withdraw(address: string, clientId: string): void {
    const key = keyOf(address, clientId);
    const debt = this.#debts.get(key);
    if (debt !== undefined) this.#debts.set(key, debt - RECOVERY_MILLIS);
  }

  /** Somebody there knows the secret. */
  forgive(address: string, clientId: string): void {
    this.#debts.delete(keyOf(address, clientId));
  }
}

/** A digest, because what is sent as a client id may be long, or a secret in the wrong place. */
function keyOf(address: string, clientId: string): string {
  return hash('sha256', `${placeOf(address)} ${clientId}`, 'base64url');
}

export function placeOf(address: string): string {
  if (!isIPv6(address)) return address;
  const canonical = new SocketAddress({ address: address.replace(/%.*$/, ''), family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(canonical)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = canonical.split('::');
  const first = head === '' ? [] : head.split(':');
  // What `::` leaves out is zeros: as many as the groups behind it do not need.
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - behind.length)).fill('0');
  return `${[...first, ...zeros, ...behind].slice(0, 4).join(':')}::/64`;
}
