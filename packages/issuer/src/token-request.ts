import type { AuditSink, Clock, Randomness, Scope } from '@stagedoor/access';
import type { DpopProofs, SigningKeys } from '@stagedoor/tokens';
import type { AssertionAuthenticator } from './authenticate-by-assertion.ts';
import type { CertificateAuthenticator } from './authenticate-by-certificate.ts';
import type { ClientAuthenticator, TokenCaller } from './authenticate-client.ts';
import type { AuthorizationCodes } from './authorizing/authorization-codes.ts';
import type { Login } from './authorizing/login.ts';
import type { Logins } from './authorizing/logins.ts';
import type { People } from './authorizing/people.ts';
import type { ClientRegistry } from './client-registry.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import type { IssuerForm } from './issuer-forms.ts';
import type { NamedTargets } from './named-targets.ts';
import type { PresentedCertificate } from './presented-certificate.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { SpentIds } from './spent-ids.ts';
import type { TokenProblem } from './token-problem.ts';

/** What the phases work with; the same for every request. */
export type TokenIssuance = {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly authenticator: ClientAuthenticator;
  readonly assertions: AssertionAuthenticator;
  readonly certificates: CertificateAuthenticator;
  readonly registry: ClientRegistry;
  readonly failed: FailedAttempts;
  readonly people: People;
  readonly codes: AuthorizationCodes;
  readonly logins: Logins;
  readonly issuedTokens: IssuedTokens;
  readonly revoked: SpentIds;
  readonly signingKeys: SigningKeys;
  readonly proofs: DpopProofs;
  readonly tokenLifetimeSeconds: number;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Told of clients that showed who they are, and of those who could not. */
  readonly audit: AuditSink;
};

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: TokenProblem };

/** Parameters of a request, each with one value that is not empty. */
export type Parameters = ReadonlyMap<string, string>;

/** `resources`: what `resource` said, as often as it came. */
export type ReadParameters = { readonly parameters: Parameters; readonly resources: readonly string[] };

export const GRANT_TYPES = ['client_credentials', 'authorization_code', 'refresh_token'] as const;
type GrantType = (typeof GRANT_TYPES)[number];

export type ReceivedRequest = {
  readonly form: IssuerForm;
  readonly method: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  /** Every Authorization header that came. */
  readonly authorization: readonly string[];
  /** Every DPoP header that came. */
  readonly dpop: readonly string[];
  readonly certificate: PresentedCertificate | null;
  readonly caller: TokenCaller;
};

/** What each phase hands to the next: it can only be given what the one before it made, so none can be left out. */
export type ReadableRequest = ReceivedRequest & { readonly mediaType: 'form' | 'json' };
export type ParameterizedRequest = ReceivedRequest & ReadParameters;
export type TypedRequest = ParameterizedRequest & { readonly grantType: GrantType };
export type AuthenticationMethod = 'secret' | 'assertion' | 'certificate';
export type Authenticated = { readonly client: RegisteredClient; readonly authenticatedBy: AuthenticationMethod };
/** `none`: a public client, whose grant or whose token has to prove the rest. */
export type Identified = Pick<Authenticated, 'client'> & { readonly authenticatedBy: AuthenticationMethod | 'none' };
export type AuthenticatedRequest = TypedRequest & Identified;

/** What the client may have a token for, by the grant that it showed. */
export type Grant =
  | { readonly kind: 'client-credentials' }
  /** For a person who logged in. `named` is what this token is for: all that was asked for then, or less. */
  | {
      readonly kind: 'login';
      readonly login: Login;
      readonly named: NamedTargets;
      readonly shown:
        | { readonly kind: 'code'; readonly code: string; readonly nonce: string | undefined }
        | { readonly kind: 'refresh-token'; readonly token: string };
    };
export type GrantedRequest = AuthenticatedRequest & { readonly grant: Grant };
export type TargetedRequest = GrantedRequest & {
  readonly audiences: readonly string[];
  readonly scopes: readonly Scope[];
};

/** RFC 9449 section 6.1: the RFC 7638 thumbprint of a key that the client has proved. */
export type BoundToKey = { readonly kind: 'dpop'; readonly jkt: string };
/** RFC 8705 section 3.1: the SHA-256 thumbprint of the certificate of the client's connection. */
type BoundToCertificate = { readonly kind: 'certificate'; readonly 'x5t#S256': string };
/** What a token is bound to; it becomes its `cnf` (RFC 7800). */
export type Confirmation = BoundToKey | BoundToCertificate;
export type BoundRequest = TargetedRequest & { readonly confirmation: Confirmation | null };

/** The answer of RFC 6749 section 5.1 as the pages show it, member for member, and `scope` as Keycloak adds it. */
export type TokenAnswer = {
  readonly access_token: string;
  readonly expires_in: number;
  /** A client has no refresh token: 0. */
  readonly refresh_expires_in: number;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly 'not-before-policy': 0;
  readonly scope?: string;
};
