import { RECORDINGS, type Recording } from './recordings.ts';

/** A difference that is meant. */
export type Difference = {
  readonly recordings: (recording: Recording) => boolean;
  readonly cases: (name: string) => boolean;
  readonly point: (point: string) => boolean;
  readonly because: string;
  /** As it stands in the table. */
  readonly line: string;
};

/**
 * Every deliberate difference to what was recorded, one a line: recordings, cases, what differs (`what: recorded → ours`), and
 * why. A cell is a text, a pattern between slashes, or `*` for all. A point that no line names fails the suite, and so does a
 * line that names no point any more.
 */
const TABLE = String.raw`
every refusal:
* | * | /^body\.code: none → "[A-Z_]+"$/ | contract: every refusal carries our stable code where its body is an object
/^camunda/ | * | /^www-authenticate (?:scheme: none → (?:Basic|Bearer)|realm: none → Stagedoor)$/ | a 401 has a challenge (RFC 9110 section 15.5.2; contract)
/^camunda/ | * | /^www-authenticate (?:error: none → invalid_token|error_description: none → the (?:token|signature) [\w ]+)$/ | where the original is mute, the challenge gives the reason (RFC 6750 section 3)
/^camunda/ | * | /^body\.message: "" → "[\w :]+"$/ | the original is mute; a refusal explains itself (design)
/zeebe-oidc$/ | * | body.detail: "Access Denied" → "no credentials were sent" | a refusal explains itself (design)
/zeebe-oidc$/ | * | /^body\.detail: "error decoding jwt" → "(?:the token cannot be read|this API does not take that kind of credentials)"$/ | a token that cannot be read is told from a header that holds none
/oidc$/ | * | /^body\.(?:detail|message): "the provided claims are invalid" → "the token (?:is not valid yet|is not meant for this API|cannot be read|comes from an issuer that is not trusted here)"$/ | the original does not say which claim it was
/zeebe-oidc$/ | * | body.detail: "JWKS error" → "the token is signed with a key that its issuer does not publish" | it is the token's fault and not the key set's
/zeebe-oidc$/ | /^jwt alg / | /^body\.detail: "(?:JWT algorithm does not match JWK algorithm|Signing algorithm 'null' is not supported)" → "the token (?:is signed with an algorithm that is not accepted|cannot be read)"$/ | one text for every algorithm; what would be accepted is nobody's business
/zeebe-oidc$/ | jwt trailing = | body.detail: "the token signature is invalid" → "the token cannot be read" | base64url has no padding (RFC 7515 section 2)
/zeebe-oidc$/ | jwt exp 0 | body.detail: "the token has expired" → "the token cannot be read" | it expires before it was issued: no issuer means that
/operate-oidc$/ | expired GET | /^body\.message: "An error [^"]*: Jwt expired at [^"]+" → "the token has expired"$/ | no value of a claim stands in an error (design)
/operate-oidc$/ | * | /^body\.message: "An error occurred while attempting to decode the Jwt: (?:Malformed token|Signed JWT rejected: [^"]+)" → "the (?:token|signature) [\w ]+"$/ | the texts are those of a library inside the original
/^spring/ | * | /^www-authenticate error_description: (?:An error occurred while attempting to decode the Jwt: .+|Bearer token is malformed|Unsupported algorithm of none) → the (?:token|signature) [\w ]+$/ | the texts are a library's, and repeat the token's type and times: no value of a token stands in an error (design)
/^spring/ | * | www-authenticate error_uri: https://tools.ietf.org/html/rfc6750#section-3.1 → none | optional (RFC 6750 section 3); it leads to the specification and not to the reason
/^spring/ | * | www-authenticate realm: Realm → Stagedoor | contract
/^spring/ | * | set-cookie: JSESSIONID=<value>; Path=/; HttpOnly → none | calls of an API begin no session (design, rule 8)
/^spring/ | * | /^(?:content-type: (?:none|application\/json) → application\/problem\+json|body: (?:nothing|the framework's error) → a problem)$/ | contract: a 401 has the body of its dialect, and v2 writes problems (facts, section 2.2)
/^spring/ | /html$/ | /^(?:content-type: text\/html;charset=UTF-8 → application\/problem\+json|body: a page → a problem)$/ | an API has no error pages, whatever Accept says (RFC 9110 section 12.5.1)
* | /\/v2\/(?:\/topology|topology;a=b|\.\.;\/v2\/topology)$/ | body.message: none → "the path has an encoding that can be read in two ways" | the original is mute

the headers that protect:
/^(?:camunda|spring)/ | * | x-frame-options: DENY → SAMEORIGIN | the value of 8.8 (facts, section 1.4)
/^(?:camunda|spring)/ | * | x-xss-protection: 0 → none | 8.8 does not send it: the filter that it switches off is gone from browsers

v2 speaks 8.10:
/^camunda/ | * | /^body\.(?:clusterId|lastCompletedChangeId|brokers\[0\]\.brokerId|brokers\[0\]\.partitions\[0\]\.state): none → / | contract: v2 speaks 8.10, whose topology has these
/^camunda/ | * | /^body\.(?:deploymentKey|deployments\[\d\]\.processDefinition\.processDefinitionKey|processDefinitionKey|processInstanceKey): a key → a key as text$/ | contract: keys are texts in v2
/^camunda/ | /^deploy/ | /^body\.deployments\[\d\]\.(?:decisionDefinition|decisionRequirements|form|resource): none → null$/ | contract: 8.10 requires them
/^camunda/ | /^create/ | /^body\.(?:tags: none → \[\]|businessId: none → null)$/ | contract: 8.10 requires them
/^camunda/ | /license$/ | /^body\.(?:isCommercial: none → false|expiresAt: none → null)$/ | contract: 8.10 requires them
camunda-8.6-zeebe-none | get /v2/status | answer: 404 → 204 | it came with 8.8 (facts, section 0.2)
camunda-8.6-zeebe-none | get /v2/authentication/me | answer: 404 → 200 | it came with 8.8
* | /\/v2\/license$/ | answer: 401 → 200 | public since 8.8 (facts, section 0.1)
camunda-8.6-zeebe-oidc | garbage on license | answer: 401 → 200 | public since 8.8: who asks is not asked
camunda-8.6-zeebe-oidc | no token /v2/status | answer: 401 → 204 | public since 8.8 (facts, section 0.1)
camunda-8.6-operate-cookie | session v2 topology | /^body\.(?:clusterSize: -1 → 1|(?:partitionsCount|replicationFactor): 0 → 1|brokers: none → \[an object\])$/ | Operate alone had no broker; topology tells the truth about this process
/^camunda/ | /^(?:get \/v2\/nope|405 topology|patch 405|empty body|no ct|trailing slash|ok unknown path|ok 405|ok wrong ct)$/ | /^(?:content-type: application\/json → application\/problem\+json|body: the framework's error → a problem)$/ | problems since 8.8 (facts, section 2.2), as Spring Security 6.5 was recorded with
camunda-8.6-zeebe-none | nope html | /^(?:content-type: text\/html;charset=UTF-8 → application\/problem\+json|body: a page → a problem)$/ | an API has no error pages, whatever Accept says (RFC 9110 section 12.5.1)
/^camunda/ | /^(?:malformed json|not json)$/ | body.detail: "Failed to read request" → "Failed to read request: the body is not JSON" | bad input gets an error that says what is wrong
/^camunda/ | /^(?:bad key|wrong type)$/ | /^body\.detail: "Failed to read request" → "Request property \[\w+\] cannot be parsed: it must / | bad input gets an error that names the field
camunda-8.6-zeebe-none | deploy bad | /^body\.detail: "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encou… .+ → "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encou… / | behind the same words stands what another XML parser says
camunda-8.6-zeebe-none | big body 5MB | answer: 500 → 413 | a large body is no fault of the server
camunda-8.6-operate-data | /^view v2 (?:create|deploy)$/ | answer: 200 → 403 PERMISSION_MISSING | a hole of the original: a user who may only read deployed and started processes through v2
camunda-8.6-zeebe-none | get /v2/process-instances/1 | /^(?:content-type: application\/json → application\/problem\+json|body: the framework's error → a problem)$/ | the path came with 8.8; it is the key that is not there
camunda-8.6-zeebe-none | /^(?:get \/v2\/users\/demo|post \/v2\/(?:process-instances|users)\/search)$/ | answer: 404 → 200 | it came with 8.8
camunda-8.6-zeebe-none | users create | answer: 400 → 201 | it came with 8.8
camunda-8.6-zeebe-none | authorization | /^(?:content-type: application\/json → application\/problem\+json|allow: POST → DELETE, GET, HEAD, OPTIONS, PUT|body: the framework's error → a problem)$/ | contract: v2 speaks 8.10, which replaces an authorization by PUT

guarded, but not served by the engine:
camunda-8.6-zeebe-none | /^(?:user task complete v[12]|jobs activation(?: empty)?|message publish|signal|clock|cancel bad key|post \/v2\/user-tasks\/search)$/ | /^answer: \d+ → 501$/ | who may do it is told that it is not done here yet, whatever he sends (contract)
/operate-cookie/ | /^session (?:flownode-instances|incidents|variables|decision-\w+|drd|DELETE pi no csrf)$/ | /^answer: \d+ → 501$/ | who may do it is told that it is not done here yet
camunda-8.6-operate-data | /^(?:pi statistics|variables|delete active pi)$/ | /^answer: \d+ → 501$/ | who may do it is told that it is not done here yet
camunda-8.6-operate-oidc | /^(?:read\+)?write DELETE\/assign$/ | answer: 404 → 501 | who may do it is told that it is not done here yet
camunda-8.6-operate-oidc | read DELETE/assign | answer: 403 → 501 | threats: rights are not taken from claims; this client has them here
/operate-(?:cookie-csrf|data)$/ | view delete | /^body\.(?:message: "Access is denied" → "PROCESS_DEFINITION:\*:DELETE_PROCESS_INSTANCE permissions required to access this resource\."|type: "AccessDeniedException" → "Forbidden resource access")$/ | the words of 8.8, which name what is missing (facts, section 6)

what is not here:
/^(?:camunda|spring)/ | /\/(?:swagger-ui\/index\.html|v3\/api-docs(?:\/v1)?|operate\/(?:login|client-config\.js|api\/.+))$|^garbage on (?:swagger|v3)$/ | /^answer: \d+ → 404 Not Found$/ | the pages of the web applications are not here; what is not here is 404 for everybody
/operate/ | /^(?:view me|session users\/current|api processes internal)$/ | answer: 200 → 404 Not Found | the internal API of the web applications is not here
camunda-8.6-operate-cookie-csrf | session tasks | answer: 200 → 404 Not Found | Tasklist is not here, as where Operate 8.6 alone was recorded
camunda-8.6-operate-cookie-csrf | /^session (?:task 1|assign)$/ | /^(?:content-type: application\/problem\+json → application\/json|body: a message → the framework's error)$/ | Tasklist is not here, as where Operate 8.6 alone was recorded
/operate-cookie/ | anon GET /login | answer: 302 → 405 (allow: OPTIONS, POST) | the page of the login is not here; the path is, for POST (RFC 9110 section 15.5.6)

media types, methods, paths:
camunda-8.6-zeebe-none | topology html | answer: 406 → 200 | Accept is not negotiated: JSON is all there is (RFC 9110 section 12.5.1 allows it)
camunda-8.6-zeebe-none | xml accept | answer: 406 → 400 | Accept is not negotiated: it is the body that is wrong then
* | /405/ | /^allow: (?:GET → GET, HEAD, OPTIONS|POST → OPTIONS, POST)$/ | Allow names every method that is served (RFC 9110 section 10.2.1)
camunda-8.6-zeebe-none | trace | /^(?:allow: DELETE, GET, HEAD, OPTIONS, POST, PUT → DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT|content-type: none → application\/json|body: nothing → the framework's error)$/ | no path takes TRACE; PATCH is known too, and an error says what it is
* | no token TRACE | answer: 400 → 405 Method Not Allowed (allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT) | a method that is not served is 405 (RFC 9110 section 15.5.6)
camunda-8.6-zeebe-none | /^get \/(?:api\/)?login$/ | answer: 404 → 405 (allow: OPTIONS, POST) | the path is there, for POST (RFC 9110 section 15.5.6)
/operate-cookie/ | /^(?:anon GET \/api\/login|login GET)$/ | answer: 404 → 405 (allow: OPTIONS, POST) | the path is there, for POST (RFC 9110 section 15.5.6)
camunda-8.6-zeebe-oidc | no token /v2/setup/user | answer: 401 → 405 (allow: OPTIONS, POST) | the first set-up is for everybody, by POST; 8.6 has none
camunda-8.6-operate-cookie | logout GET | answer: 204 → 405 (allow: OPTIONS, POST) | GET changes nothing (RFC 9110 section 9.2.1): an image in a foreign page would log people out
camunda-8.6-operate-cookie-csrf | logout GET | answer: 404 → 405 (allow: OPTIONS, POST) | as for the login
camunda-8.6-operate-cookie-csrf | session GET search 405 | answer: 400 → 405 Method Not Allowed (allow: OPTIONS, POST) | the original takes "search" for a key
camunda-8.6-zeebe-none | long url | /^(?:content-type: text\/html;charset=utf-8 → application\/problem\+json|body: a page → a problem)$/ | an API has no error pages; it is the unknown query parameter that is refused (contract)
camunda-8.6-zeebe-none | /^(?:encoded slash|nul)$/ | /^(?:content-type: text\/html;charset=utf-8 → application\/json|body: a page → the framework's error)$/ | an API has no error pages
camunda-8.6-zeebe-none | semicolon | answer: 200 → 400 PATH_AMBIGUOUS | threats: paths that two parsers read differently; the original refuses it too where it is protected
camunda-8.6-zeebe-none | dotdot | answer: 404 → 400 PATH_AMBIGUOUS | contract: dots in a path are 400
camunda-8.6-zeebe-none | double slash | answer: 200 → 400 PATH_AMBIGUOUS | two parsers may read it in two ways; only leading slashes are taken together (contract)
/oidc$/ | /^no token (?:unknown|\/actuator(?:\/health)?|\/V2\/topology|\/login)$/ | answer: 401 → 404 Not Found | 404 since 8.8 for what belongs to no API (facts, section 2.1), as Operate 8.6 was recorded with
camunda-8.6-zeebe-none | get / | answer: 404 → 200 | the page that says what runs here
/operate/ | /^(?:anon GET \/|session root|anon \/)$/ | answer: 302 → 200 | the page that says what runs here; the web applications are not here
camunda-8.6-zeebe-oidc | no token root | answer: 401 → 200 | the page that says what runs here
camunda-8.6-zeebe-none | /^get (?:\/operate)?\/v1\/process-instances\/1$/ | /^(?:content-type: application\/json → application\/problem\+json|body: the framework's error → Operate's error)$/ | Operate answers here: the recorded program was Zeebe alone
/^spring/ | /^no (?:cred error path|token \/error)$/ | answer: 500 → 404 Not Found | a bug of the original: its own error page is asked for without an error
spring-security-6.5-basic | right unknown path | body.detail: "No static resource v2/nope." → "No endpoint answers at this path." | there are no static resources, and paths are not repeated
spring-security-6.5-oidc | ok nope | /^(?:content-type: application\/problem\+json → application\/json|body: a problem → the framework's error)$/ | as 8.6 was recorded with: what belongs to no API has no dialect
spring-security-6.5-oidc | ok bad json | body.detail: "Failed to read request" → "Failed to read request: the body is not JSON" | bad input gets an error that says what is wrong
spring-security-6.5-oidc | ok wrong ct | /^(?:accept: application\/json, application\/\*\+json → application\/json|body\.detail: "Content-Type 'text\/plain;charset=UTF-8' is not supported\." → "Content-Type must be application\/json")$/ | the text names the fix and repeats nothing of the request

where the recorded program was a fixture of the framework:
/^spring/ | * | body: a fixture's ok → JSON | it had nothing behind it
spring-security-6.5-oidc | /^ok (?:v1|license)$/ | answer: 404 → 200 | it had nothing behind it
spring-security-6.5-oidc | /^ok (?:create unknown|with csrf-less cookie)$/ | answer: 200 → 404 | it gave the body back; there is no such process

other origins:
camunda-8.6-zeebe-none | cors preflight | answer: 403 → 200 (allow: GET, HEAD, OPTIONS) | no CORS header permits anything, which is what a browser asks; OPTIONS is answered as it is without Origin
keycloak-token-endpoint | /^(?:OPTIONS without Origin|CORS preflight, .+)$/ | answer: 200 → 405 HTTP 405 Method Not Allowed (allow: POST) | threats: no CORS unless configured; Keycloak lets every origin in, with credentials
keycloak-token-endpoint | discovery OPTIONS | answer: 200 → 405 HTTP 405 Method Not Allowed (allow: GET, HEAD) | threats: no CORS unless configured
keycloak-token-endpoint | POST with unknown Origin | answer: 403 → 200 | contract: credentials that verify exempt from the check of Origin, and no page can read the answer

sessions:
/operate/ | * | body.sortValues: [a key as text] → [a key] | contract: numbers for numeric fields, as on the page
camunda-8.6-operate-data | search pi filter+sort+size | body.sortValues: ["lab-task", a key as text] → ["lab-task", a key] | contract: numbers for numeric fields, as on the page
/operate/ | /^(?:anon GET \/v[12]\/(?:topology|nope)|anon POST v2)$/ | /^(?:content-type: application\/json → application\/problem\+json|body: a message → a problem)$/ | Zeebe's APIs write problems, as Zeebe 8.6 alone was recorded with
/operate-cookie/ | login POST /login | /^answer: 40[35] → 204$/ | the login of 8.8 (facts, section 2.4)
/operate-cookie/ | session + bearer no csrf | answer: 200 → 401 CREDENTIALS_SCHEME | a hole of the original: garbage in the header switched CSRF off (design, rule 8)
camunda-8.6-operate-cookie-csrf | session POST csrf as _csrf param | answer: 200 → 403 CSRF_MISSING | a token in an address ends up in logs: the header alone is read (contract)
camunda-8.6-operate-cookie-csrf | /^anon POST (?!\/graphql)/ | answer: 403 → 401 CREDENTIALS_MISSING | who has no session has nothing to forge (facts, section 2.3)
camunda-8.6-operate-cookie-csrf | anon POST /graphql | answer: 403 → 404 Not Found | who has no session has nothing to forge, and nothing is there
camunda-8.6-operate-oidc | /^anon (?:html )?POST search$/ | answer: 403 → 401 CREDENTIALS_MISSING | who has no session has nothing to forge
camunda-8.6-operate-oidc | basic POST search | answer: 403 → 401 CREDENTIALS_SCHEME | who has no session has nothing to forge
camunda-8.6-operate-cookie-csrf | /^session\(only\) POST / | set-cookie: X-CSRF-TOKEN=<value>; Path=/; HttpOnly; SameSite=Lax → none | a token is given with a session, and none to a refused request
camunda-8.6-operate-cookie-csrf | /^session(?:\(only\))? POST / | body.message: none → "the CSRF token of the session is missing or wrong" | the original is mute
camunda-8.6-operate-cookie-csrf | session v2 post no csrf | /^(?:content-type: application\/json → application\/problem\+json|body: the framework's error → a problem)$/ | contract: a 403 has the body of its dialect
/operate/ | /^(?:session (?:GET 404 key|GET bad key|unknown|api nope|task 1)|get pd xml accept json)$/ | x-csrf-token: one → none | an error gives no fresh token; the one that came with the login is good for the whole session
camunda-8.6-operate-cookie-csrf | login JSON body | answer: 401 → 415 (accept: application/x-www-form-urlencoded) | says what would be read instead of that the password is wrong
camunda-8.6-operate-cookie-csrf | basic demo GET | answer: 401 → 404 | contract: Basic opens every API; the key is what is not there
camunda-8.6-operate-cookie-csrf | login again with cookie | /^set-cookie: OPERATE-SESSION=<value>; [^+]+ \+ X-CSRF-TOKEN=; Max-Age=0; [^+]+ \+ (X-CSRF-TOKEN=<value>; [^+]+) → OPERATE-SESSION=<value>; [^+]+ \+ \1$/ | the new token replaces the old one without clearing it first
/operate/ | /^logout (?!GET)/ | /^set-cookie: OPERATE-SESSION=; [^+]+ \+ (X-CSRF-TOKEN=; [^+]+)(?: \+ X-CSRF-TOKEN=; [^+]+)? → OPERATE-SESSION=; [^+]+ \+ camunda-session=; [^+]+ \+ \1$/ | both logins end at once; a cookie is cleared once
camunda-8.6-operate-oidc | logout | answer: 200 → 404 Not Found | contract: there are no logins in oidc
camunda-8.6-operate-oidc | anon /api/authentications/user | answer: 401 → 404 Not Found | the login and its API are not there in oidc (contract)
/operate/ | session GET bad key | /^body\.message: "Failed to convert value of type 'java\.lang\.String' .+ → "the key in the path should be a whole number"$/ | the original tells its own classes and repeats the path
/operate/ | /^(?:session POST malformed|search bad json)$/ | /^body\.message: "JSON parse error: Unexpected end-of-input: .+ → "Failed to read request: the body is not JSON"$/ | the original tells the workings of its parser
camunda-8.6-operate-data | searchAfter wrong count | answer: 500 → 400 | a bug of the original: bad input is a 500 there, and about another collection

tokens:
/oidc$/ | jwt two headers | answer: 200 → 400 AUTHORIZATION_REPEATED | contract: two Authorization headers are 400
/(?:oidc|basic)$/ | /^(?:jwt two headers reversed|two headers bad,good)$/ | answer: 401 → 400 AUTHORIZATION_REPEATED | contract: two Authorization headers are 400
camunda-8.6-zeebe-oidc | jwt in query | answer: 401 → 400 CREDENTIALS_IN_QUERY | says that a token does not belong there (RFC 9700 section 4.3.2)
/oidc$/ | jwt in header and query | answer: 200 → 400 | one way at a time (RFC 6750 section 2); unknown query parameters are 400 in v2 (contract)
camunda-8.6-zeebe-oidc | jwt lowercase scheme | answer: 401 → 200 | schemes are compared without regard to case (RFC 9110 section 11.1)
camunda-8.6-zeebe-oidc | /^jwt (?:expired (?:1|55)s ago|nbf in (?:10|50)s)$/ | answer: 401 → 200 | 60 seconds of skew since 8.8 (facts, section 4.1), as Spring Security 6.5 was recorded with
camunda-8.6-operate-oidc | expired 30s GET | answer: 401 → 404 | 60 seconds of skew since 8.8 (facts, section 4.1)
camunda-8.6-operate-oidc | expired 30s POST search | answer: 401 → 200 | 60 seconds of skew since 8.8 (facts, section 4.1)
camunda-8.6-zeebe-oidc | jwt iat in future 3600 | answer: 401 → 200 | iat is no condition (RFC 7519 section 4.1.6), as Spring Security 6.5 was recorded with
camunda-8.6-zeebe-oidc | jwt exp missing | answer: 200 → 401 TOKEN_LIFETIME_MISSING | a hole of the original: a token for ever (RFC 9068 section 2.2)
/oidc$/ | /^(?:jwt wrong iss|jwt iss missing|wrong iss POST search)$/ | answer: 200 → 401 TOKEN_ISSUER_UNKNOWN | a hole of the original: every issuer is believed (RFC 9068 section 4)
spring-security-6.5-oidc | jwt sub and all missing | answer: 200 → 401 TOKEN_ISSUER_UNKNOWN | a hole of the original: every issuer is believed (RFC 9068 section 4)
spring-security-6.5-oidc | jwt aud missing | answer: 200 → 401 TOKEN_AUDIENCE_REFUSED | the fixture checked no audience (design, rule 3)
/zeebe-oidc$/ | jwt sub missing | answer: 200 → 401 TOKEN_SUBJECT_MISSING | a token that names neither a user nor a client is refused (design)
camunda-8.6-operate-oidc | /^sub missing / | /^answer: (?:404|200) → 401 TOKEN_SUBJECT_MISSING$/ | a token that names neither a user nor a client is refused (design)
/zeebe-oidc$/ | jwt kid missing | answer: 401 → 200 | kid is optional (RFC 7515 section 4.1.4): the keys that fit are tried, as Spring Security 6.5 was recorded with
/oidc$/ | jwt alg EdDSA | answer: 401 → 200 | EdDSA is accepted (RFC 8037)
camunda-8.6-operate-oidc | ES256 GET | answer: 401 → 404 | ES256 is accepted, as by Zeebe; the key is what is not there
camunda-8.6-operate-oidc | ES256 POST search | answer: 401 → 200 | ES256 is accepted, as by Zeebe
camunda-8.6-operate-oidc | perms list form GET | answer: 401 → 404 | a bug of the original: a null pointer; the claim means nothing here (threats: rights are not taken from claims)
camunda-8.6-operate-oidc | perms list form POST search | answer: 401 → 200 | a bug of the original: a null pointer; the claim means nothing here
/zeebe-oidc$/ | /^jwt typ (?:dpop\+jwt|x)$/ | answer: 200 → 401 TOKEN_TYPE_REFUSED | what is recognizably no access token is refused (RFC 8725 section 3.11; threats)
spring-security-6.5-oidc | jwt typ application/at+jwt | answer: 401 → 200 | the full form of at+jwt (RFC 9068 section 2.1)
spring-security-6.5-oidc | jwt trailing = | answer: 200 → 401 TOKEN_MALFORMED | base64url has no padding (RFC 7515 section 2): one token has one spelling
/oidc$/ | jwt huge 10k | answer: 400 → 200 | headers may have 16 kB here
camunda-8.6-zeebe-oidc-issuer-down | issuer 503, unknown kid | answer: 401 → 503 ISSUER_UNAVAILABLE (retry-after: 10) | nobody can tell whether the token is good: 503, never 401 (design, rule 6)
camunda-8.6-zeebe-oidc-issuer-down | rotated: old kid k1 no longer published | answer: 200 → 401 TOKEN_KEY_UNKNOWN | a hole of the original: keys that were taken back are believed for ever (threats)

the token endpoint of Keycloak:
keycloak-token-endpoint | * | body.error: "unauthorized_client" → "invalid_client" | contract: one answer for an unknown client and a wrong secret (RFC 6749 section 5.2); Keycloak's codes tell them apart
keycloak-token-endpoint | * | token header.typ: "JWT" → "at+jwt" | an access token says that it is one (RFC 9068 section 2.1)
keycloak-token-endpoint | cc ES256 client | token header.alg: "ES256" → "RS256" | one algorithm signs for every client: stagedoor.issuer.algorithm
keycloak-token-endpoint | client access.token.lifespan=37 | body.expires_in: 37 → 300 | tokens of every client live as long as stagedoor.issuer.token-lifetime says
keycloak-token-endpoint | client access.token.lifespan=37 | token.client_id: none → "light" | required (RFC 9068 section 2.2); this client was set to leave it out
keycloak-token-endpoint | client without service account | body.error_description: "Client not enabled to retrieve service account" → "Invalid client or Invalid client credentials" | there is no client here that may not ask for tokens
keycloak-token-endpoint | /^(?:grant token-exchange|password grant,)/ | /^body\.error: "invalid_(?:request|grant)" → "unsupported_grant_type"$/ | no token is exchanged for another (RFC 6749 section 5.2); passwords are not passed on (RFC 9700 section 2.4)
keycloak-token-endpoint | /^(?:grant token-exchange|password grant,)/ | /^body\.error_description: "[^"]+" → "Unsupported grant_type"$/ | no token is exchanged for another (RFC 6749 section 5.2)
keycloak-token-endpoint | /^password grant,/ | /^answer: (?:200|401) → 400 unsupported_grant_type$/ | passwords are not passed on (RFC 9700 section 2.4)
keycloak-token-endpoint | /^refresh, / | answer: 200 → 400 invalid_grant | no such token was issued: passwords are not passed on, who has a secret needs no refresh token (RFC 6749 section 4.4.3), and none is good twice (RFC 9700 section 4.14.2)
keycloak-token-endpoint | /^refresh(?:, token of another client| after logout)$/ | /^body\.error_description: "[^"]+" → "Invalid refresh token"$/ | what is wrong with a token is nobody's business but its owner's
keycloak-token-endpoint | * | /^www-authenticate (?:scheme: none → Basic|realm: none → Stagedoor|charset: none → UTF-8)$/ | a MUST where Basic was tried (RFC 6749 section 5.2)
keycloak-token-endpoint | /^(?:cc special secret, Basic raw \(not encoded\)|Basic invalid percent sequence)$/ | answer: 400 → 401 invalid_client | credentials that cannot be read are wrong credentials (RFC 6749 section 5.2)
keycloak-token-endpoint | * | /^(?:body|token)\.scope: "(?:openid )?(?:profile email)?" → "[a-z ]+"$/ | the scopes of the contract; those of OpenID Connect mean nothing here
keycloak-token-endpoint | * | /^token\.(?:typ|acr|allowed-origins|realm_access|resource_access|email_verified|clientHost|clientAddress|preferred_username): .+ → none$/ | Keycloak's own claims; addresses and roles do not belong into a token
keycloak-token-endpoint | * | /^token\.sub: a UUID → "[\w:-]+"$/ | the client itself (RFC 9068 section 2.2): whatever claim an API is told to read is right
keycloak-token-endpoint | * | token.jti: a UUID behind a prefix → an id | any unique text (RFC 7519 section 4.1.7)
keycloak-token-endpoint | * | /^token\.aud: (?:\["orchestration-api", "account"\]|"account"|none) → (?:"orchestration-api"$|\["(?:orchestration|operate\.camunda\.io)", )/ | contract: the audiences of the client's scopes, or the one that is asked for
keycloak-token-endpoint | cc scope openid | body.id_token: a token → none | contract: no ID token for a client
keycloak-token-endpoint | cc content type in upper case | answer: 400 → 200 | media types are compared without regard to case (RFC 9110 section 8.3.1)
keycloak-token-endpoint | /^cc audience= (?:unknown value|on client without audience mapper)$/ | answer: 200 → 400 invalid_target | contract: an audience is checked, not passed over
keycloak-token-endpoint | cc resource= (RFC 8707) | answer: 200 → 400 invalid_target | a resource is checked (RFC 8707 section 2), not passed over
keycloak-token-endpoint | cc scope known optional | answer: 200 → 400 invalid_scope | contract: a scope of the recorded realm is none here
keycloak-token-endpoint | cc scope empty | answer: 400 → 200 | a parameter without a value counts as left out (RFC 6749 section 3.2)
keycloak-token-endpoint | /^(?:empty grant_type|pairs without =)$/ | /^body\.(?:error: "unsupported_grant_type" → "invalid_request"|error_description: "Unsupported grant_type" → "Missing form parameter: grant_type")$/ | a parameter without a value counts as left out (RFC 6749 section 3.2)
keycloak-token-endpoint | cc scope with forbidden characters | body.error_description: "Invalid scopes: a\"b\\c" → "Invalid scopes: a?b?c" | quotes and backslashes may not stand there (RFC 6749 section 5.2)
keycloak-token-endpoint | /^scope of (?:64 KB|4100 characters)$/ | answer: 200 → 400 invalid_scope | Keycloak drops a long scope and grants the default ones
keycloak-token-endpoint | /^(?:Basic \+ same body credentials|Basic wrong \+ body good|two Authorization headers)$/ | answer: 200 → 400 invalid_request | one method for each request (RFC 6749 section 2.3)
keycloak-token-endpoint | Basic good + body secret wrong | answer: 401 → 400 invalid_request | one method for each request (RFC 6749 section 2.3)
keycloak-token-endpoint | duplicated client_secret (wrong first) | answer: 401 → 400 invalid_request | no parameter twice (RFC 6749 section 3.2), and that is seen before any secret is compared
keycloak-token-endpoint | multipart/form-data body | answer: 401 → 400 invalid_request | the media type is the form's alone (RFC 6749 section 4.4.2)
keycloak-token-endpoint | * | /^allow: none → (?:POST|GET, HEAD)$/ | a MUST of 405 (RFC 9110 section 15.5.6)
keycloak-token-endpoint | /^(?:2000 unknown parameters|truncated percent sequence at the end)$/ | answer: 500 → 400 invalid_request | a bug of the original: bad input is a 500 there
keycloak-token-endpoint | Basic header of 40 KB | answer: 401 → 431 | headers are bounded at 16 kB (threats)
keycloak-token-endpoint | Basic header of 70 KB | /^(?:content-type: none → application\/problem\+json|body: nothing → a problem)$/ | the original is mute
keycloak-token-endpoint | unknown protocol path | body.error: "Protocol not found" → "HTTP 404 Not Found" | one text for everything that is not there
keycloak-token-endpoint | unknown path below openid-connect | answer: 405 → 404 HTTP 404 Not Found | what is not there has no methods (RFC 9110 section 15.5.5)
keycloak-token-endpoint | path with trailing slash | answer: 200 → 404 HTTP 404 Not Found | a path has one spelling (threats)
keycloak-token-endpoint | path with double slash | answer: 400 → 404 HTTP 404 Not Found | a path is read as it is written, and this one names nothing
keycloak-token-endpoint | /^\/auth\/?$/ | /^answer: 30[23] → 404 not_found$/ | it leads to Keycloak's own pages
keycloak-token-endpoint | realm public document | answer: 200 → 404 HTTP 404 Not Found | the key stands in the key set, where a rotation is seen
keycloak-token-endpoint | /^admin API / | answer: 401 → 404 not_found | Keycloak's API for administrators is not here
keycloak-token-endpoint | /^userinfo, service-account token without openid scope$/ | www-authenticate scope: none → openid | the challenge says what is missing (RFC 6750 section 3)
keycloak-token-endpoint | /^userinfo, (?:service-account token with openid scope|"bearer" in lower case)$/ | answer: 200 → 403 | the token of a client says nothing of a person
keycloak-token-endpoint | userinfo, POST with token in body | answer: 200 → 401 | a token is taken from the header alone (RFC 6750 section 2.2 lets it be)
keycloak-token-endpoint | userinfo, header and body token | answer: 400 → 403 | a token is taken from the header alone, and bodies are not read
keycloak-token-endpoint | userinfo, token in query | answer: 401 → 400 | as at every API: it stands in logs by now (RFC 6750 section 5.3)
keycloak-token-endpoint | /^userinfo, / | content-type: text/plain;charset=utf-8 → none | what has no body has no type
keycloak-token-endpoint | /^userinfo, / | www-authenticate realm: camunda-platform → Stagedoor | contract
keycloak-token-endpoint | /^userinfo, / | /^www-authenticate error_description: [\w ]+ → the (?:token|signature) [\w ]+$/ | the challenge gives the reason (RFC 6750 section 3)
keycloak-token-endpoint | authorize good: login page | answer: 200 → 303 | it comes without PKCE, which is demanded of everybody (RFC 9700 section 2.1.1)
keycloak-token-endpoint | authorize missing redirect_uri | answer: 200 → 400 | where people are sent is said in every request, and never guessed (RFC 9700 section 2.1)
keycloak-token-endpoint | /^authorize / | answer: 302 → 303 | with 303 no browser sends a password on (RFC 9700 section 4.12)
keycloak-token-endpoint | authorize duplicated parameter | answer: 302 → 400 | of what comes twice nothing is believed, and nobody sent anywhere by it
keycloak-token-endpoint | logout POST with refresh token (backchannel by client) | answer: 204 → 400 | clients take a refresh token back where RFC 7009 has it; logging out is the browser's, with an ID token
keycloak-token-endpoint | logout POST with garbage refresh token | /^(?:content-type: application\/json → text\/html;charset=utf-8|body: OAuth's error → a page)$/ | logging out is the browser's, with an ID token

what Keycloak tells of a token:
keycloak-token-endpoint | /^introspect/ | cache-control: no-cache → no-store | what is told of a token belongs into no cache (RFC 9111 section 5.2.2.5)
keycloak-token-endpoint | /^introspect/ | /^body\.(?:typ|acr|allowed-origins|realm_access|resource_access|email_verified|preferred_username|username): .+ → none$/ | Keycloak's own claims; a client has no name beside its id
keycloak-token-endpoint | /^introspect/ | /^body\.(?:sub: a UUID → "(?:orchestration|light)"|jti: a UUID behind a prefix → an id|aud: \["orchestration-api", "account"\] → \["orchestration", .+)$/ | told as they stand in the token
keycloak-token-endpoint | /^introspect (?:valid, by the issuing client itself|its access token after refresh-token revocation)$/ | body.active: false → true | whom a token was issued to may ask about it, which is ours to say (RFC 7662 section 4); and no refresh token was revoked
keycloak-token-endpoint | /^introspect (?:valid, by the issuing client itself|its access token after refresh-token revocation)$/ | /^body\.(?:token_type|iss|sub|client_id|azp|aud|iat|exp|jti|scope): none → / | whom a token was issued to may ask about it, which is ours to say (RFC 7662 section 4)
keycloak-token-endpoint | introspect with token_type_hint=foo | answer: 400 → 200 | a hint may be passed over (RFC 7662 section 2.1): there is one kind of token
keycloak-token-endpoint | introspect public client | answer: 403 → 401 invalid_client | there are no public clients: it is an unknown one
keycloak-token-endpoint | revoke garbage | /^(?:content-type: application\/json → none|body: JSON → nothing)$/ | the status says it all (RFC 7009 section 2.2), and an error in a 200 is none
keycloak-token-endpoint | revoke missing token | body.error_description: "Token not provided" → "Token not provided." | one text at both endpoints

clients that prove who they are:
keycloak-token-endpoint | /^private_key_jwt / | answer: 400 → 401 invalid_client | what is wrong with an assertion is not told to whom it does not authenticate; that is 401 (RFC 6749 section 5.2)
keycloak-token-endpoint | private_key_jwt exp in 1 day | answer: 200 → 401 invalid_client | an assertion far ahead would have to be remembered for as long, or could be used again (RFC 7523 section 3)
keycloak-token-endpoint | private_key_jwt assertion good plus wrong client_secret | answer: 200 → 400 invalid_request | one method for each request (RFC 6749 section 2.3)
keycloak-token-endpoint | client_secret_jwt good | answer: 200 → 401 invalid_client | a shared secret would have to be kept as it is, and here only digests are kept
keycloak-token-endpoint | /^DPoP / | body.error: "invalid_request" → "invalid_dpop_proof" | the code that RFC 9449 section 5 has for it
keycloak-token-endpoint | /^DPoP / | /^body\.error_description: "DPoP (?:proof has already been used|HTTP URL mismatch)" → "the DPoP proof (?:was used before|is for another address)"$/ | the same in words of our own, which both forms have

the documents of Keycloak:
keycloak-token-endpoint | /^(?:cc success, secret in body|discovery GET|certs GET)$/ | x-frame-options: SAMEORIGIN → none | JSON is no page
keycloak-token-endpoint | /^(?:cc success, secret in body|discovery GET|certs GET)$/ | strict-transport-security: max-age=31536000; includeSubDomains → none | MUST NOT without TLS (RFC 6797 section 7.2)
keycloak-token-endpoint | /^(?:discovery|RFC 8414|certs) ?/ | /^cache-control: no-cache(?:, must-revalidate, no-transform, no-store)? → public, max-age=60$/ | public documents: a minute of memory saves the issuer; a key is published before it signs
keycloak-token-endpoint | discovery POST | answer: 404 → 405 HTTP 405 Method Not Allowed (allow: GET, HEAD) | the path is there, for GET (RFC 9110 section 15.5.6)
keycloak-token-endpoint | RFC 8414 oauth-authorization-server (inserted at the root) | answer: 404 → 200 | where RFC 8414 section 3.1 wants it
keycloak-discovery | /^(?:discovery|oauthAuthorizationServer)$/ | /^body\.(?:userinfo|registration|device_authorization|backchannel_authentication|pushed_authorization_request)_endpoint: .+ → none$/ | an endpoint that is not there is not announced
keycloak-discovery | /^(?:discovery|oauthAuthorizationServer)$/ | /^body\.(?!\w+_endpoint:)(?:frontchannel|backchannel|check_session|acr|prompt|id_token_encryption|userinfo|request|require|response_modes|authorization|claims?|tls|mtls)_?\w*: .+ → none$/ | what is not done is not announced
keycloak-discovery | /^(?:discovery|oauthAuthorizationServer)$/ | /^body\.(?:grant_types|response_types|subject_types|(?:id_token|dpop)_signing_alg_values|(?:token|introspection|revocation)_endpoint_auth_(?:methods|signing_alg_values)|scopes|response_modes|prompt_values|claims|code_challenge_methods)_supported: .+ → \[.*\]$/ | what is done here: client credentials and the login of people, for the scopes of the contract, bound to a key where one is proved
keycloak-discovery | /^(?:discovery|oauthAuthorizationServer)$/ | body.request_uri_parameter_supported: true → false | no request is fetched from an address that a browser brings
keycloak-discovery | certs | /^body\.keys\[0\]\.x5(?:c|t|t#S256): .+ → none$/ | there is no certificate for a key that nobody certified
`;

export const DIFFERENCES: readonly Difference[] = TABLE.split('\n').filter(isRow).map(readLine);

/** What ends in a colon is a heading. */
function isRow(line: string): boolean {
  return line !== '' && !line.endsWith(':');
}

function readLine(line: string): Difference {
  const [recordings, cases, point, because, ...more] = line.split(' | ');
  if (
    recordings === undefined ||
    cases === undefined ||
    point === undefined ||
    because === undefined ||
    more.length > 0
  ) {
    throw new SyntaxError(`a difference has four cells: ${line}`);
  }
  const ofRecordings = matcher(recordings);
  if (!RECORDINGS.some(ofRecordings)) throw new SyntaxError(`there is no such recording: ${line}`);
  return { recordings: ofRecordings, cases: matcher(cases), point: matcher(point), because, line };
}

function matcher(cell: string): (text: string) => boolean {
  if (cell === '*') return () => true;
  const source = /^\/(.+)\/$/.exec(cell)?.[1];
  const pattern = source === undefined ? null : new RegExp(source);
  return (text) => (pattern === null ? text === cell : pattern.test(text));
}
