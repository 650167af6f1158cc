import type { Parsed } from '@stagedoor/access';
import { parseOwner, parsePermissions, parseProperty, parseResource } from '../grant-grammar.ts';
import type { UseCaseName, UseCases } from '../use-cases.ts';
import { Members, refuse } from './members.ts';

export type Inputs = { readonly [N in UseCaseName]: Parameters<UseCases[N]>[0] };
type Parsers = { readonly [N in UseCaseName]: (input: unknown) => Inputs[N] };

const ID = { max: 256 };
const NAME = { max: 256 };
const EMAIL = { max: 320 };
const PASSWORD = { max: 1024 };
const SCOPES = { max: 64, maxItems: 16 };
const AUDIENCES = { max: 256, maxItems: 16 };
const CLAIMS = { max: 4096 };
const BINDING = { max: 16 };
const REDIRECT_URIS = { max: 2_000, maxItems: 20 };
const THUMBPRINTS = { max: 64, maxItems: 8 };
const SUBJECT = { max: 1024 };
const PROPERTY = { max: 32 };
const PERMISSIONS = { max: 64, maxItems: 64 };
const LIFETIME = { min: 1, max: 86_400 };
const KEYS = { max: 32_768 };
const METHOD = { max: 16 };
const TARGET = { max: 8192 };
const HEADER = { max: 32_768, maxItems: 16 };
const KEY = { max: 20, pattern: /^[0-9]+$/, shape: 'the number that `grant list` shows' };
const INSTANT = {
  max: 40,
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/,
  shape: 'an instant in UTC such as 2030-01-31T12:00:00Z',
};

/** Two live secrets are a state to leave soon: 30 days at most. */
const OVERLAP = { min: 0, max: 30 * 86_400 };

function accept<T>(member: string, parsed: Parsed<T>): T {
  return parsed.ok ? parsed.value : refuse(member, parsed.problem);
}

function nothing(input: unknown): Record<string, never> {
  new Members(input, []);
  return {};
}

const NEW_CLIENT = [
  'name',
  'id',
  'scopes',
  'audiences',
  'claims',
  'expires',
  'tokenLifetimeSeconds',
  'bindTokens',
  'redirectUris',
  'postLogoutRedirectUris',
  'grants',
];

function clientToCreate(input: unknown): Inputs['client.create'] {
  return newClient(new Members(input, NEW_CLIENT));
}

function clientToCreateWithKeys(input: unknown): Inputs['client.create-with-keys'] {
  const members = new Members(input, [...NEW_CLIENT, 'keys']);
  return { ...newClient(members), keys: members.text('keys', KEYS) };
}

function clientToCreateWithCertificate(input: unknown): Inputs['client.create-with-certificate'] {
  const members = new Members(input, [...NEW_CLIENT, 'registration']);
  const registration = members.object('registration', ['thumbprints', 'subject']);
  return {
    ...newClient(members),
    registration: registration.has('subject')
      ? { subject: registration.text('subject', SUBJECT) }
      : { thumbprints: registration.texts('thumbprints', THUMBPRINTS) },
  };
}

function newClient(members: Members): Inputs['client.create'] {
  return {
    name: members.text('name', NAME),
    ...(members.has('id') ? { id: members.text('id', ID) } : {}),
    ...(members.has('scopes') ? { scopes: members.texts('scopes', SCOPES) } : {}),
    ...(members.has('audiences') ? { audiences: members.texts('audiences', AUDIENCES) } : {}),
    ...(members.has('claims') ? { claims: members.text('claims', CLAIMS) } : {}),
    ...(members.has('expires') ? { expires: members.text('expires', INSTANT) } : {}),
    ...(members.has('tokenLifetimeSeconds')
      ? { tokenLifetimeSeconds: members.whole('tokenLifetimeSeconds', LIFETIME) }
      : {}),
    ...(members.has('bindTokens') ? { bindTokens: members.text('bindTokens', BINDING) } : {}),
    ...(members.has('redirectUris') ? { redirectUris: members.texts('redirectUris', REDIRECT_URIS) } : {}),
    ...(members.has('postLogoutRedirectUris')
      ? { postLogoutRedirectUris: members.texts('postLogoutRedirectUris', REDIRECT_URIS) }
      : {}),
    grants: members.flag('grants'),
  };
}

