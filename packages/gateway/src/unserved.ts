import type { Requirement } from '@stagedoor/access';
import { Failure } from './failure.ts';
import type { Method, Operation } from './operation.ts';

type UnservedRow = Pick<Operation, 'id' | 'method' | 'path' | 'requirement'> & Partial<Pick<Operation, 'command'>>;

/**
 * An operation that has no handler here yet. It is guarded like every other row, and whoever passes is told so with a 501.
 * It reads no body and looks nothing up, so that it asks whether a grant on anything at all could meet its requirement.
 */
function unserved(row: UnservedRow): Operation {
  return {
    ...row,
    served: false,
    summary: 'Not served here yet',
    body: { kind: 'none' },
    responses: {},
    find: null,
    handle: () => {
      throw new Failure('not-implemented', `Operation '${row.id}' is not served here yet`);
    },
  };
}

/** Method and path; after them the engine's command, where there is one. */
type Written = `${Method} /${string}`;

/** Rows of one requirement, by their ids. */
export function unservedRows(requirement: Requirement, rows: Readonly<Record<string, Written>>): readonly Operation[] {
  return Object.entries(rows).map(([id, written]) => {
    const [method, path = '', command] = written.split(' ');
    const row = { id, method: method as Method, path, requirement };
    return unserved(command === undefined ? row : { ...row, command });
  });
}
