const MAX_LENGTH = 1_000;

/**
 * The path of ours that somebody wants to come back to, with its query, or `home`. Whatever a browser could read as an address
 * elsewhere leads home (RFC 9700 section 4.11): `//host`, `/\host`, tabs in between, schemes.
 */
export function ownPath(wanted: unknown, home: string): string {
  const base = new URL(home);
  if (typeof wanted !== 'string' || wanted.length > MAX_LENGTH || !/^\/[!-~]*$/.test(wanted)) return base.pathname;
  if (!URL.canParse(wanted, base.origin)) return base.pathname;
  const { origin, pathname, search } = new URL(wanted, base.origin);
  // A path may still begin with two slashes here: `/.//host` does.
  return origin === base.origin && !pathname.startsWith('//') ? `${pathname}${search}` : base.pathname;
}
