import { type Actor, ANONYMOUS_ACTOR, type ClientId } from '@stagedoor/access';
import type { AuthenticationMethod, Identified, TokenIssuance } from './token-request.ts';

type Noting = Pick<TokenIssuance, 'audit' | 'clock'>;

/**
 * An assertion is a bearer's token (RFC 7521 section 4), a secret is as good as Basic, and a public client has nothing to show
 * but what it was given.
 */
const CREDENTIALS = { secret: 'basic', assertion: 'bearer', certificate: 'certificate', none: 'bearer' } as const;

/** A client that showed who it is. */
export function noteClientLogin(noting: Noting, clientId: ClientId, by: AuthenticationMethod): void {
  note(noting, { kind: 'client', id: clientId, credential: CREDENTIALS[by] }, clientId);
}

/** A client that took back one of its tokens. */
export function noteRevocation({ audit, clock }: Noting, clientId: ClientId, by: Identified['authenticatedBy']): void {
  audit.note({
    at: clock.now(),
    actor: { kind: 'client', id: clientId, credential: CREDENTIALS[by] },
    operation: 'token.revoke',
    entityType: 'CLIENT',
    entityKey: clientId,
    outcome: 'SUCCESS',
    code: null,
    count: 1,
  });
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
