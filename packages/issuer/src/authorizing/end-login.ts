import type { IncomingMessage } from 'node:http';
import type { AuditSink, Clock } from '@stagedoor/access';
import { isSignatureAlgorithm, isSignedByOne, readCompactToken, type SigningKeys } from '@stagedoor/tokens';
import type { ClientRegistry } from '../client-registry.ts';
import type { IssuerForm } from '../issuer-forms.ts';
import { readParameters } from '../read-parameters.ts';
import type { Parameters } from '../token-request.ts';
import { type BrowserAnswer, queryOf, written } from './browser-request.ts';
import { messagePage } from './login-page.ts';
import type { Logins } from './logins.ts';
import { isRegisteredRedirect, withParameters } from './redirect-uris.ts';

export type Ending = {
  readonly registry: ClientRegistry;
  readonly logins: Logins;
  readonly signingKeys: SigningKeys;
  readonly clock: Clock;
  readonly audit: AuditSink;
};

const MAX_VALUE_LENGTH = 4_096;

/**
 * The end of a login that its application asks for (OpenID Connect RP-Initiated Logout 1.0 section 2). The ID token says which;
 * it may have expired, for logins outlive their ID tokens, but it has to be ours. Without one nothing is ended: anybody's link
 * could log anybody out.
 */
export async function answerEndOfLogin(
  request: IncomingMessage,
  form: IssuerForm,
  ending: Ending,
): Promise<BrowserAnswer> {
  const query = await queryOf(request);
  const read = query === null ? null : readParameters(Buffer.from(query), 'form');
  const ended = read?.ok === true ? await loginOf(read.value.parameters, form, ending) : null;
  if (read?.ok !== true || ended === null)
    return written(400, messagePage('Nothing was ended', 'The application does not say whose login is over.'));
  await endLogin(ended.sid, ending);
  const target = read.value.parameters.get('post_logout_redirect_uri');
  const registered = ending.registry.find(ended.clientId)?.client.login?.postLogoutRedirectUris ?? [];
  if (target === undefined || !isRegisteredRedirect(registered, target))
    return written(200, messagePage('Logged out', 'You are logged out. This page can be closed.'));
  const location = withParameters(target, { state: read.value.parameters.get('state') });
  return { status: 303, headers: { 'cache-control': 'no-store', location }, body: '' };
}

async function endLogin(sid: string, { logins, clock, audit }: Ending): Promise<void> {
  const login = logins.find(sid);
  await logins.end(sid);
  if (login === null) return;
  audit.note({
    at: clock.now(),
    actor: { kind: 'user', id: login.username, credential: 'bearer' },
    operation: 'logout',
    entityType: 'USER',
    entityKey: login.username,
    outcome: 'SUCCESS',
    code: null,
    count: 1,
  });
}

/** Which login the request is about, and whose; null where it does not show an ID token of ours. */
async function loginOf(
  parameters: Parameters,
  form: IssuerForm,
  { signingKeys: { published } }: Ending,
): Promise<{ readonly sid: string; readonly clientId: string } | null> {
  const hint = parameters.get('id_token_hint') ?? '';
  const read = hint.length > MAX_VALUE_LENGTH ? null : readCompactToken(hint);
  if (read?.ok !== true) return null;
  const { header, claims } = read.value;
  const { alg, kid, typ } = header;
  if (typ !== 'JWT' || !isSignatureAlgorithm(alg) || typeof kid !== 'string' || Object.hasOwn(header, 'crit'))
    return null;
  const selected = published.select(kid, alg);
  if (selected.kind !== 'keys' || !(await isSignedByOne(hint, selected.keys, alg))) return null;
  const { iss, aud, sid } = claims;
  if (iss !== form.issuer || typeof aud !== 'string' || typeof sid !== 'string') return null;
  return aud === (parameters.get('client_id') ?? aud) ? { sid, clientId: aud } : null;
}
