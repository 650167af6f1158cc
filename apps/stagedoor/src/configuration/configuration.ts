import type {
  Api,
  Authorization,
  ClientId,
  GroupId,
  MappingRule,
  MappingRuleId,
  NonEmpty,
  RoleId,
  Scope,
  TenantId,
  Username,
} from '@stagedoor/access';
import type { Forwarding } from '@stagedoor/gateway';
import type { SignatureAlgorithm, SubjectMark } from '@stagedoor/tokens';
import type { Method, Profile } from './matrix.ts';
import type { SecretText } from './secret-text.ts';

/** Port 0 takes any free one. Loopback is both `127.0.0.1` and `::1`. */
export type ListenOn = {
  readonly hosts: NonEmpty<string>;
  readonly port: number;
  /** Null for plain HTTP. */
  readonly tls: TlsSettings | null;
};

/** Paths as they were written; what is in the files is read, and checked, when the listener opens. */
export type TlsSettings = {
  readonly material:
    | { readonly kind: 'pem'; readonly certificate: string; readonly privateKey: string }
    | { readonly kind: 'pkcs12'; readonly keyStore: string; readonly password: SecretText | null };
  readonly clientAuth: 'none' | 'want' | 'need';
  /** The CAs of client certificates; there where `clientAuth` is `need`. */
  readonly trustCertificate: string | null;
};

export type AudienceRule =
  /** A token must name one of these; where there are none, no token opens the API. */
  | { readonly kind: 'any-of'; readonly audiences: readonly string[] }
  /** The audience is not looked at: pins stand in its place. */
  | { readonly kind: 'unchecked' };
export type ApiAudiences = Readonly<Record<Api, AudienceRule>>;

/** Where a foreign issuer's keys are. With `jwk-set` its identifier is not known, and `iss` is not checked unless it is pinned. */
export type KeysAt =
  | { readonly kind: 'discovery'; readonly issuer: string }
  | { readonly kind: 'jwk-set'; readonly uri: string }
  /** A JWK set in a file; nothing is asked of the issuer. */
  | { readonly kind: 'file'; readonly path: string; readonly issuer: string };

/** The key that authenticates Stagedoor at a provider. What is in the file is read, and checked, when the log-in is opened. */
export type AssertionKeySettings = {
  /** The configuration key that names the file. */
  readonly key: string;
  readonly path: string;
  readonly password: SecretText | null;
  readonly keyPassword: SecretText | null;
  readonly alias: string | null;
  readonly kid: {
    readonly source: 'PUBLIC_KEY' | 'CERTIFICATE';
    readonly digest: 'SHA256' | 'SHA1';
    readonly encoding: 'BASE64URL' | 'HEX';
    readonly hexCase: 'LOWER' | 'UPPER';
  };
};

/** How people log in at a foreign provider with their browsers. */
export type LoginSettings = {
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: SecretText | null;
  /** What people read where they choose among several providers. */
  readonly name: string;
  readonly authentication: 'client_secret_basic' | 'client_secret_post' | 'none' | 'private_key_jwt';
  /** There where `authentication` is `private_key_jwt`. */
  readonly assertionKey: AssertionKeySettings | null;
  /** For an issuer without discovery. */
  readonly endpoints: {
    readonly authorization: string;
    readonly token: string;
    readonly endSession: string | null;
    readonly userInfo: string | null;
  } | null;
  /** Null for `/sso-callback` of the address that the start prints. */
  readonly redirectUri: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly preferIdTokenClaims: boolean;
  /** Whether the provider is asked for user info where the ID token lacks the name or the groups. */
  readonly userInfo: boolean;
  /** Null for those that the provider says it signs with. */
  readonly idTokenAlgorithm: string | null;
  readonly logoutAtProvider: boolean;
  /** Some have secrets of their own. */
  readonly parameters: ReadonlyMap<string, SecretText>;
};

export type ForeignProvider = {
  readonly kind: 'foreign';
  readonly id: string;
  readonly keysAt: KeysAt;
  readonly additionalJwkSetUris: readonly string[];
  /** How long the last good keys serve through an outage. */
  readonly keysGraceMilliseconds: number;
  readonly audiences: ApiAudiences;
  /** Claims that every token must have, each with the values that are allowed (one of them is enough). */
  readonly pins: ReadonlyMap<string, NonEmpty<string>>;
  /** Plain names or JSONPath, as are the next two. */
  readonly usernameClaim: string;
  readonly clientIdClaim: string | null;
  readonly groupsClaim: string | null;
  readonly preferUsernameClaim: boolean;
  /** How tokens of users and of clients are told apart where both claims are in both; null for `preferUsernameClaim` to say. */
  readonly mark: SubjectMark | null;
  /** More `iss` values that are this issuer's. */
  readonly issuerAliases: readonly string[];
  /** Those that are accepted; empty for all that Stagedoor knows. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The `typ` headers that are accepted, null for none; empty for all that access tokens have. */
  readonly tokenTypes: readonly (string | null)[];
  readonly clockSkewMilliseconds: number;
  /** The claim `permissions` of Camunda 8.6 grants something. */
  readonly componentPermissions: boolean;
  /** Null where nobody logs in there by browser. */
  readonly login: LoginSettings | null;
};
export type EmbeddedProvider = { readonly kind: 'embedded'; readonly audiences: ApiAudiences };
/** An issuer whose tokens are trusted. */
export type Provider = EmbeddedProvider | ForeignProvider;

