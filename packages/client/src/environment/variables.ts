/**
 * What callers of Camunda's APIs say through the environment, each in all its spellings: the documentation since 8.6, the Java
 * client, `@camunda8/sdk` and `@camunda8/orchestration-cluster-api`. The first is the one we would write.
 */
export const VARIABLES = {
  method: ['CAMUNDA_AUTH_STRATEGY'],
  /** `true` where no method is meant, whatever else is there. */
  oauthDisabled: ['CAMUNDA_OAUTH_DISABLED'],
  clientId: ['CAMUNDA_CLIENT_ID', 'ZEEBE_CLIENT_ID'],
  clientSecret: ['CAMUNDA_CLIENT_SECRET', 'ZEEBE_CLIENT_SECRET'],
  clientSecretFile: ['CAMUNDA_CLIENT_SECRET_FILE'],
  administrationClientId: ['CAMUNDA_CONSOLE_CLIENT_ID'],
  administrationClientSecret: ['CAMUNDA_CONSOLE_CLIENT_SECRET'],
  tokenUrl: ['CAMUNDA_OAUTH_URL', 'CAMUNDA_AUTHORIZATION_SERVER_URL', 'ZEEBE_AUTHORIZATION_SERVER_URL'],
  issuer: ['CAMUNDA_ISSUER_URL'],
  wellKnown: ['CAMUNDA_WELL_KNOWN_CONFIGURATION_URL'],
  audience: ['CAMUNDA_TOKEN_AUDIENCE', 'ZEEBE_TOKEN_AUDIENCE'],
  zeebeAudience: ['CAMUNDA_ZEEBE_OAUTH_AUDIENCE'],
  operateAudience: ['CAMUNDA_OPERATE_OAUTH_AUDIENCE'],
  administrationAudience: ['CAMUNDA_CONSOLE_OAUTH_AUDIENCE'],
  scope: ['CAMUNDA_TOKEN_SCOPE', 'CAMUNDA_OAUTH_SCOPE'],
  resource: ['CAMUNDA_TOKEN_RESOURCE'],
  username: ['CAMUNDA_BASIC_AUTH_USERNAME'],
  password: ['CAMUNDA_BASIC_AUTH_PASSWORD'],
  passwordFile: ['CAMUNDA_BASIC_AUTH_PASSWORD_FILE'],
  cookieUsername: ['CAMUNDA_COOKIE_AUTH_USERNAME'],
  cookiePassword: ['CAMUNDA_COOKIE_AUTH_PASSWORD'],
  cookieUrl: ['CAMUNDA_COOKIE_AUTH_URL'],
  token: ['CAMUNDA_OAUTH_TOKEN'],
  certificateFile: ['CAMUNDA_MTLS_CERT_PATH', 'CAMUNDA_CUSTOM_CERT_CHAIN_PATH', 'OAUTH_SSL_CLIENT_CERT_PATH'],
  certificate: ['CAMUNDA_MTLS_CERT'],
  keyFile: ['CAMUNDA_MTLS_KEY_PATH', 'CAMUNDA_CUSTOM_PRIVATE_KEY_PATH', 'OAUTH_SSL_CLIENT_KEY_PATH'],
  key: ['CAMUNDA_MTLS_KEY'],
  keyPassphrase: ['CAMUNDA_MTLS_KEY_PASSPHRASE'],
  keystoreFile: ['CAMUNDA_SSL_CLIENT_KEYSTORE_PATH'],
  keystoreSecret: ['CAMUNDA_SSL_CLIENT_KEYSTORE_SECRET'],
  keystoreKeySecret: ['CAMUNDA_SSL_CLIENT_KEYSTORE_KEY_SECRET'],
  authorityFile: ['CAMUNDA_CA_CERTIFICATE_PATH', 'CAMUNDA_MTLS_CA_PATH', 'CAMUNDA_CUSTOM_ROOT_CERT_PATH'],
  authority: ['CAMUNDA_MTLS_CA', 'CAMUNDA_CUSTOM_ROOT_CERT_STRING'],
  truststoreFile: ['CAMUNDA_SSL_CLIENT_TRUSTSTORE_PATH'],
  truststoreSecret: ['CAMUNDA_SSL_CLIENT_TRUSTSTORE_SECRET'],
  assertionKeystoreFile: ['CAMUNDA_CLIENT_ASSERTION_KEYSTORE_PATH'],
  assertionKeystorePassword: ['CAMUNDA_CLIENT_ASSERTION_KEYSTORE_PASSWORD'],
  assertionKeyAlias: ['CAMUNDA_CLIENT_ASSERTION_KEYSTORE_KEY_ALIAS'],
  assertionKeyPassword: ['CAMUNDA_CLIENT_ASSERTION_KEYSTORE_KEY_PASSWORD'],
  cacheDirectory: ['CAMUNDA_OAUTH_CACHE_DIR', 'CAMUNDA_TOKEN_CACHE_DIR'],
  /** `true` where no token may be kept in a directory, whichever is named. */
  cacheDisabled: ['CAMUNDA_TOKEN_DISK_CACHE_DISABLE'],
  /** Ours alone: hosts, separated by commas, that secrets may be sent to over http. */
  clearTextHosts: ['STAGEDOOR_CLEAR_TEXT_HOSTS'],
  restAddress: ['CAMUNDA_REST_ADDRESS', 'ZEEBE_REST_ADDRESS'],
  operateAddress: ['CAMUNDA_OPERATE_BASE_URL'],
  administrationAddress: ['CAMUNDA_BASE_URL', 'CAMUNDA_CONSOLE_BASE_URL'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

export type Meaning = keyof typeof VARIABLES;

/** What must not be shown. */
export const SECRET_MEANINGS: ReadonlySet<Meaning> = new Set<Meaning>([
  'clientSecret',
  'administrationClientSecret',
  'password',
  'cookiePassword',
  'token',
  'key',
  'keyPassphrase',
  'keystoreSecret',
  'keystoreKeySecret',
  'truststoreSecret',
  'assertionKeystorePassword',
  'assertionKeyPassword',
]);

/** Variables of the same clients that say nothing about credentials; they are nobody's slip of the pen. */
const OTHERS = [
  'CAMUNDA_AUTH_CONNECT_TIMEOUT',
  'CAMUNDA_AUTH_READ_TIMEOUT',
  'CAMUNDA_CLIENT_CONFIG_PATH',
  'CAMUNDA_CLUSTER_ID',
  'CAMUNDA_CLUSTER_REGION',
  'CAMUNDA_CREDENTIALS_SCOPES',
  'CAMUNDA_CUSTOM_USER_AGENT_STRING',
  'CAMUNDA_DEFAULT_TENANT_ID',
  'CAMUNDA_GRPC_ADDRESS',
  'CAMUNDA_JOB_WORKER_MAX_BACKOFF_MS',
  'CAMUNDA_LOG_LEVEL',
  'CAMUNDA_MODELER_BASE_URL',
  'CAMUNDA_MODELER_OAUTH_AUDIENCE',
  'CAMUNDA_OAUTH_FAIL_ON_ERROR',
  'CAMUNDA_OAUTH_GRANT_TYPE',
  'CAMUNDA_OAUTH_RETRY_BASE_DELAY_MS',
  'CAMUNDA_OAUTH_RETRY_MAX',
  'CAMUNDA_OAUTH_TIMEOUT_MS',
  'CAMUNDA_OAUTH_TOKEN_REFRESH_THRESHOLD_MS',
  'CAMUNDA_OPTIMIZE_BASE_URL',
  'CAMUNDA_OPTIMIZE_CLIENT_ID',
  'CAMUNDA_OPTIMIZE_OAUTH_AUDIENCE',
  'CAMUNDA_PREFER_REST',
  'CAMUNDA_SECURE_CONNECTION',
  'CAMUNDA_SUPPORT_LOGGER',
  'CAMUNDA_TASKLIST_BASE_URL',
  'CAMUNDA_TASKLIST_OAUTH_AUDIENCE',
  'CAMUNDA_TENANT_ID',
  'ZEEBE_ADDRESS',
  'ZEEBE_GRPC_ADDRESS',
  'ZEEBE_INSECURE_CONNECTION',
] as const;

/** Families of names that are somebody else's business altogether. */
export const OTHER_FAMILIES = [
  'CAMUNDA_SDK_',
  'CAMUNDA_SUPPORT_LOG_',
  'CAMUNDA_WORKER_',
  'ZEEBE_CLIENT_LOG_',
  'ZEEBE_GRPC_',
] as const;

export const MEANINGS = Object.keys(VARIABLES) as readonly Meaning[];

export const KNOWN_NAMES: ReadonlySet<string> = new Set([...Object.values(VARIABLES).flat(), ...OTHERS]);
