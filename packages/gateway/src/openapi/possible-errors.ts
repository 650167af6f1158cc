import type { Requirement } from '@stagedoor/access';
import type { Dialect } from '../dialect.ts';
import type { AuthenticationMethod } from '../door.ts';
import type { Operation } from '../operation.ts';
import { isGuarded } from './security.ts';

const SAFE: ReadonlySet<string> = new Set(['GET']);

/** Which errors a request to a row can end in, beside those that the row itself declares. */
export function possibleErrors(method: AuthenticationMethod, dialect: Dialect, operation: Operation): number[] {
  const { requirement, body, find, path } = operation;
  const unsafe = !SAFE.has(operation.method);
  const guarded = isGuarded(method, dialect, operation);
  // A search changes nothing, although it is a POST.
  const changes = unsafe && !path.endsWith('/search');
  const possible: readonly (readonly [number, boolean])[] = [
    [400, true],
    [401, guarded],
    // Pages of other origins and sessions without their CSRF token, even where no permission is asked for.
    [403, unsafe || asksForPermission(requirement)],
    [404, find !== null || path.includes('{')],
    [409, changes],
    [413, body.kind !== 'none'],
    [415, body.kind !== 'none'],
    [421, true],
    [429, guarded && method === 'basic' && dialect.credentials !== 'bearer'],
    [500, true],
    [503, true],
  ];
  const declared = Object.keys(operation.responses).map(Number).filter(isError);
  return [...new Set([...possible.filter(([, can]) => can).map(([status]) => status), ...declared])].sort();
}

export function isError(status: number): boolean {
  return status >= 400;
}

function asksForPermission(requirement: Requirement): boolean {
  switch (requirement.kind) {
    case 'anonymous':
    case 'authenticated':
      return false;
    default:
      return true;
  }
}
