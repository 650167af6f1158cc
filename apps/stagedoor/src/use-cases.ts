import type { Authorization, Scope } from '@stagedoor/access';
import type { ExplainInput, Explanation } from '@stagedoor/gateway';
import type { CertificateRegistration, TokenBinding } from '@stagedoor/issuer';
import type { KeyState, SigningAlgorithm } from '@stagedoor/tokens';

/**
 * How a client shows who it is, as RFC 7591 and RFC 8705 call it; a secret may be sent in either of two ways. `none`: it is public,
 * and gets tokens of people alone.
 */
export const CLIENT_AUTHENTICATIONS = [
  'client_secret',
  'private_key_jwt',
  'self_signed_tls_client_auth',
  'tls_client_auth',
  'none',
] as const;

/** A client as its administrator sees it: everything but its secret. */
export type ShownClient = {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** What its tokens may be for: what its scopes allow, and its own. */
  readonly audiences: readonly string[];
  /** Those of services elsewhere, beyond what its scopes allow. */
  readonly ownAudiences: readonly string[];
  /** ISO 8601, or null for a client that does not expire. */
  readonly expires: string | null;
  /** Null where its tokens live as long as everybody's. */
  readonly tokenLifetimeSeconds: number | null;
  readonly authentication: (typeof CLIENT_AUTHENTICATIONS)[number];
  /** RFC 7638, of `private_key_jwt`; else none. */
  readonly keyThumbprints: readonly string[];
  /** SHA-256, of `self_signed_tls_client_auth`; else none. */
  readonly certificateThumbprints: readonly string[];
  /** Of `tls_client_auth`: what a trusted CA has to call it; else null. */
  readonly certificateSubject: string | null;
  readonly isPublic: boolean;
  /** What its tokens are bound to. */
  readonly bindTokens: TokenBinding;
  /** None where no person logs in with it. */
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
};

/** A secret's one showing. */
export type CreatedClient = ShownClient & { readonly clientSecret: string };
export type ListedClient = ShownClient & {
  readonly created: string;
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
  'client.create-with-keys'(input: ClientInput & { keys: string }): Promise<ShownClient>;
  'client.create-with-certificate'(
    input: ClientInput & { registration: CertificateRegistration },
  ): Promise<ShownClient>;
  /** It has nothing to authenticate with, and gets tokens of people alone. */
  'client.create-public'(input: ClientInput): Promise<ShownClient>;
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