function clientToRotate(input: unknown): Inputs['client.rotate'] {
  const members = new Members(input, ['id', 'overlapSeconds']);
  const id = members.text('id', ID);
  return members.has('overlapSeconds') ? { id, overlapSeconds: members.whole('overlapSeconds', OVERLAP) } : { id };
}

function userToCreate(input: unknown): Inputs['user.create'] {
  const members = new Members(input, ['username', 'password', 'name', 'email']);
  return {
    username: members.text('username', ID),
    password: members.text('password', PASSWORD),
    ...(members.has('name') ? { name: members.text('name', NAME) } : {}),
    ...(members.has('email') ? { email: members.text('email', EMAIL) } : {}),
  };
}

function passwordToChange(input: unknown): Inputs['user.passwd'] {
  const members = new Members(input, ['username', 'password']);
  return { username: members.text('username', ID), password: members.text('password', PASSWORD) };
}

function grantToAdd(input: unknown): Inputs['grant.add'] {
  const members = new Members(input, ['owner', 'resource', 'property', 'permissions']);
  const owner = members.text('owner', ID);
  const resource = members.text('resource', ID);
  const property = members.has('property') ? members.text('property', PROPERTY) : undefined;
  const permissions = members.texts('permissions', PERMISSIONS);
  accept('owner', parseOwner(owner));
  const { resourceType } = accept('resource', parseResource(resource));
  if (property !== undefined) accept('property', parseProperty(resource, property));
  accept('permissions', parsePermissions(resourceType, permissions));
  return { owner, resource, permissions, ...(property === undefined ? {} : { property }) };
}

function toExplain(input: unknown): Inputs['explain'] {
  const members = new Members(input, ['method', 'path', 'authorization', 'as', 'tenantId', 'headers']);
  return {
    method: members.text('method', METHOD),
    path: members.text('path', TARGET),
    ...(members.has('authorization') ? { authorization: members.text('authorization', HEADER) } : {}),
    ...(members.has('as') ? { as: members.text('as', ID) } : {}),
    ...(members.has('tenantId') ? { tenantId: members.text('tenantId', ID) } : {}),
    ...(members.has('headers') ? { headers: members.textsByName('headers', HEADER) } : {}),
  };
}

/**
 * What each use case takes, parsed from JSON that came from outside: unknown members, control characters and sizes are
 * refused with UseCaseError `INVALID_INPUT`, which names the member. Ids, scopes and dates are judged by the use case.
 */
export const USE_CASE_INPUTS: Parsers = {
  'client.create': clientToCreate,
  'client.create-with-keys': clientToCreateWithKeys,
  'client.create-with-certificate': clientToCreateWithCertificate,
  'client.create-public': clientToCreate,
  'client.list': nothing,
  'client.rotate': clientToRotate,
  'client.delete': (input) => ({ id: new Members(input, ['id']).text('id', ID) }),
  'user.create': userToCreate,
  'user.passwd': passwordToChange,
  'user.list': nothing,
  'user.delete': (input) => ({ username: new Members(input, ['username']).text('username', ID) }),
  'grant.add': grantToAdd,
  'grant.list': nothing,
  explain: toExplain,
  'grant.remove': (input) => ({ key: new Members(input, ['key']).text('key', KEY) }),
  'key.list': nothing,
  'key.rotate': (input) => ({ now: new Members(input, ['now']).flag('now') }),
};

export function isUseCaseName(text: string): text is UseCaseName {
  return Object.hasOwn(USE_CASE_INPUTS, text);
}
