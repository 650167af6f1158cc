import { isScope, SCOPE_AUDIENCES, SCOPES } from '@stagedoor/access';
import type { Explanation } from '@stagedoor/gateway';
import { parseOwner, parsePermissions, parseProperty, parseResource } from '../src/grant-grammar.ts';
import {
  type ClientInput,
  type CreatedClient,
  type ListedGrant,
  type ListedKey,
  type ListedUser,
  type ShownClient,
  UseCaseError,
  type UseCases,
} from '../src/use-cases.ts';

const CREATED = '2026-11-23T10:00:00.000Z';

function shownClient(input: ClientInput, more: Partial<ShownClient>): ShownClient {
  const {
    id = 'generated-id',
    name,
    expires = null,
    audiences: ownAudiences = [],
    tokenLifetimeSeconds = null,
  } = input;
  const { redirectUris = [], postLogoutRedirectUris = [], bindTokens } = input;
  const scopes = (input.scopes ?? SCOPES).filter(isScope);
  return {
    clientId: id,
    name,
    scopes,
    audiences: [...scopes.flatMap((scope) => SCOPE_AUDIENCES[scope]), ...ownAudiences],
    ownAudiences,
    expires,
    tokenLifetimeSeconds,
    authentication: 'client_secret',
    keyThumbprints: [],
    certificateThumbprints: [],
    certificateSubject: null,
    isPublic: false,
    bindTokens: bindTokens === 'dpop' ? 'dpop' : 'none',
    redirectUris,
    postLogoutRedirectUris,
    ...more,
  };
}

/** The use cases over maps: what the command line and the control socket are tried with. */
export class InMemoryUseCases implements UseCases {
  readonly clients = new Map<string, ShownClient>();
  readonly users = new Map<string, ListedUser & { readonly password: string }>();
  readonly grants = new Map<string, ListedGrant>();
  /** Every input, in the order of the calls. */
  readonly calls: { readonly name: string; readonly input: unknown }[] = [];
  secret = 'canary-secret';
  keys: readonly ListedKey[] = [
    { kid: 'second', algorithm: 'ES256', state: 'signing', since: '2026-11-23T10:00:00.000Z', until: null },
    {
      kid: 'first',
      algorithm: 'RS256',
      state: 'retiring',
      since: '2026-11-23T10:00:00.000Z',
      until: '2026-11-24T10:01:00.000Z',
    },
  ];
  explanation: Explanation = {
    outcome: 'refused',
    code: 'PERMISSION_MISSING',
    step: 'decision',
    steps: [
      { step: 'principal', result: 'passed', says: 'the user alice' },
      { step: 'decision', result: 'refused', says: 'missing: READ on USER' },
    ],
    fix: 'stagedoor grant add --owner user:alice --resource USER --permission READ',
  };

  async 'client.create'(input: Parameters<UseCases['client.create']>[0]): Promise<CreatedClient> {
    this.calls.push({ name: 'client.create', input });
    const shown = shownClient(input, { authentication: 'client_secret' });
    if (this.clients.has(shown.clientId))
      throw new UseCaseError('CLIENT_EXISTS', 'there is a client with this id: choose another one');
    this.clients.set(shown.clientId, shown);
    return { ...shown, clientSecret: this.secret };
  }

  async 'client.create-with-keys'({ keys, ...input }: Parameters<UseCases['client.create-with-keys']>[0]) {
    this.calls.push({ name: 'client.create-with-keys', input: { ...input, keys } });
    return this.#kept(shownClient(input, { authentication: 'private_key_jwt', keyThumbprints: ['thumbprint'] }));
  }

