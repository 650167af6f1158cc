import { anyOf, permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** User task: rows of v2 without a handler. */
export const userTasks: readonly Operation[] = [
  ...unservedRows(
    anyOf(permission('PROCESS_DEFINITION', 'READ_USER_TASK', 'visible'), permission('USER_TASK', 'READ', 'visible')),
    {
      searchUserTasks: 'POST /v2/user-tasks/search',
    },
  ),
  ...unservedRows(
    anyOf(permission('PROCESS_DEFINITION', 'READ_USER_TASK', 'found'), permission('USER_TASK', 'READ', 'found')),
    {
      getUserTask: 'GET /v2/user-tasks/{userTaskKey}',
      searchUserTaskAuditLogs: 'POST /v2/user-tasks/{userTaskKey}/audit-logs/search',
      getUserTaskForm: 'GET /v2/user-tasks/{userTaskKey}/form',
    },
  ),
  ...unservedRows(
    anyOf(permission('PROCESS_DEFINITION', 'UPDATE_USER_TASK', 'found'), permission('USER_TASK', 'UPDATE', 'found')),
    {
      updateUserTask: 'PATCH /v2/user-tasks/{userTaskKey} UPDATE',
      unassignUserTask: 'DELETE /v2/user-tasks/{userTaskKey}/assignee ASSIGN',
      assignUserTask: 'POST /v2/user-tasks/{userTaskKey}/assignment ASSIGN',
    },
  ),
  ...unservedRows(
    anyOf(
      permission('PROCESS_DEFINITION', 'UPDATE_USER_TASK', 'found'),
      permission('PROCESS_DEFINITION', 'COMPLETE_USER_TASK', 'found'),
      permission('USER_TASK', 'UPDATE', 'found'),
      permission('USER_TASK', 'COMPLETE', 'found'),
    ),
    {
      completeUserTask: 'POST /v2/user-tasks/{userTaskKey}/completion COMPLETE',
    },
  ),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found'), {
    searchUserTaskEffectiveVariables: 'POST /v2/user-tasks/{userTaskKey}/effective-variables/search',
    searchUserTaskVariables: 'POST /v2/user-tasks/{userTaskKey}/variables/search',
  }),
];
