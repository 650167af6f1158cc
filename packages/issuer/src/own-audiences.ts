import type { Parsed } from '@stagedoor/access';
import { isTakenTarget } from './choose-target.ts';

const MAX_AUDIENCES = 16;
/** A scope token (RFC 6749 section 3.3), since it can be asked for as one. */
const NAME = /^[!#-[\]-~]{1,256}$/;

/**
 * Checks the audiences that a client gets beyond those of its scopes. One of the table comes with its scope and in no other
 * way: it opens an API here. `problem` completes "the audiences …".
 */
export function checkOwnAudiences(audiences: readonly string[]): Parsed<readonly string[]> {
  const distinct = [...new Set(audiences)];
  if (distinct.length > MAX_AUDIENCES) return { ok: false, problem: `are more than ${MAX_AUDIENCES}` };
  if (!distinct.every((name) => NAME.test(name)))
    return { ok: false, problem: 'have to be 1 to 256 printable ASCII characters each, without spaces and quotes' };
  if (distinct.some((name) => isTakenTarget(name) || name.endsWith('/.default')))
    return { ok: false, problem: 'have one that comes with a scope: give the client that scope' };
  return { ok: true, value: distinct };
}
