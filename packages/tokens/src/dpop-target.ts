/**
 * Whether two addresses are the same (RFC 9449 section 4.3, RFC 3986 sections 6.2.2 and 6.2.3): scheme, authority and path, once
 * letter case, default ports, dot segments and needless percent-encoding are out of the way. Queries and fragments are passed over.
 */
export function sameTarget(one: string, other: string): boolean {
  const [normal, otherNormal] = [normalized(one), normalized(other)];
  return normal !== null && normal === otherNormal;
}

/** Null for what is no address of an HTTP server, and for one that names a user. */
function normalized(text: string): string | null {
  // What the parser would mend: other slashes, none, white space.
  if (!/^https?:\/\/[!-[\]-~]+$/i.test(text)) return null;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.origin + url.pathname.replace(/%[0-9a-fA-F]{2}/g, normalEscape);
}

/** RFC 3986 sections 6.2.2.1 and 6.2.2.2. */
function normalEscape(written: string): string {
  const character = String.fromCharCode(Number.parseInt(written.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : written.toUpperCase();
}
