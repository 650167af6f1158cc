import { networkInterfaces } from 'node:os';

/** An origin of this machine as another machine would write it; null where the machine has no network. */
export function fromOutside(origin: string): string | null {
  const addresses = Object.values(networkInterfaces()).flat();
  const outer = addresses.find((one) => one?.family === 'IPv4' && !one.internal);
  return outer === undefined ? null : `http://${outer.address}:${new URL(origin).port}`;
}
