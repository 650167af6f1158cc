import type { Authorization, Scope } from '@stagedoor/access';
import type { ExplainInput, Explanation } from '@stagedoor/gateway';
import type { CertificateRegistration, TokenBinding } from '@stagedoor/issuer';
import type { KeyState, SigningAlgorithm } from '@stagedoor/tokens';

/** A secret's one showing. `expires` is ISO 8601, or null for a client that does not expire. */
export type CreatedClient = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly audiences: readonly string[];
  readonly expires: string | null;
  /** What its tokens are bound to. */
  readonly bindTokens: TokenBinding;
};

/** One that authenticates with a key of its own, so that there is no secret to show. `keyThumbprints`: RFC 7638. */
export type KeyedClient = Omit<CreatedClient, 'clientSecret'> & { readonly keyThumbprints: readonly string[] };

/**
 * One that authenticates with the certificate of its connection: SHA-256 thumbprints of those that it may have, or the subject
 * that a trusted CA gives it.
 */
export type CertifiedClient = Omit<CreatedClient, 'clientSecret'> & {
  readonly certificateThumbprints: readonly string[];
  readonly certificateSubject: string | null;
};

/** One that people log in with. */
export type PublicClient = Omit<CreatedClient, 'clientSecret'> & {
  readonly redirectUris: readonly string[];
  readonly isPublic: boolean;
};

/** A client that has a secret has no thumbprints, and no subject; one that no person logs in with no redirect URI. */
export type ListedClient = KeyedClient &
  CertifiedClient &
  PublicClient & {
    readonly created: string;
    readonly tokenLifetimeSeconds: number | null;
    readonly claims: Readonly<Record<string, unknown>>;
  };
export type ListedUser = { readonly username: string; readonly name: string; readonly email: string };
export type ListedGrant = Authorization & { readonly authorizationKey: string };

/** A signing key of the embedded issuer, without anything of the key itself. Times are ISO 8601; `until` may be open. */
export type ListedKey = {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: KeyState;
  readonly since: string;
  readonly until: string | null;
};
/** `signsFrom` is ISO 8601; `withdrawn` are the kids that are published no more. */
export type RotatedKey = { readonly kid: string; readonly signsFrom: string; readonly withdrawn: readonly string[] };

export type ClientInput = {
  name: string;
  id?: string;
  scopes?: readonly string[];
  /** Of services elsewhere, beyond those of the scopes. */
  audiences?: readonly string[];
  /** One JSON object, in each of its tokens. */
  claims?: string;
  expires?: string;
  tokenLifetimeSeconds?: number;
  /** What all its tokens are bound to; default: to the certificate that it authenticates with, or to nothing. */
  bindTokens?: string;
  /** Where people who log in with it are sent back to, and where they are once they log out; default: no person does. */
  redirectUris?: readonly string[];
  postLogoutRedirectUris?: readonly string[];
  grants: boolean;
};

/**
 * What changes or lists records: one use case each, called by the command line and by HTTP alike. Over the control socket
 * the input and the output are JSON; inputs are parsed again on the other side.
 */
export type UseCases = {
  'client.create'(input: ClientInput): Promise<CreatedClient>;
  /** `keys`: a JWK set of its public keys, as JSON. */
  'client.create-with-keys'(input: ClientInput & { keys: string }): Promise<KeyedClient>;
  'client.create-with-certificate'(
    input: ClientInput & { registration: CertificateRegistration },
  ): Promise<CertifiedClient>;
  /** It has nothing to authenticate with, and gets tokens of people alone. */
  'client.create-public'(input: ClientInput): Promise<PublicClient>;
  'client.list'(input: Record<string, never>): Promise<readonly ListedClient[]>;
  /** `overlapSeconds`: how long the old secret goes on working beside the new one. */
  'client.rotate'(input: { id: string; overlapSeconds?: number }): Promise<CreatedClient>;
  'client.delete'(input: { id: string }): Promise<{ clientId: string }>;
  'user.create'(input: { username: string; password: string; name?: string; email?: string }): Promise<ListedUser>;
  'user.passwd'(input: { username: string; password: string }): Promise<{ username: string }>;
  'user.list'(input: Record<string, never>): Promise<readonly ListedUser[]>;
  'user.delete'(input: { username: string }): Promise<{ username: string }>;
  /** `property`: of user tasks, instead of an id of the resource. */
  'grant.add'(input: {
    owner: string;
    resource: string;
    property?: string;
    permissions: readonly string[];
  }): Promise<ListedGrant>;
  'grant.list'(input: Record<string, never>): Promise<readonly ListedGrant[]>;
  /** What a request would meet, step by step, without making it. Only a running program can say. */
  explain(input: ExplainInput): Promise<Explanation>;
  'grant.remove'(input: { key: string }): Promise<{ authorizationKey: string }>;
  'key.list'(input: Record<string, never>): Promise<readonly ListedKey[]>;
  /** `now`: the new key signs at once, and all others are withdrawn. */
  'key.rotate'(input: { now: boolean }): Promise<RotatedKey>;
};

export type UseCaseName = keyof UseCases;

/** An expected refusal of a use case, in words for the person who asked. `code` is stable. */
export class UseCaseError extends Error {
  override readonly name = 'UseCaseError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What came in has a member that cannot be used. `problem` completes a sentence that begins with the member, however that is called. */
export class InputRefused extends UseCaseError {
  readonly member: string;
  readonly problem: string;

  constructor(member: string, problem: string) {
    super('INVALID_INPUT', `${member} ${problem}`);
    this.member = member;
    this.problem = problem;
  }
}
