import { isIP } from 'node:net';

/** What one proxy says of whoever sent it a request; undefined where it says nothing that can be used. */
export type Hop = {
  readonly address: string | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  readonly host: string | undefined;
};

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** More proxies than anybody has; what stands before them was written by strangers. */
const MAX_HOPS = 20;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** One pair of RFC 7239 section 4 and what ends it: `;` within an element, `,` behind one. */
const PAIR = new RegExp(`\\s*(${TOKEN})=(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))\\s*([;,]|$)`, 'y');

/** What `Forwarded` (RFC 7239) says, the nearest proxy first; nothing where it cannot be read as a whole. */
export function readForwarded({ forwarded }: Headers): readonly Hop[] {
  if (typeof forwarded !== 'string') return [];
  const hops: Hop[] = [];
  let pairs = new Map<string, string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < forwarded.length) {
    const [, name, quoted, plain, end] = PAIR.exec(forwarded) ?? [];
    if (name === undefined || pairs.has(name.toLowerCase())) return [];
    pairs.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
    if (end === ';') continue;
    hops.push({
      address: addressOf(pairs.get('for')),
      scheme: schemeOf(pairs.get('proto')),
      host: pairs.get('host'),
    });
    pairs = new Map();
  }
  // An element that breaks off is the nearest proxy's: without it a farther one, written by anybody, would be believed.
  return pairs.size > 0 ? [] : hops.reverse().slice(0, MAX_HOPS);
}

/**
 * The same from the older headers, which have no standard: `X-Forwarded-For`, `-Proto` and `-Host`, each a list to which
 * every proxy adds at its end, or one value that the nearest one wrote.
 */
export function readXForwarded(headers: Headers): readonly Hop[] {
  const addresses = listOf(headers['x-forwarded-for']);
  const schemes = listOf(headers['x-forwarded-proto']);
  const hosts = listOf(headers['x-forwarded-host']);
  const count = Math.min(Math.max(addresses.length, 1), MAX_HOPS);
  return Array.from({ length: count }, (_, at) => ({
    address: addressOf(addresses[at]),
    scheme: schemeOf(schemes[at] ?? schemes.at(-1)),
    host: hosts[at] ?? hosts.at(-1),
  }));
}

/** The last one first. */
function listOf(header: string | readonly string[] | undefined): readonly string[] {
  if (typeof header !== 'string' || header.trim() === '') return [];
  return header
    .split(',')
    .map((item) => item.trim())
    .reverse();
}

/** `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; not `unknown`, nor a name that hides one. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, bracketed, plain] = /^(?:\[([\da-fA-F:.]+)\](?::\d{1,5})?|([\d.]+)(?::\d{1,5})?)$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isIP(address) === 0 || address.includes('%') ? undefined : address;
}

function schemeOf(text: string | undefined): Hop['scheme'] {
  const scheme = text?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}
