import { type Actor, ANONYMOUS_ACTOR } from '@stagedoor/access';
import type { Admission } from '../door.ts';

/** How the audit log names whoever was admitted. */
export function actorOf(admission: Admission | null): Actor {
  if (admission === null || admission.via === 'anonymous' || admission.principal.kind === 'anonymous')
    return ANONYMOUS_ACTOR;
  const { principal, via } = admission;
  return principal.kind === 'user'
    ? { kind: 'user', id: principal.username, credential: via }
    : { kind: 'client', id: principal.clientId, credential: via };
}
