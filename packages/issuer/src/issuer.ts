import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuditSink, ClientId, Clock, Randomness, Username } from '@stagedoor/access';
import type { DpopProofs, SigningKeys } from '@stagedoor/tokens';
import { AssertionAuthenticator } from './authenticate-by-assertion.ts';
import { CertificateAuthenticator } from './authenticate-by-certificate.ts';
import { ClientAuthenticator } from './authenticate-client.ts';
import { AuthorizationCodes } from './authorizing/authorization-codes.ts';
import { Logins } from './authorizing/logins.ts';
import { PendingRequests } from './authorizing/pending-requests.ts';
import type { People } from './authorizing/people.ts';
import { userTokenRule } from './authorizing/user-token.ts';
import { type WebPages, webPagesClient } from './authorizing/web-pages-client.ts';
import { ClientRegistry } from './client-registry.ts';
import type { ClientSecrets } from './client-secrets.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { IssuedTokens, presentedTokens } from './issued-tokens.ts';
import type { ClientCertificates } from './issuer-metadata.ts';
import { issuerRoutes } from './issuer-routes.ts';
import type { PresentedCertificate } from './presented-certificate.ts';
import type { RefusedRequest } from './refused-request.ts';
import type { RegisteredClient } from './registered-client.ts';
import { type ChangeRecords, SpentIds } from './spent-ids.ts';
import type { IssuerDatabase } from './tables.ts';

export type IssuerOptions = {
  /** `http://localhost:18080`: without a slash at its end. The issuer identifiers follow from it. */
  readonly origin: string;
  /** Has been through `issuerMigrations`. Read at the start and by `refresh` only. */
  readonly db: IssuerDatabase;
  /** Records what clients spend: used assertions and revoked tokens. */
  readonly change: ChangeRecords;
  readonly signingKeys: SigningKeys;
  /** The same object that the APIs have. */
  readonly proofs: DpopProofs;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The same object that the client commands have. */
  readonly secrets: ClientSecrets;
  /** Who may log in here. */
  readonly people: People;
  /** Where Stagedoor's own web pages are, which log in here too. Default: nowhere. */
  readonly webPages?: WebPages;
  /** Default: five minutes, as the pages show. */
  readonly tokenLifetimeSeconds?: number;
  /** Told of every client that authenticates, and of every one that is refused. */
  readonly audit: AuditSink;
  /** Where a request comes from. Default: the other end of its connection. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** What its connections may have, for its metadata. Default: none. */
  readonly clientCertificates?: ClientCertificates;
  /** What client certificate it came with. Default: none. */
  readonly certificateOf?: (request: IncomingMessage) => PresentedCertificate | null;
  /** Told of what went wrong inside; the request got a 500. */
  readonly onFault: (error: unknown) => void;
  /** Told of every request of a client that was refused, for the operator's log. */
  readonly onRefused?: (refused: RefusedRequest) => void;
};

/** The OAuth 2.0 authorization server (RFC 6749), for client credentials and for people who log in. */
export type Issuer = {
  /** Reads the clients again; to be awaited after every COMMIT. */
  refresh(): Promise<void>;
  /** False for a client that was deleted or has expired: its tokens are refused then. */
  isRegistered(clientId: ClientId): boolean;
  /** Whether the client took back this token of its own; to be asked on every request. */
  isRevoked(clientId: ClientId, tokenId: string): boolean;
  /** Whether what a user's token says of his login still holds (`user-token.ts`); to be asked on every request. */
  userStands(username: Username, claims: Readonly<Record<string, unknown>>): boolean;
  client(clientId: string): RegisteredClient | undefined;
  clients(): readonly RegisteredClient[];
  /** For an HTTP server. Not checked here: the Host header, which is the listener's to check. */
  handler(request: IncomingMessage, response: ServerResponse): void;
};

export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const { clock, secrets, people, webPages, tokenLifetimeSeconds = 300, clientCertificates = 'none' } = options;
  const builtIn = webPages === undefined ? [] : [webPagesClient(webPages)];
  const registry = new ClientRegistry(options.db, clock, builtIn);
  await registry.refresh();
  const failed = new FailedAttempts(clock);
  const [spent, revoked, logins] = await Promise.all([
    SpentIds.load('assertion', options),
    SpentIds.load('token', options),
    Logins.load(options),
  ]);
  const isRegistered = (clientId: ClientId) => registry.isRegistered(clientId);
  const isRevoked = (clientId: ClientId, tokenId: string) => revoked.has(clientId, tokenId);
  const refresh = async () => {
    await registry.refresh();
    for (const ids of [spent, revoked]) ids.forgetUnknown((clientId) => registry.find(clientId) !== undefined);
  };
  const userStands = userTokenRule({ registry, logins, people, isRevoked: () => false });
  const standing = userTokenRule({ registry, logins, people, isRevoked });
  const handler = issuerRoutes({
    ...options,
    registry,
    failed,
    logins,
    codes: new AuthorizationCodes(options),
    pending: new PendingRequests(options),
    authenticator: new ClientAuthenticator({ registry, secrets, clock, failed }),
    assertions: new AssertionAuthenticator({ ...options, registry, failed, spent }),
    clientCertificates,
    certificates: new CertificateAuthenticator({ registry, clock, failed }),
    issuedTokens: new IssuedTokens({ ...options, isRegistered, userStands }),
    presentedTokens: presentedTokens({ ...options, isRegistered, isRevoked, userStands: standing }),
    revoked,
    tokenLifetimeSeconds,
  });
  return {
    refresh,
    isRegistered,
    isRevoked,
    userStands: standing,
    client: (clientId) => registry.find(clientId)?.client,
    clients: () => registry.clients(),
    handler,
  };
}
