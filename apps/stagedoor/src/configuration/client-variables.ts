/**
 * Variables that clients of Camunda read, and that stand in the same shells as ours (facts, section 4.3): whoever evaluates
 * `stagedoor client create --env` before he starts the program must not be warned of them.
 */
const NAMES: ReadonlySet<string> = new Set([
  'CAMUNDA_AUTHORIZATION_SERVER_URL',
  'CAMUNDA_BASE_URL',
  'CAMUNDA_CA_CERTIFICATE_PATH',
  'CAMUNDA_DEFAULT_TENANT_ID',
  'CAMUNDA_GRPC_ADDRESS',
  'CAMUNDA_ISSUER_URL',
  'CAMUNDA_PREFER_REST',
  'CAMUNDA_REST_ADDRESS',
  'CAMUNDA_TENANT_ID',
  'CAMUNDA_WELL_KNOWN_CONFIGURATION_URL',
]);

const FAMILIES =
  /^CAMUNDA_(?:(?:AUTH|BASIC_AUTH|CLIENT|CONSOLE|COOKIE_AUTH|CUSTOM|MODELER|MTLS|OAUTH|SDK|SSL_CLIENT|TOKEN)_\w+|(?:ADMIN|OPERATE|OPTIMIZE|TASKLIST|ZEEBE)_(?:BASE_URL|CLIENT_ID|CLIENT_SECRET|OAUTH_AUDIENCE))$/;

export function isClientVariable(name: string): boolean {
  return NAMES.has(name) || FAMILIES.test(name);
}
