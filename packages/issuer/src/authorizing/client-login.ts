import type { ClientId, Parsed } from '@stagedoor/access';
import { parseJsonObject } from '@stagedoor/tokens';
import { type ClientField, ClientRecordError } from '../client-record-error.ts';
import type { IssuerDatabase } from '../tables.ts';
import { parseRedirectUri } from './redirect-uris.ts';

/** What a client may do for people: where they are sent back to. */
export type ClientLogin = {
  /** At least one. */
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
};

const MAX_URIS = 20;

/** Throws a `ClientRecordError` INVALID_ARGUMENT. */
export function checkedLogin(login: ClientLogin): ClientLogin {
  if (login.redirectUris.length === 0)
    throw invalid('a client that people log in with needs a redirect URI', 'redirectUris');
  for (const field of ['redirectUris', 'postLogoutRedirectUris'] as const) {
    const uris = login[field];
    if (uris.length > MAX_URIS) throw invalid(`a client has ${MAX_URIS} redirect URIs at most`, field);
    for (const uri of uris) {
      const parsed = parseRedirectUri(uri);
      if (!parsed.ok) throw invalid(`a redirect URI ${parsed.problem}`, field);
    }
  }
  return login;
}

/** `isPublic`: it has nothing else to authenticate itself with. */
export async function writeClientLogin(
  tx: IssuerDatabase,
  clientId: ClientId,
  { redirectUris, postLogoutRedirectUris }: ClientLogin,
  isPublic: boolean,
): Promise<void> {
  const login = JSON.stringify({ redirectUris, postLogoutRedirectUris });
  await tx
    .insertInto('issuer_client_logins')
    .values({ client_id: clientId, login, is_public: isPublic ? 1 : 0 })
    .execute();
}

/** Throws where the records are damaged: a client without what it was registered with would look like another kind of client. */
export function readClientLogin(json: string): ClientLogin {
  const parsed = parseJsonObject(json);
  const login = parsed.ok ? loginOf(parsed.value) : parsed;
  if (!login.ok) throw new TypeError(`the redirect URIs of a client ${login.problem}`);
  return login.value;
}

function loginOf(value: Readonly<Record<string, unknown>>): Parsed<ClientLogin> {
  const { redirectUris, postLogoutRedirectUris } = value;
  if (!isListOfTexts(redirectUris) || !isListOfTexts(postLogoutRedirectUris))
    return { ok: false, problem: 'cannot be read' };
  return { ok: true, value: { redirectUris, postLogoutRedirectUris } };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function invalid(message: string, field: ClientField): ClientRecordError {
  return new ClientRecordError('INVALID_ARGUMENT', message, field);
}
