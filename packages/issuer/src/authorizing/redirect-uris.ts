import type { Parsed } from '@stagedoor/access';

const MAX_LENGTH = 2_000;
const ANSWERED = ['code', 'state', 'iss', 'error', 'error_description'];
/** Of a name, an IPv4 or an IPv6 address. A parser takes more, such as what parts the directives of a policy (CSP 3). */
const HOST = /^(?:[a-z0-9._-]*|\[[0-9a-f:.]+\])$/;
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
/** What a native app listens on at a port that it learns late (RFC 8252 section 7.3): addresses, never a name (section 8.3). */
const LOOPBACK_WITH_ANY_PORT = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?/;

/**
 * An address that people may be sent back to, as it is registered: kept as it is written, since it is compared as text. https
 * anywhere, http at this machine alone, or a scheme of an app's own with a dot in it (RFC 8252 section 7.1). `problem` completes
 * "the redirect URI …".
 */
export function parseRedirectUri(text: string): Parsed<string> {
  if (text.length > MAX_LENGTH) return { ok: false, problem: `is longer than ${MAX_LENGTH} characters` };
  // What a parser would mend is not what is compared later.
  if (!/^[!-~]+$/.test(text) || /["<>\\^`{|}]/.test(text) || !URL.canParse(text))
    return { ok: false, problem: 'is not an absolute URI' };
  if (text.includes('#')) return { ok: false, problem: 'has a fragment (RFC 6749 section 3.1.2)' };
  if (text.includes('*')) return { ok: false, problem: 'has a wildcard, and is compared as it is written' };
  const { protocol, hostname, username, password, searchParams } = new URL(text);
  if (/^https?:$/.test(protocol) && !HOST.test(hostname))
    return { ok: false, problem: 'has a host that is no name and no address' };
  if (username !== '' || password !== '') return { ok: false, problem: 'has credentials' };
  if (ANSWERED.some((name) => searchParams.has(name)))
    return { ok: false, problem: 'has a parameter of the answer in it: code, state, iss or error' };
  if (protocol === 'https:') return { ok: true, value: text };
  if (protocol === 'http:') {
    if (LOOPBACK_NAMES.includes(hostname)) return { ok: true, value: text };
    return { ok: false, problem: 'is http and not of this machine: use https' };
  }
  if (protocol.includes('.')) return { ok: true, value: text };
  return { ok: false, problem: 'has neither https nor a scheme of an app’s own, such as com.example.app' };
}

/** RFC 9700 section 2.1: as it is written, but for the port of a loopback address (RFC 8252 section 7.3). */
export function isRegisteredRedirect(registered: readonly string[], asked: string): boolean {
  if (registered.includes(asked)) return true;
  if (!LOOPBACK_WITH_ANY_PORT.test(asked) || !parseRedirectUri(asked).ok) return false;
  const withoutPort = asked.replace(LOOPBACK_WITH_ANY_PORT, 'http://$1');
  return registered.some(
    (uri) => LOOPBACK_WITH_ANY_PORT.test(uri) && uri.replace(LOOPBACK_WITH_ANY_PORT, 'http://$1') === withoutPort,
  );
}

/** The address with these parameters behind those that it has. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.append(name, value);
  return url.href;
}
