import type { Clock, Username } from '@stagedoor/access';
import { type AuditDoor, noteSafely } from './note.ts';

export type LoginAudit = AuditDoor & { readonly clock: Clock };

/** A session that began or ended. Failed log-ins are refusals; the name that was typed is in neither, for it may be a password. */
export function noteLogin(door: LoginAudit, operation: 'login' | 'logout', username: Username): void {
  noteSafely(door, {
    at: door.clock.now(),
    actor: { kind: 'user', id: username, credential: 'session' },
    operation,
    entityType: 'USER',
    entityKey: username,
    outcome: 'SUCCESS',
    code: null,
    count: 1,
  });
}