export type IssuerSettings = {
  readonly listen: ListenOn;
  /** Scheme, host and port as others see them; null where the port is any free one: `http://localhost:<port>` then. */
  readonly origin: string | null;
  readonly tokenLifetimeSeconds: number;
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA';
  /** 0 for never. */
  readonly keyRotationMilliseconds: number;
};

export type FixedClient = {
  /** Where it stands: `stagedoor.clients[0]`. */
  readonly key: string;
  readonly clientId: ClientId;
  readonly name: string;
  readonly authentication: FixedAuthentication;
  readonly scopes: NonEmpty<Scope>;
  readonly grants: boolean;
  /** Undefined wherever nothing is said: what the records have stays. */
  readonly audiences: readonly string[] | undefined;
  readonly claims: string | undefined;
  readonly tokenLifetimeSeconds: number | undefined;
  readonly bindTokens: string | undefined;
  readonly login: FixedLogin | undefined;
};

export type FixedAuthentication =
  | { readonly kind: 'secret'; readonly text: SecretText }
  | { readonly kind: 'secret-file'; readonly path: string }
  | { readonly kind: 'key-file'; readonly path: string }
  | { readonly kind: 'certificates'; readonly paths: readonly string[] }
  | { readonly kind: 'certificate-thumbprints'; readonly thumbprints: readonly string[] }
  | { readonly kind: 'certificate-subject'; readonly subject: string }
  | { readonly kind: 'public' };

type FixedLogin = { readonly redirectUris: readonly string[]; readonly postLogoutRedirectUris: readonly string[] };

export type Members = {
  readonly users: readonly Username[];
  readonly clients: readonly ClientId[];
  readonly mappingRules: readonly MappingRuleId[];
  readonly groups: readonly GroupId[];
  readonly roles: readonly RoleId[];
};
type Named = { readonly name: string; readonly description: string };

/** Records to create at the start where they are missing. Groups have no groups or roles among their members, roles no roles. */
export type InitializationPlan = {
  readonly users: readonly {
    readonly username: Username;
    readonly password: SecretText;
    readonly name: string;
    readonly email: string;
    /** The password is one that everybody knows: the profile's, or the user name. */
    readonly wellKnown: boolean;
  }[];
  readonly defaultRoles: readonly { readonly roleId: RoleId; readonly members: Members }[];
  readonly mappingRules: readonly MappingRule[];
  readonly authorizations: readonly Authorization[];
  readonly groups: readonly (Named & { readonly groupId: GroupId; readonly members: Members })[];
  readonly roles: readonly (Named & { readonly roleId: RoleId; readonly members: Members })[];
  readonly tenants: readonly (Named & { readonly tenantId: TenantId; readonly members: Members })[];
};

/** What the program is told, complete and free of contradictions. Secrets in it do not print. */
export type Configuration = {
  readonly profile: Profile;
  /** What protects the APIs. Administration asks for a token in every method. */
  readonly method: Method;
  readonly data: { readonly kind: 'directory'; readonly path: string } | { readonly kind: 'memory' };
  /** `id` null: one is made at the first start and kept with the data. */
  readonly cluster: { readonly id: string | null; readonly name: string; readonly region: string };
  /** `contextPath` is empty or begins with a slash and ends without one. */
  readonly server: ListenOn & { readonly contextPath: string };
  readonly management: ListenOn;
  /** The page at the root as browsers address it, with a slash at its end; null for the address of the listener. */
  readonly browsersHome: string | null;
  /** Host names that requests may use beside those of loopback, in lower case. */
  readonly allowedHosts: readonly string[];
  /** The proxies that are believed about their clients; null for nobody. */
  readonly forwarding: Forwarding | null;
  /** Some listener of an API is reachable from other machines. */
  readonly reachable: boolean;
  /** `--expose-unprotected`: `none` and well-known passwords may be served beyond loopback. */
  readonly exposeUnprotected: boolean;
  /** The embedded issuer; null where foreign ones take its place. */
  readonly issuer: IssuerSettings | null;
  readonly providers: NonEmpty<Provider>;
  readonly authorizationsEnabled: boolean;
  readonly tenantChecksEnabled: boolean;
  readonly idPattern: RegExp;
  readonly csrf: {
    readonly enabled: boolean /** `POST /api/login` sessions ask for cookie and header. */;
    readonly operatePrevention: boolean;
  };
  readonly session: {
    readonly maxInactiveSeconds: number;
    /** Browsers keep its cookies to TLS. */
    readonly secureCookies: boolean;
  };
  readonly audit: { readonly retentionMilliseconds: number };
  /** A search that authorizations narrowed says so. */
  readonly explaining: boolean;
  readonly operate: { readonly rfc3339Dates: boolean };
  readonly initialization: InitializationPlan;
  readonly clients: readonly FixedClient[];
};
