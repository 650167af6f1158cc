import type { ClientId } from '@stagedoor/access';
import { type AssertionKey, writeAssertionKeys } from '@stagedoor/tokens';
import { writeClientLogin } from './authorizing/client-login.ts';
import { WEB_PAGES_CLIENT_ID } from './authorizing/web-pages-client.ts';
import { writeRegistration } from './client-certificates.ts';
import { ClientRecordError } from './client-record-error.ts';
import type { ClientAuthentication, RegisteredClient, StoredSecret } from './registered-client.ts';
import type { IssuerDatabase } from './tables.ts';

/** The rows of a client, but for what it authenticates with. */
export async function writeClient(tx: IssuerDatabase, client: RegisteredClient): Promise<void> {
  const { clientId, name, scopes, created, expires } = client;
  await tx
    .insertInto('issuer_clients')
    .values({ client_id: clientId, name, scopes: JSON.stringify(scopes), created, expires, ...contentsOf(client) })
    .execute();
  if (client.login !== null) await writeClientLogin(tx, clientId, client.login, client.authentication.kind === 'none');
}

export async function writeSecret(tx: IssuerDatabase, clientId: ClientId, secret: StoredSecret): Promise<void> {
  await tx
    .insertInto('issuer_client_secrets')
    .values({ client_id: clientId, ...secret })
    .execute();
}

/** What its tokens are like. */
export function contentsOf({ audiences, claims, tokenLifetimeSeconds, bindTokens }: RegisteredClient) {
  return {
    audiences: audiences.length === 0 ? null : JSON.stringify(audiences),
    claims: Object.keys(claims).length === 0 ? null : JSON.stringify(claims),
    token_lifetime_seconds: tokenLifetimeSeconds,
    bind_tokens: bindTokens === 'none' ? null : bindTokens,
  };
}

export async function writeKeys(tx: IssuerDatabase, clientId: ClientId, keys: readonly AssertionKey[]): Promise<void> {
  await tx
    .insertInto('issuer_client_keys')
    .values({ client_id: clientId, keys: writeAssertionKeys(keys) })
    .execute();
}

export async function writeCertificates(
  tx: IssuerDatabase,
  clientId: ClientId,
  by: Extract<ClientAuthentication, { kind: 'certificate' | 'certificate-subject' }>,
): Promise<void> {
  await tx
    .insertInto('issuer_client_certificates')
    .values({ client_id: clientId, registration: writeRegistration(by) })
    .execute();
}

/** Throws ALREADY_EXISTS for an id that is in no record and yet somebody's. */
export function refuseBuiltIn(clientId: ClientId): void {
  if (clientId === WEB_PAGES_CLIENT_ID) throw taken('is that of the web pages');
}

export function taken(problem: string): ClientRecordError {
  return new ClientRecordError('ALREADY_EXISTS', `the client id ${problem}`);
}
