/**
 * A path is read once, here, before routing and deciding. What two parsers could read in two ways is refused: encoded
 * slashes, dots, backslashes, percent signs, control characters and `;`, dot segments, `#` (routers end a path there), and
 * anything that is no percent-encoded UTF-8.
 */
const AMBIGUOUS = /[\\;#\u0000-\u0020\u007f-\uffff]|%(?:2[eEfF5]|5[cC]|3[bB]|(?![0-9a-fA-F]{2}))|\/\.{1,2}(?:\/|$)/;

export type ContextPath = {
  /** `server.servlet.context-path` without a slash at its end; empty for none. */
  readonly basePath: string;
  /** The cluster's own id: `/{clusterId}` in front of every path, as in SaaS addresses. A literal, never a pattern. */
  readonly clusterId: string;
};

export type ReadTarget = { readonly ok: true; readonly url: string } | { readonly ok: false };

const CANNOT_BE_READ: ReadTarget = { ok: false };

/** The path and query to route by, or that the path cannot be read in one way only. */
export function readTarget(target: string, context: ContextPath): ReadTarget {
  const mark = target.indexOf('?');
  const written = mark === -1 ? target : target.slice(0, mark);
  if (written.charCodeAt(0) !== 0x2f) return CANNOT_BE_READ;
  if (AMBIGUOUS.test(written) || !decodes(written)) return CANNOT_BE_READ;
  const path = withoutPrefix(withoutPrefix(singleLeadingSlash(written), context.basePath), `/${context.clusterId}`);
  // Some collapse an empty segment and some do not; in front, and behind a prefix, it was taken off already.
  if (path.includes('//')) return CANNOT_BE_READ;
  return { ok: true, url: mark === -1 ? path : path + target.slice(mark) };
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether the percent-encoding is UTF-8 (RFC 3986 section 2.5), and of nothing that could write into a terminal. */
function decodes(path: string): boolean {
  if (!path.includes('%')) return true;
  try {
    return !CONTROL.test(decodeURIComponent(path));
  } catch {
    // Overlong or cut sequences: what two decoders read differently.
    return false;
  }
}

/** Several leading slashes count as one: the page's default `ZEEBE_REST_ADDRESS` ends in `/`. */
function singleLeadingSlash(path: string): string {
  return path.charCodeAt(1) === 0x2f ? path.replace(/^\/+/, '/') : path;
}

function withoutPrefix(path: string, prefix: string): string {
  if (prefix.length < 2 || !path.startsWith(prefix)) return path;
  if (path.length === prefix.length) return '/';
  return path.charCodeAt(prefix.length) === 0x2f ? singleLeadingSlash(path.slice(prefix.length)) : path;
}
