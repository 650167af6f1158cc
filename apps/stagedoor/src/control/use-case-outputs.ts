import {
  type GrantTarget,
  hasPermission,
  isResourceProperty,
  isResourceType,
  isScope,
  OWNER_TYPES,
} from '@stagedoor/access';
import type { ExplainedStep, Explanation } from '@stagedoor/gateway';
import type { TokenBinding } from '@stagedoor/issuer';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '@stagedoor/tokens';
import {
  CLIENT_AUTHENTICATIONS,
  type CreatedClient,
  type ListedClient,
  type ListedGrant,
  type ListedKey,
  type ListedUser,
  type ShownClient,
  type UseCaseName,
} from '../use-cases.ts';
import type { Description } from './description.ts';
import type { Outputs } from './run-use-case.ts';

type Decoders = { readonly [N in UseCaseName]: (answer: unknown) => Outputs[N] };

/** An answer of another shape than this version gives: the program on the other side is of another version. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

function unreadable(what: string): never {
  throw new UnreadableAnswer(`the answer has no ${what}`);
}

/** Members are read by name, so what a newer program adds is passed over. */
function members(answer: unknown): Readonly<Record<string, unknown>> {
  return typeof answer === 'object' && answer !== null ? { ...answer } : unreadable('members');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : unreadable('text where one belongs');
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : text(value);
}

function numberOrNull(value: unknown): number | null {
  return value === null || typeof value === 'number' ? value : unreadable('number where one belongs');
}

function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : unreadable('true or false where one belongs');
}

function list<T>(value: unknown, item: (value: unknown) => T): T[] {
  return Array.isArray(value) ? value.map(item) : unreadable('list where one belongs');
}

function oneOf<T extends string>(value: unknown, belongs: (text: string) => text is T): T {
  const found = text(value);
  return belongs(found) ? found : unreadable('known word where one belongs');
}

function isOwnerType(word: string): word is ListedGrant['ownerType'] {
  return (OWNER_TYPES as readonly string[]).includes(word);
}

function client(answer: unknown): ShownClient {
  const { clientId, name, scopes, audiences, ownAudiences, expires, authentication, bindTokens, ...more } =
    members(answer);
  const { keyThumbprints, certificateThumbprints, certificateSubject, isPublic, redirectUris } = more;
  return {
    clientId: text(clientId),
    name: text(name),
    scopes: list(scopes, (scope) => oneOf(scope, isScope)),
    audiences: list(audiences, text),
    ownAudiences: list(ownAudiences, text),
    expires: textOrNull(expires),
    tokenLifetimeSeconds: numberOrNull(more.tokenLifetimeSeconds),
    authentication: oneOf(authentication, isClientAuthentication),
    keyThumbprints: list(keyThumbprints, text),
    certificateThumbprints: list(certificateThumbprints, text),
    certificateSubject: textOrNull(certificateSubject),
    isPublic: flag(isPublic),
    bindTokens: oneOf(bindTokens, isTokenBinding),
    redirectUris: list(redirectUris, text),
    postLogoutRedirectUris: list(more.postLogoutRedirectUris, text),
  };
}

const BINDINGS = ['none', 'certificate', 'dpop'] as const satisfies readonly TokenBinding[];
const isTokenBinding = (word: string): word is TokenBinding => (BINDINGS as readonly string[]).includes(word);
const isClientAuthentication = (word: string): word is ShownClient['authentication'] =>
  (CLIENT_AUTHENTICATIONS as readonly string[]).includes(word);

function clientWithSecret(answer: unknown): CreatedClient {
  return { ...client(answer), clientSecret: text(members(answer).clientSecret) };
}

function listedClient(answer: unknown): ListedClient {
  const { created, claims } = members(answer);
  return { ...client(answer), created: text(created), claims: members(claims) };
}

function user(answer: unknown): ListedUser {
  const { username, name, email } = members(answer);
  return { username: text(username), name: text(name), email: text(email) };
}

function username(answer: unknown): { username: string } {
  return { username: text(members(answer).username) };
}

