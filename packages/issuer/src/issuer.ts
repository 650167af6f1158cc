import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuditSink, ClientId, Clock, Randomness } from '@stagedoor/access';
import type { SigningKeys } from '@stagedoor/tokens';
import { ClientAuthenticator } from './authenticate-client.ts';
import { ClientRegistry } from './client-registry.ts';
import type { ClientSecrets } from './client-secrets.ts';
import { issuerRoutes } from './issuer-routes.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { IssuerDatabase } from './tables.ts';

export type IssuerOptions = {
  /** `http://localhost:18080`: without a slash at its end. The issuer identifiers follow from it. */
  readonly origin: string;
  /** Has been through `issuerMigrations`. Read by `refresh` only. */
  readonly db: IssuerDatabase;
  readonly signingKeys: SigningKeys;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The same object that the client commands have. */
  readonly secrets: ClientSecrets;
  /** Default: five minutes, as the pages show. */
  readonly tokenLifetimeSeconds?: number;
  /** Told of every client that authenticates, and of every one that is refused. */
  readonly audit: AuditSink;
  /** Told of what went wrong inside; the request got a 500. */
  readonly onFault: (error: unknown) => void;
};

/** The OAuth 2.0 authorization server (RFC 6749), for client credentials. */
export type Issuer = {
  /** Reads the clients again; to be awaited after every COMMIT. */
  refresh(): Promise<void>;
  /** False for a client that was deleted or has expired: its tokens are refused then. */
  isRegistered(clientId: ClientId): boolean;
  client(clientId: string): RegisteredClient | undefined;
  clients(): readonly RegisteredClient[];
  /** For an HTTP server. Not checked here: the Host header, which is the listener's to check. */
  handler(request: IncomingMessage, response: ServerResponse): void;
};

export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const { clock, secrets, tokenLifetimeSeconds = 300 } = options;
  const registry = new ClientRegistry(options.db, clock);
  await registry.refresh();
  const authenticator = new ClientAuthenticator({ registry, secrets, clock });
  const handler = issuerRoutes({ ...options, authenticator, tokenLifetimeSeconds });
  return {
    refresh: () => registry.refresh(),
    isRegistered: (clientId) => registry.isRegistered(clientId),
    client: (clientId) => registry.find(clientId)?.client,
    clients: () => registry.clients(),
    handler,
  };
}
