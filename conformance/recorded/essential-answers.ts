/** A request, and what has to be true of its answer. */
export type EssentialAnswer = {
  /** Completes "answers …". */
  readonly to: string;
  readonly request: Ask;
  readonly status: number;
  /** Exactly these; null for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Members by name: a pattern has to match, everything else is compared as it is. Nothing else may stand there. */
  readonly body?: Readonly<Record<string, string | number | boolean | RegExp>>;
};

type Ask = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const MULTIPART = { 'content-type': 'multipart/form-data; boundary=b' };
const DEMO = { authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}` };
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The framework's error, as Camunda 8.6 has it for everything that no controller answers. */
const framework = (status: number, error: string, path: string) => ({
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/,
  status,
  error,
  path,
});
const problem = (status: number, title: string, detail: string | RegExp, instance: string) => ({
  type: 'about:blank',
  title,
  status,
  detail,
  instance,
});
const operate = (status: number, message: string | RegExp, type: string) => ({ status, message, instance: UUID, type });
const refused = (message: string, code: string) => ({ message, code });

const start = (body: string): Ask => ({ method: 'POST', path: '/v2/process-instances', headers: JSON_TYPE, body });
const search = (body: string): Ask => ({
  method: 'POST',
  path: '/v1/process-definitions/search',
  headers: { ...JSON_TYPE, ...DEMO },
  body,
});

/** Zeebe without protection. */
export const UNPROTECTED: readonly EssentialAnswer[] = [
  {
    to: 'credentials that nobody asked for by ignoring them',
    request: { path: '/v1/topology', headers: { authorization: 'Basic xxx' } },
    status: 200,
  },
  {
    to: 'an unknown path with the framework’s error',
    request: { path: '/nope' },
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: framework(404, 'Not Found', '/nope'),
  },
  {
    to: 'OPTIONS with the methods',
    request: { method: 'OPTIONS', path: '/v2/topology' },
    status: 200,
    headers: { allow: 'GET, HEAD, OPTIONS' },
  },
  { to: 'a slash too many with 404', request: { path: '/v2/topology/' }, status: 404 },
  { to: 'another spelling with 404', request: { path: '/V2/topology' }, status: 404 },
  {
    to: 'a request without a media type with the one it wants',
    request: { method: 'POST', path: '/v2/process-instances', body: '{}' },
    status: 415,
    headers: { accept: 'application/json' },
  },
  {
    to: 'broken JSON',
    request: start('{'),
    status: 400,
    body: problem(400, 'Bad Request', /^Failed to read request/, '/v2/process-instances'),
  },
  {
    to: 'a start of nothing',
    request: start('{}'),
    status: 400,
    body: problem(
      400,
      'INVALID_ARGUMENT',
      'At least one of [processDefinitionId, processDefinitionKey] is required.',
      '/v2/process-instances',
    ),
  },
  {
    to: 'a start of two things',
    request: start('{"processDefinitionId":"a","processDefinitionKey":"1"}'),
    status: 400,
    body: problem(
      400,
      'INVALID_ARGUMENT',
      'Only one of [processDefinitionId, processDefinitionKey] is allowed.',
      '/v2/process-instances',
    ),
  },
  {
    to: 'a start of what is not there',
    request: start('{"processDefinitionId":"nope"}'),
    status: 404,
    body: problem(
      404,
      'NOT_FOUND',
      "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'nope', but none found",
      '/v2/process-instances',
    ),
  },
  {
    to: 'a start for a tenant',
    request: start('{"processDefinitionId":"a","tenantId":"t1"}'),
    status: 400,
    body: problem(
      400,
      'INVALID_ARGUMENT',
      "Expected to handle request Create Process Instance with tenant identifier 't1', but multi-tenancy is disabled",
      '/v2/process-instances',
    ),
  },
  {
    to: 'a deployment of nothing',
    request: {
      method: 'POST',
      path: '/v2/deployments',
      headers: MULTIPART,
      body: '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n',
    },
    status: 400,
    body: problem(400, 'Bad Request', "Required part 'resources' is not present.", '/v2/deployments'),
  },
];

/** Operate and the framework, with passwords and with the cookies of 8.6. */
export const WITH_PASSWORDS: readonly EssentialAnswer[] = [
  {
    to: 'nobody at v1 with a message alone',
    request: { path: '/v1/process-instances/1' },
    status: 401,
    headers: { 'content-type': 'application/json;charset=UTF-8', 'www-authenticate': 'Basic realm="Stagedoor"' },
    body: refused('no credentials were sent', 'CREDENTIALS_MISSING'),
  },
  {
    to: 'a script without a challenge',
    request: { path: '/v2/topology', headers: { 'x-requested-with': 'XMLHttpRequest' } },
    status: 401,
    headers: { 'www-authenticate': null },
  },
  {
    to: 'a scheme in small letters',
    request: { path: '/v2/topology', headers: { authorization: DEMO.authorization.replace('Basic', 'basic') } },
    status: 200,
    headers: { 'set-cookie': null },
  },
  {
    to: 'credentials without padding',
    request: { path: '/v2/topology', headers: { authorization: DEMO.authorization.replace(/=+$/, '') } },
    status: 200,
  },
  {
    to: 'two spaces behind the scheme',
    request: { path: '/v2/topology', headers: { authorization: DEMO.authorization.replace(' ', '  ') } },
    status: 401,
  },
  {
    to: 'an instance that is not there',
    request: { path: '/v1/process-instances/1', headers: DEMO },
    status: 404,
    headers: { 'content-type': 'application/problem+json' },
    body: operate(404, 'No process instances found for key 1', 'Requested resource not found'),
  },
  {
    to: 'a definition that is not there',
    request: { path: '/v1/process-definitions/1', headers: DEMO },
    status: 404,
    body: operate(404, 'No process definition found for key 1', 'Requested resource not found'),
  },
  {
    to: 'a key that is none',
    request: { path: '/v1/process-instances/abc', headers: DEMO },
    status: 400,
    body: operate(400, /./, 'Invalid request'),
  },
  {
    to: 'a page of nothing',
    request: search('{"size":0}'),
    status: 400,
    body: operate(400, 'size should be greater than zero and equal or less than 1000', 'Invalid request'),
  },
  {
    to: 'a page of too much',
    request: search('{"size":1001}'),
    status: 400,
    body: operate(400, 'size should be greater than zero and equal or less than 1000', 'Invalid request'),
  },
  {
    to: 'an order by what is not there',
    request: search('{"sort":[{"field":"nope"}]}'),
    status: 400,
    body: operate(400, 'Sort has invalid field(s): nope', 'Data invalid'),
  },
  {
    to: 'an order by nothing',
    request: search('{"sort":[{"order":"ASC"}]}'),
    status: 400,
    body: operate(
      400,
      'No \'field\' given in sort. Example: "sort": [{"field":"name","order": "ASC"}] ',
      'Data invalid',
    ),
  },
  {
    to: 'a cursor without values',
    request: search('{"searchAfter":[]}'),
    status: 400,
    body: operate(400, 'searchAfter should have a least 1 value', 'Data invalid'),
  },
  { to: 'unknown filters by ignoring them', request: search('{"filter":{"nope":1},"nope":1}'), status: 200 },
  {
    to: 'another media type with the framework’s error',
    request: { ...search('x'), headers: { ...DEMO, 'content-type': 'text/plain' } },
    status: 415,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: framework(415, 'Unsupported Media Type', '/v1/process-definitions/search'),
  },
  {
    to: 'an unknown path of v1 with the framework’s error',
    request: { path: '/v1/nope', headers: DEMO },
    status: 404,
    body: framework(404, 'Not Found', '/v1/nope'),
  },
  {
    to: 'an unknown path of the login with the framework’s error',
    request: { path: '/api/nope', headers: DEMO },
    status: 404,
    body: framework(404, 'Not Found', '/api/nope'),
  },
  {
    to: 'the login of 8.6 with its cookie alone',
    request: { method: 'POST', path: '/api/login?username=demo&password=demo' },
    status: 204,
    headers: { 'set-cookie': 'OPERATE-SESSION=…; Path=/; HttpOnly; SameSite=Lax' },
  },
  {
    to: 'a login with a wrong password',
    request: { method: 'POST', path: '/api/login?username=demo&password=x' },
    status: 401,
    headers: { 'content-type': 'application/json;charset=UTF-8', 'www-authenticate': null },
    body: refused('the user name or the password is wrong', 'PASSWORD_REFUSED'),
  },
  {
    to: 'a login in capitals',
    request: { method: 'POST', path: '/api/login?username=DEMO&password=demo' },
    status: 401,
  },
  {
    to: 'a logout of nobody',
    request: { method: 'POST', path: '/api/logout' },
    status: 204,
    headers: {
      'set-cookie': ['OPERATE-SESSION', 'camunda-session', 'X-CSRF-TOKEN']
        .map((name) => `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; SameSite=Lax`)
        .join(' + '),
    },
  },
];

const TOKEN = '/auth/realms/camunda-platform/protocol/openid-connect/token';
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache', 'content-type': 'application/json' };
const IC = { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' };
const token = (body: string, headers: Readonly<Record<string, string>> = FORM_TYPE): Ask => ({
  method: 'POST',
  path: TOKEN,
  headers,
  body,
});
const aboutToken = (endpoint: string, body: string): Ask => ({
  ...token(body),
  path: TOKEN.replace(/token$/, endpoint),
});
const READER = 'client_id=reader&client_secret=reader-secret';
const GOOD = `grant_type=client_credentials&${READER}`;

/** The issuer in Keycloak's form; `reader` has the secret `reader-secret`. */
export const TOKENS: readonly EssentialAnswer[] = [
  {
    to: 'good credentials with the members that Keycloak has',
    request: token(GOOD),
    status: 200,
    headers: NO_STORE,
    body: {
      access_token: /^[\w-]+\.[\w-]+\.[\w-]+$/,
      expires_in: 300,
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: /^[a-z ]+$/,
    },
  },
  { to: 'a wrong secret', request: token(`${GOOD}x`), status: 401, headers: NO_STORE, body: IC },
  {
    to: 'an unknown client in the same words',
    request: token(GOOD.replace('reader', 'nobody')),
    status: 401,
    headers: NO_STORE,
    body: IC,
  },
  { to: 'no client in the same words', request: token('grant_type=client_credentials'), status: 401, body: IC },
  {
    to: 'an empty request',
    request: token('a=b'),
    status: 400,
    headers: NO_STORE,
    body: { error: 'invalid_request', error_description: 'Missing form parameter: grant_type' },
  },
  {
    to: 'JSON as if nothing stood there',
    request: token('{"grant_type":"client_credentials"}', JSON_TYPE),
    status: 400,
    body: { error: 'invalid_request', error_description: 'Missing form parameter: grant_type' },
  },
  {
    to: 'an unknown grant',
    request: token('grant_type=foo'),
    status: 400,
    body: { error: 'unsupported_grant_type', error_description: 'Unsupported grant_type' },
  },
  {
    to: 'a parameter that is there twice',
    request: token(`${GOOD}&scope=email&scope=profile`),
    status: 400,
    body: { error: 'invalid_request', error_description: 'duplicated parameter' },
  },
  {
    to: 'an unknown scope',
    request: token(`${GOOD}&scope=email%20nope`),
    status: 400,
    body: { error: 'invalid_scope', error_description: 'Invalid scopes: email nope' },
  },
  {
    to: 'another method',
    request: { path: TOKEN },
    status: 405,
    headers: { allow: 'POST' },
    body: { error: 'HTTP 405 Method Not Allowed' },
  },
  {
    to: 'a large form',
    request: token(`${GOOD}&foo=${'x'.repeat(200_000)}`),
    status: 413,
    body: { error: 'HTTP 413 Request Entity Too Large' },
  },
  {
    to: 'another realm',
    request: { ...token(GOOD), path: TOKEN.replace('camunda-platform', 'nope') },
    status: 404,
    body: { error: 'Realm does not exist' },
  },
  {
    to: 'an unknown path of the realm',
    request: { path: '/auth/realms/camunda-platform/.well-known/nope' },
    status: 404,
    body: { error: 'HTTP 404 Not Found' },
  },
  {
    to: 'a question about what is no token of its own, and says no more than that',
    request: aboutToken('token/introspect', `${READER}&token=garbage`),
    status: 200,
    headers: NO_STORE,
    body: { active: false },
  },
  { to: 'nobody who asks about a token', request: aboutToken('token/introspect', 'token=x'), status: 401, body: IC },
  { to: 'the end of no token with nothing', request: aboutToken('revoke', `${READER}&token=x`), status: 200 },
];
