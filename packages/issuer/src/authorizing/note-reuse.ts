import { ANONYMOUS_ACTOR, type AuditSink, type Clock } from '@stagedoor/access';
import type { Login } from './login.ts';

/** A code or a refresh token that came again: whose it is stands in it, who sent it nobody knows. */
export function noteReuse(noting: { readonly audit: AuditSink; readonly clock: Clock }, { username }: Login): void {
  noting.audit.note({
    at: noting.clock.now(),
    actor: ANONYMOUS_ACTOR,
    operation: 'token.reuse',
    entityType: 'USER',
    entityKey: username,
    outcome: 'FAIL',
    code: null,
    count: 1,
  });
}
