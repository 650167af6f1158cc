import { type Actor, ANONYMOUS_ACTOR, type ClientId } from '@stagedoor/access';
import type { TokenIssuance } from './token-request.ts';

type Noting = Pick<TokenIssuance, 'audit' | 'clock'>;

/** A client that showed who it is at the token endpoint. */
export function noteClientLogin(noting: Noting, clientId: ClientId): void {
  note(noting, { kind: 'client', id: clientId, credential: 'basic' }, clientId);
}

/** One that did not. Which it said it was is not told, for what people send as an id may be a secret. */
export function noteRefusedClient(noting: Noting): void {
  note(noting, ANONYMOUS_ACTOR, null);
}

function note({ audit, clock }: Noting, actor: Actor, entityKey: string | null): void {
  audit.note({
    at: clock.now(),
    actor,
    operation: 'login',
    entityType: 'CLIENT',
    entityKey,
    outcome: entityKey === null ? 'FAIL' : 'SUCCESS',
    // The table of refusals is the door's: the issuer speaks OAuth.
    code: null,
    count: 1,
  });
}
