import type { Recording } from './recordings.ts';

/** Names of cases, or patterns for them. */
export type Names = readonly (string | RegExp)[];

export type Selection = {
  readonly replayed: Names;
  /** With the reason why they do not belong to what is served so far. */
  readonly leftOut: readonly { readonly cases: Names; readonly because: string }[];
};

const WEB_PAGES = 'pages and scripts of the web applications';
const INTERNAL = 'the internal API of the web applications';
const OTHER_COLLECTIONS = 'collections of Operate v1 that come with a later issue';
const DELETING = 'deleting instances comes with a later issue';
const TASKLIST = 'Tasklist comes with a later issue';
const LATER_COMMANDS = 'jobs, messages, signals, user tasks, users, and the clock come with a later issue';
const LATER_READS = 'reading through v2 comes with a later issue';
const PEOPLE = 'people log in at an identity provider with a later issue';
const PROOFS = 'private_key_jwt, certificates and DPoP come with a later issue';
const TOKEN_DESK = 'introspection, user info and revocation come with a later issue';
const REALMS =
  'administering a realm is Keycloak’s own matter: clients are deleted here, not disabled, and there is one realm';

/** Which recorded case is replayed. A case that is in neither list of its recording fails the suite. */
export const SELECTIONS: Readonly<Record<Recording, Selection>> = {
  'camunda-8.6-zeebe-none': {
    replayed: [
      /^get \/(?:v2\/(?:topology|status|authentication\/me|nope)|v1\/nope|nope|api\/login|login|actuator|rest-api\.yaml|favicon\.ico|)$/,
      /^get (?:\/operate)?\/v1\/process-instances\/1$/,
      /^(?:topology|nope) html$/,
      /^(?:topology with garbage basic|405 topology|options|trace|patch 405|xml accept)$/,
      /^(?:malformed json|not json|empty body|no ct|empty object|both|bad key|wrong type|tenant|array|big body 5MB)$/,
      /^(?:deploy|create)/,
      /^(?:long url|double slash|encoded slash|dotdot|semicolon|trailing slash|uppercase|nul)$/,
      /^cors /,
    ],
    leftOut: [
      { cases: ['get /swagger-ui/index.html', 'get /v3/api-docs'], because: WEB_PAGES },
      { cases: ['get /v2/process-instances/1', 'get /v2/users/demo'], because: LATER_READS },
      { cases: ['post /v2/process-instances/search', 'post /v2/users/search'], because: LATER_READS },
      { cases: [/^user task /, /^jobs /, 'message publish', 'signal', 'users create'], because: LATER_COMMANDS },
      { cases: ['authorization', 'clock', 'post /v2/user-tasks/search'], because: LATER_COMMANDS },
      { cases: ['cancel bad key'], because: 'cancelling instances comes with a later issue' },
    ],
  },
  'camunda-8.6-operate-cookie': {
    replayed: [
      /^anon GET \/(?:operate\/|api\/.*|v[12]\/.*|nope|actuator\/health|sso-callback|noPermission|client-config\.js|)$/,
      /^anon (?:xhr|POST .*|DELETE)$/,
      /^(?:bearer GET|login (?!\/operate).*|logout .*|after logout)$/,
      /^(?:session GET .*|session(?:\(only\))? POST .*|session \+ bearer no csrf|view search)$/,
      /^session (?:unknown v1|api nope|process-instances|v2 topology|v2 license|root|after bad login)$/,
      'old session after relogin',
    ],
    leftOut: [
      {
        cases: [/^anon GET \/(?:login|operate\/login|swagger-ui\/.*|v3\/.*|operate\/client-config\.js)$/],
        because: WEB_PAGES,
      },
      { cases: ['login /operate/api/login'], because: WEB_PAGES },
      { cases: [/^session (?:flownode-instances|incidents|variables|decision-.*|drd)$/], because: OTHER_COLLECTIONS },
      { cases: ['session DELETE pi no csrf'], because: DELETING },
      { cases: ['session tasks', 'session assign'], because: TASKLIST },
      { cases: ['session users/current', 'view me'], because: INTERNAL },
    ],
  },
  'camunda-8.6-operate-cookie-csrf': {
    replayed: [
      /^anon GET (?:\/(?:operate\/|api\/.*|v[12]\/.*|nope|actuator\/health|(?:sso|identity)-callback|noPermission|client-config\.js|)|html \/api)$/,
      /^anon POST /,
      /^(?:basic demo GET|bearer POST|login (?!\/operate).*|bad login .*|logout .*|garbage session GET)$/,
      /^(?:session GET .*|session(?:\(only\))? POST .*|session \+ bearer no csrf|csrf without session)$/,
      /^session (?:unknown|api nope|process-instances|v2 post .*)$/,
      'old session after relogin',
    ],
    leftOut: [
      {
        cases: [
          /^anon GET \/(?:login|operate\/login|operate\/api\/.*|swagger-ui\/.*|v3\/.*|operate\/client-config\.js)$/,
        ],
        because: WEB_PAGES,
      },
      { cases: ['login /operate/api/login'], because: WEB_PAGES },
      { cases: [/^session (?:flownode-instances|variables|decision-definitions|drd)$/], because: OTHER_COLLECTIONS },
      { cases: ['view delete'], because: DELETING },
      { cases: ['session tasks', 'session task 1', 'session assign'], because: TASKLIST },
      { cases: ['session users/current', 'view me'], because: INTERNAL },
    ],
  },
  'camunda-8.6-operate-data': {
    replayed: [
      /^(?:deploy|create|search|get) ?/,
      'searchAfter wrong count',
      /^view (?:v2 create|v2 deploy|session after bad login)$/,
      'bad login keeps? login',
      'logout cookies',
    ],
    leftOut: [
      { cases: ['pi statistics', 'variables'], because: OTHER_COLLECTIONS },
      { cases: ['delete active pi', 'view delete'], because: DELETING },
      { cases: ['api processes internal'], because: INTERNAL },
    ],
  },
  'spring-security-6.5-basic': {
    replayed: [
      /^(?:no credentials|no cred error path|wrong password|right)/,
      /^(?:no colon|empty pw|lowercase basic|two spaces|unpadded|colon in pw|bearer in basic|two headers bad,good|long pw 80)$/,
    ],
    leftOut: [],
  },
  'camunda-8.6-zeebe-oidc': {
    replayed: [
      /^no token (?!\/swagger-ui)/,
      /^(?:preflight|basic header|garbage|illegal chars|bearer only|garbage on license|cookie only post)$/,
      /^jwt /,
      /^ok /,
    ],
    leftOut: [{ cases: ['no token /swagger-ui/index.html', 'garbage on swagger'], because: WEB_PAGES }],
  },
  'camunda-8.6-zeebe-oidc-issuer-down': { replayed: [/^(?:warm issuer up|issuer |rotated: )/], leftOut: [] },
  'camunda-8.6-operate-oidc': {
    replayed: [
      / (?:GET|POST search)$/,
      /^anon \/(?:|nope|api\/authentications\/user|v2\/license)$/,
      'search bad json',
      'logout',
    ],
    leftOut: [
      { cases: [/ DELETE\/assign$/], because: DELETING },
      { cases: ['anon /swagger-ui/index.html'], because: WEB_PAGES },
    ],
  },
  'spring-security-6.5-oidc': {
    replayed: [/^no token (?!\/v3)/, /^(?:basic header|bearer only|cookie only post)$/, /^jwt /, /^ok /],
    leftOut: [{ cases: ['no token /v3/api-docs', 'garbage on swagger', 'garbage on v3'], because: WEB_PAGES }],
  },
  'keycloak-token-endpoint': {
    replayed: [
      /^cc (?!ES256)/,
      /^(?:secret with trailing space|unknown client, Basic|missing|empty) ?/,
      /^Basic /,
      /^Authorization: /,
      'two Authorization headers',
      /^(?:unsupported grant_type, good credentials|grant implicit)$/,
      /^(?:JSON body|form body, .*|multipart\/form-data body|no body at all, no content type)$/,
      /^(?:GET with parameters in query|PUT|DELETE|HEAD|OPTIONS without Origin|CORS preflight, .*|POST with unknown Origin)$/,
      /^unknown (?:realm|protocol path|path below openid-connect)$/,
      /^path with /,
      /^(?:duplicated|client_id|scope of|body raw|pairs without|truncated percent) ?/,
      /^(?:2000 unknown parameters|unknown parameter(?! of 11 MB).*)$/,
      /^(?:grant_type in query|all parameters in query), /,
      /^(?:discovery (?:GET|HEAD|POST|OPTIONS|with Origin|unknown realm)|RFC 8414 .*|well-known unknown name|certs .*)$/,
    ],
    leftOut: [
      {
        cases: ['cc ES256 client'],
        because: 'the program signs with one algorithm, `stagedoor.issuer.algorithm`, and not one for each client',
      },
      {
        cases: ['client access.token.lifespan=37'],
        because: 'tokens live as long as `stagedoor.issuer.token-lifetime` says, and not one time for each client',
      },
      { cases: [/^client without service account/, 'disabled client, wrong secret', /^realm /], because: REALMS },
      { cases: [/^admin API /, '/auth', '/auth/'], because: REALMS },
      {
        cases: ['unknown parameter of 11 MB'],
        because: 'the connection broke while it was recorded: there is no answer to compare',
      },
      {
        cases: [/^password grant, /, /^refresh/, /^authorize /, /^logout /, 'grant authorization_code bad code'],
        because: PEOPLE,
      },
      { cases: ['grant token-exchange without subject_token'], because: 'tokens are not exchanged here' },
      {
        cases: [/^private_key_jwt /, 'client_secret_jwt good', /^mTLS /, /^certificate-bound /, /^DPoP /],
        because: PROOFS,
      },
      { cases: ['discovery over https (mtls aliases)'], because: PROOFS },
      { cases: [/^introspect/, /^userinfo, /, /^revoke /], because: TOKEN_DESK },
    ],
  },
  'keycloak-discovery': { replayed: ['discovery', 'oauthAuthorizationServer', 'certs'], leftOut: [] },
};

export function isNamed(names: Names, name: string): boolean {
  return names.some((one) => (typeof one === 'string' ? one === name : one.test(name)));
}
