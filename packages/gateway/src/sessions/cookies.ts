/** The session cookies of the two logins: the page of 8.6 dictates the first name, 8.8 the second. */
export const SESSION_COOKIES = { operate: 'OPERATE-SESSION', camunda: 'camunda-session' } as const;
export type SessionForm = keyof typeof SESSION_COOKIES;

/** Cookie and header have one name in the original. */
export const CSRF_NAME = 'X-CSRF-TOKEN';

/** Where a form of our own pages carries it: forms have no headers. */
export const CSRF_FIELD = '_csrf';

/** The value of a cookie; null where it is missing, or there twice (another port of this host may have set one). */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  const [only, another] = values;
  return only === undefined || another !== undefined ? null : only.slice(name.length + 1);
}

export function setCookie(name: string, value: string, options: { httpOnly: boolean; secure: boolean }): string {
  return `${name}=${value}; Path=/${options.httpOnly ? '; HttpOnly' : ''}; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** As recorded from 8.6's logout. */
export function clearCookie(name: string): string {
  return `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; SameSite=Lax`;
}