  async 'client.create-with-certificate'(input: Parameters<UseCases['client.create-with-certificate']>[0]) {
    this.calls.push({ name: 'client.create-with-certificate', input });
    const { registration } = input;
    const bindTokens = input.bindTokens === 'none' ? 'none' : 'certificate';
    return this.#kept(
      'subject' in registration
        ? shownClient(input, {
            authentication: 'tls_client_auth',
            certificateSubject: registration.subject,
            bindTokens,
          })
        : shownClient(input, {
            authentication: 'self_signed_tls_client_auth',
            certificateThumbprints: registration.thumbprints,
            bindTokens,
          }),
    );
  }

  async 'client.create-public'(input: Parameters<UseCases['client.create-public']>[0]) {
    this.calls.push({ name: 'client.create-public', input });
    return this.#kept(shownClient(input, { authentication: 'none', isPublic: true }));
  }

  #kept(client: ShownClient): ShownClient {
    this.clients.set(client.clientId, client);
    return client;
  }

  async 'client.list'() {
    return [...this.clients.values()].map((client) => ({ ...client, claims: {}, created: CREATED }));
  }

  async 'client.rotate'(input: Parameters<UseCases['client.rotate']>[0]): Promise<CreatedClient> {
    this.calls.push({ name: 'client.rotate', input });
    const client = this.clients.get(input.id);
    if (!client) throw new UseCaseError('CLIENT_UNKNOWN', 'there is no such client');
    return { ...client, clientSecret: 'second-secret' };
  }

  async 'client.delete'(input: { id: string }) {
    if (!this.clients.delete(input.id)) throw new UseCaseError('CLIENT_UNKNOWN', 'there is no such client');
    return { clientId: input.id };
  }

  async 'user.create'(input: Parameters<UseCases['user.create']>[0]): Promise<ListedUser> {
    const user = { username: input.username, name: input.name ?? '', email: input.email ?? '' };
    this.users.set(input.username, { ...user, password: input.password });
    return user;
  }

  async 'user.passwd'(input: { username: string; password: string }) {
    const user = this.users.get(input.username);
    if (!user) throw new UseCaseError('USER_UNKNOWN', 'there is no such user');
    this.users.set(input.username, { ...user, password: input.password });
    return { username: input.username };
  }

  async 'user.list'() {
    return [...this.users.values()].map(({ password: _, ...user }) => user);
  }

  async 'user.delete'(input: { username: string }) {
    if (!this.users.delete(input.username)) throw new UseCaseError('USER_UNKNOWN', 'there is no such user');
    return { username: input.username };
  }

  async 'grant.add'(input: Parameters<UseCases['grant.add']>[0]): Promise<ListedGrant> {
    const owner = parseOwner(input.owner);
    const resource = parseResource(input.resource);
    const property = input.property === undefined ? undefined : parseProperty(input.resource, input.property);
    if (!owner.ok || !resource.ok || property?.ok === false)
      throw new UseCaseError('INVALID_INPUT', 'the grant cannot be read');
    const { resourceType, resourceId } = resource.value;
    const target = property === undefined ? { resourceId } : { resourcePropertyName: property.value };
    const permissions = parsePermissions(resourceType, input.permissions);
    if (!permissions.ok) throw new UseCaseError('INVALID_INPUT', permissions.problem);
    const authorizationKey = String(2251799813685249 + this.grants.size);
    const grant = { authorizationKey, ...owner.value, resourceType, ...target, permissionTypes: permissions.value };
    this.grants.set(authorizationKey, grant);
    return grant;
  }

  async explain(input: Parameters<UseCases['explain']>[0]): Promise<Explanation> {
    this.calls.push({ name: 'explain', input });
    return this.explanation;
  }

  async 'grant.list'() {
    return [...this.grants.values()];
  }

  async 'grant.remove'(input: { key: string }) {
    if (!this.grants.delete(input.key)) throw new UseCaseError('GRANT_UNKNOWN', 'there is no such grant');
    return { authorizationKey: input.key };
  }

  async 'key.list'() {
    return this.keys;
  }

  async 'key.rotate'(input: { now: boolean }) {
    this.calls.push({ name: 'key.rotate', input });
    const withdrawn = input.now ? this.keys.map(({ kid }) => kid) : [];
    return { kid: 'third', signsFrom: '2026-11-23T11:00:00.000Z', withdrawn };
  }
}
