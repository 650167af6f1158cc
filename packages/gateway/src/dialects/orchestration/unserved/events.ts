import { allOf, permission, resolved } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Message, Message subscription, Signal, Conditional, Expression: rows of v2 without a handler. */
export const events: readonly Operation[] = [
  ...unservedRows(permission('PROCESS_DEFINITION', 'CREATE_PROCESS_INSTANCE', 'found'), {
    evaluateConditionals: 'POST /v2/conditionals/evaluation EVALUATE',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'), {
    searchCorrelatedMessageSubscriptions: 'POST /v2/correlated-message-subscriptions/search',
    searchMessageSubscriptions: 'POST /v2/message-subscriptions/search',
  }),
  ...unservedRows(
    allOf(
      permission('EXPRESSION', 'EVALUATE', 'everything'),
      resolved('the process of the scope', permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found')),
    ),
    {
      evaluateExpression: 'POST /v2/expression/evaluation EVALUATE',
    },
  ),
  ...unservedRows(
    resolved(
      'what the message meets',
      permission('PROCESS_DEFINITION', 'CREATE_PROCESS_INSTANCE', 'found'),
      permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'),
    ),
    {
      correlateMessage: 'POST /v2/messages/correlation CORRELATE',
    },
  ),
  ...unservedRows(permission('MESSAGE', 'CREATE', 'everything'), {
    publishMessage: 'POST /v2/messages/publication PUBLISH',
  }),
  ...unservedRows(
    resolved(
      'what the signal meets',
      permission('PROCESS_DEFINITION', 'CREATE_PROCESS_INSTANCE', 'found'),
      permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'),
    ),
    {
      broadcastSignal: 'POST /v2/signals/broadcast BROADCAST',
    },
  ),
];