function grant(answer: unknown): ListedGrant {
  const { authorizationKey, ownerType, ownerId, resourceType, permissionTypes, ...target } = members(answer);
  const type = oneOf(resourceType, isResourceType);
  return {
    authorizationKey: text(authorizationKey),
    ownerType: oneOf(ownerType, isOwnerType),
    ownerId: text(ownerId),
    resourceType: type,
    ...grantTarget(target),
    permissionTypes: list(permissionTypes, (word) => {
      const permission = text(word);
      return hasPermission(type, permission) ? permission : unreadable('known permission where one belongs');
    }),
  };
}

function grantTarget({ resourceId, resourcePropertyName }: Readonly<Record<string, unknown>>): GrantTarget {
  return resourcePropertyName === undefined
    ? { resourceId: text(resourceId) }
    : { resourcePropertyName: oneOf(resourcePropertyName, isResourceProperty) };
}

const OUTCOMES = ['allowed', 'refused', 'failed', 'depends'] as const satisfies readonly Explanation['outcome'][];
const RESULTS = ['passed', 'refused', 'failed', 'open'] as const satisfies readonly ExplainedStep['result'][];
const isOutcome = (word: string): word is Explanation['outcome'] => (OUTCOMES as readonly string[]).includes(word);
const isResult = (word: string): word is ExplainedStep['result'] => (RESULTS as readonly string[]).includes(word);

function explanation(answer: unknown): Explanation {
  const { outcome, code, step, steps, fix } = members(answer);
  return {
    outcome: oneOf(outcome, isOutcome),
    code: textOrNull(code) as Explanation['code'],
    step: textOrNull(step) as Explanation['step'],
    steps: list(steps, (item) => {
      const { step: name, result, says } = members(item);
      return { step: text(name) as ExplainedStep['step'], result: oneOf(result, isResult), says: text(says) };
    }),
    fix: textOrNull(fix),
  };
}

const KEY_STATES = ['next', 'signing', 'retiring'] as const satisfies readonly ListedKey['state'][];
const isKeyState = (word: string): word is ListedKey['state'] => (KEY_STATES as readonly string[]).includes(word);
const isSigningAlgorithm = (word: string): word is SigningAlgorithm =>
  (SIGNING_ALGORITHMS as readonly string[]).includes(word);

function key(answer: unknown): ListedKey {
  const { kid, algorithm, state, since, until } = members(answer);
  return {
    kid: text(kid),
    algorithm: oneOf(algorithm, isSigningAlgorithm),
    state: oneOf(state, isKeyState),
    since: text(since),
    until: textOrNull(until),
  };
}

/** Reads what a program answered on its control socket. Throws UnreadableAnswer. */
export const USE_CASE_OUTPUTS: Decoders = {
  'client.create': clientWithSecret,
  'client.create-with-keys': client,
  'client.create-with-certificate': client,
  'client.create-public': client,
  'client.list': (answer) => list(answer, listedClient),
  'client.rotate': clientWithSecret,
  'client.delete': (answer) => ({ clientId: text(members(answer).clientId) }),
  'user.create': user,
  'user.passwd': username,
  'user.list': (answer) => list(answer, user),
  'user.delete': username,
  'grant.add': grant,
  'grant.list': (answer) => list(answer, grant),
  explain: explanation,
  'grant.remove': (answer) => ({ authorizationKey: text(members(answer).authorizationKey) }),
  'key.list': (answer) => list(answer, key),
  'key.rotate': (answer) => {
    const { kid, signsFrom, withdrawn } = members(answer);
    return { kid: text(kid), signsFrom: text(signsFrom), withdrawn: list(withdrawn, text) };
  },
};

export function decodeDescription(answer: unknown): Description {
  const found = members(answer);
  return {
    rest: text(found.rest),
    issuer: textOrNull(found.issuer),
    management: textOrNull(found.management),
    // Programs of earlier versions say nothing of it.
    authority: textOrNull(found.authority ?? null),
    clusterId: text(found.clusterId),
    region: text(found.region),
    profile: text(found.profile),
    method: text(found.method),
    data: text(found.data),
    pid: typeof found.pid === 'number' ? found.pid : unreadable('pid'),
  };
}

export function decodeRefusal(answer: unknown): { code: string; message: string } {
  const { code, message } = members(answer);
  return { code: text(code), message: text(message) };
}
