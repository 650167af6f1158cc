import type { ClientRegistry } from '../client-registry.ts';
import type { RegisteredClient } from '../registered-client.ts';
import type { ParameterizedRequest, TypedRequest } from '../token-request.ts';

/** What authenticates a client, any of them: a request that has one of these says that its client is not public. */
const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * The public client that a request names and does not authenticate (RFC 6749 section 3.2.1), where its grant proves by itself
 * who may have it: a code by its verifier, a refresh token by being good once. Null where the client has to authenticate.
 */
export function findPublicClient(request: TypedRequest, registry: ClientRegistry): RegisteredClient | null {
  return request.grantType === 'client_credentials' ? null : namedPublicClient(request, registry);
}

/** The public client that a request names, whatever it asks for. */
export function namedPublicClient(
  { parameters, authorization }: ParameterizedRequest,
  registry: ClientRegistry,
): RegisteredClient | null {
  if (authorization.length > 0) return null;
  if (CREDENTIALS.some((name) => parameters.has(name))) return null;
  const client = registry.find(parameters.get('client_id') ?? '')?.client;
  if (client?.authentication.kind !== 'none' || !registry.isRegistered(client.clientId)) return null;
  return client;
}
