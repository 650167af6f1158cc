import { anyOf, permission } from '@stagedoor/access';
import type { Operation } from '../../operation.ts';
import { unservedRows } from '../../unserved.ts';

const UPDATE = anyOf(
  permission('PROCESS_DEFINITION', 'UPDATE_USER_TASK', 'found'),
  permission('USER_TASK', 'UPDATE', 'found'),
);
const COMPLETE = anyOf(
  permission('PROCESS_DEFINITION', 'UPDATE_USER_TASK', 'found'),
  permission('PROCESS_DEFINITION', 'COMPLETE_USER_TASK', 'found'),
  permission('USER_TASK', 'UPDATE', 'found'),
  permission('USER_TASK', 'COMPLETE', 'found'),
);

/** User tasks of Zeebe v1 (facts, section 7.2): guarded as their sisters in v2 are, and not served yet. */
export const userTaskOperations: readonly Operation[] = [
  ...unservedRows(UPDATE, {
    updateUserTaskV1: 'PATCH /v1/user-tasks/{userTaskKey} UPDATE',
    assignUserTaskV1: 'POST /v1/user-tasks/{userTaskKey}/assignment ASSIGN',
    unassignUserTaskV1: 'DELETE /v1/user-tasks/{userTaskKey}/assignee ASSIGN',
  }),
  ...unservedRows(COMPLETE, {
    completeUserTaskV1: 'POST /v1/user-tasks/{userTaskKey}/completion COMPLETE',
  }),
];
