import type { IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isSafe(method: string | undefined): boolean {
  return method !== undefined && SAFE.has(method);
}

/**
 * True where a browser says that a page of another origin sent this. The Host is on the allow-list by then, so the origin
 * of this server is what the request itself names.
 */
export function isForeignOrigin(headers: IncomingHttpHeaders): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return origin !== `http://${host}` && origin !== `https://${host}`;
}
