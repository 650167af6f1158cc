import { createHash, timingSafeEqual } from 'node:crypto';
import { anonymous, refuse } from '@stagedoor/access';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { type Call, type Operation, operation } from '../../../operation.ts';
import { object, objectWith, text } from '../../../schema.ts';
import type { OrchestrationParts } from '../orchestration-parts.ts';

const USER = objectWith({ username: text, password: text, name: text, email: text }, ['username', 'password']);
const CREATED = object({ username: text, name: text, email: text });

/** The header that carries the one-time code of a set-up that does not come from this machine. */
const SETUP_CODE_HEADER = 'stagedoor-setup-code';

/**
 * The first administrator. Open only while none has ever existed, a latch that never opens again, and only from this
 * machine or with the code that was printed at the start (contract, "Requests").
 */
export function setupOperations(parts: OrchestrationParts): readonly Operation[] {
  return [
    operation({
      id: 'createAdminUser',
      method: 'POST',
      path: '/v2/setup/user',
      summary: 'Sets up the first administrator',
      requirement: anonymous,
      query: object({}),
      body: { kind: 'json', schema: USER },
      responses: { 201: CREATED },
      refuses: (call) => {
        if (parts.door.method === 'oidc') {
          return refuse('SETUP_CLOSED', {
            detail: 'The initial admin user can only be created with basic authentication.',
          });
        }
        if (parts.door.snapshot().administratorHasExisted) return closed();
        const mayCall = fromThisMachine(call) || sameCode(call.headers[SETUP_CODE_HEADER], parts.setupCode);
        return mayCall ? null : refuse('SETUP_REMOTE');
      },
      handle: async (call) => {
        const { username, name, email } = await askIdentity(parts.setUpFirstAdministrator(call.body));
        return { status: 201, body: { username, name, email } };
      },
    }),
  ];
}

function closed() {
  return refuse('SETUP_CLOSED', {
    detail:
      "Expected to create an initial admin user, but found existing admin users. Please ask your admin to create a new user with the 'admin' role.",
  });
}

/** A proxy on this machine would make everybody local, so a forwarded request never is. */
function fromThisMachine({ caller, headers }: Pick<Call, 'caller' | 'headers'>): boolean {
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined || headers.via !== undefined)
    return false;
  const { address } = caller;
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

function sameCode(sent: string | string[] | undefined, code: string): boolean {
  if (typeof sent !== 'string' || code === '') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(code));
}
