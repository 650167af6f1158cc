import { lstatSync } from 'node:fs';

/**
 * Why a directory cannot be trusted with secrets, in words; undefined where it can. Whoever can write there can put
 * up a broker of his own and be told secrets, or lay down tokens of his own. Systems without users in this sense (Windows) are taken at their word.
 */
export function distrusted(directory: string): string | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  const found = lstatSync(directory);
  if (!found.isDirectory()) return `${directory} is no directory`;
  if (found.uid !== own) return `${directory} belongs to another user`;
  return (found.mode & 0o077) === 0 ? undefined : `${directory} is open to other users: run chmod 700 on it`;
}
