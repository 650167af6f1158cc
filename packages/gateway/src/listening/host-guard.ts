import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { REFUSALS } from '@stagedoor/access';
import type { RequestHandler } from './listener.ts';

/**
 * Which Host names a listener answers for. IP addresses pass, since DNS rebinding needs a name; so does everything below
 * `.localhost`, which browsers and resolvers keep on this machine (RFC 6761 section 6.3).
 */
export class HostGuard {
  readonly #names: ReadonlySet<string>;
  // What a keep-alive client repeats on every request; bounded, because anybody can send a new one.
  readonly #known = new Map<string, boolean>();

  constructor(names: readonly string[]) {
    this.#names = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  }

  allows({ headers: { host }, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): boolean {
    if (host === undefined || repeated(rawHeaders)) return false;
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const allowed = this.#decide(host);
    if (this.#known.size >= 256) this.#known.clear();
    this.#known.set(host, allowed);
    return allowed;
  }

  #decide(host: string): boolean {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:@/?#[\]\s]+))(?::\d{1,5})?$/.exec(host);
    if (!match) return false;
    const [, bracketed, plain] = match;
    if (bracketed !== undefined) return isIP(bracketed) === 6;
    const name = (plain ?? '').toLowerCase().replace(/\.$/, '');
    return isIP(name) === 4 || this.#names.has(name) || name.endsWith('.localhost');
  }
}

/** RFC 9112 section 3.2 refuses a second Host; Node keeps the first and drops the rest, so only the raw list tells. */
function repeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

/** Puts a host guard in front of a listener that has no dialect of its own to refuse in. */
export function refuseStrangeHosts(names: readonly string[], handler: RequestHandler): RequestHandler {
  const guard = new HostGuard(names);
  return (request, response) => {
    if (guard.allows(request)) return handler(request, response);
    const { status, description } = REFUSALS.HOST_REFUSED;
    const body = JSON.stringify({
      type: 'about:blank',
      title: 'Misdirected Request',
      status,
      detail: description,
      code: 'HOST_REFUSED',
    });
    response
      .writeHead(status, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  };
}
