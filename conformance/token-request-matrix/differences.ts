/** A difference that is meant. */
type Difference = {
  readonly cells: RegExp;
  readonly outcomes: RegExp;
  readonly because: string;
  /** As it stands in the table. */
  readonly line: string;
};

/**
 * Every deliberate difference between the two issuers, one a line: the cells (grant; authentication; target; what surrounds
 * them), what differs (theirs → ours: status, error, challenge), and why. A difference that no line names fails the test, and so
 * does a line that names none any more.
 */
const TABLE = `
(?:no grant|an empty grant|a grant twice); .+ | 401 invalid_client(?: Basic)? → 400 invalid_request | the grant is read before the client, as Keycloak reads it: neither RFC orders them, and no secret is compared for a request that is none
(?:an unknown grant|a grant in capitals); .+ | (?:401 invalid_client(?: Basic)?|400 invalid_request) → 400 unsupported_grant_type | the same
.+; a scope twice | (?:401 invalid_client(?: Basic)?|400 unsupported_grant_type) → 400 invalid_request | no parameter twice (RFC 6749 section 3.2), and that is seen before anything is made of one
authorization_code, a code twice; .+ | 401 invalid_client(?: Basic)? → 400 invalid_request | the same
.+; nobody; no target | 400 invalid_request → 401 invalid_client | "no client authentication included" is a failed authentication (RFC 6749 section 5.2)
client_credentials; a public client; no target | 400 invalid_request → 401 invalid_client | the same: the grant is for clients that authenticate (RFC 6749 section 4.4)
(?:authorization_code|refresh_token), .+; a client that nobody logs in with; no target | 400 invalid_request → 400 invalid_grant | a code that is nobody's is told before who could have had one, and with the code for it
client_credentials; (?:a secret in the body alone|nothing|a header of another scheme); .+ | 400 invalid_request → 401 invalid_client | "no client authentication included" is a failed authentication (RFC 6749 section 5.2)
client_credentials; (?:an empty secret in the header|a header without a colon|a header that is no base64); .+ | 400 invalid_request → 401 invalid_client Basic | credentials that cannot be read are wrong credentials (RFC 6749 section 5.2), with the challenge that tells how they are written
client_credentials; a secret in the header, and another id in the body; .+ | 400 invalid_request → 401 invalid_client Basic | whoever says two names has shown neither
client_credentials; (?:an assertion, and another id|an assertion (?:without its type|of another type|that is no JWT)); .+ | 400 invalid_request → 401 invalid_client | what is wrong with an assertion is not told to whom it does not authenticate (RFC 7521 section 4.2.1: invalid_client)
client_credentials; an assertion for two issuers; .+ | (?:200|400 invalid_target) → 401 invalid_client | the other one could use it here (threats; RFC 7523 section 3)
client_credentials; .+; (?:an unknown scope|a scope and an unknown one) | 200 → 400 invalid_scope | an unknown scope is refused and not dropped (RFC 6749 section 5.2)
client_credentials; .+; a resource and a scope | 200 → 400 invalid_target | the scopes name services, and the resource is none of those
client_credentials; .+; two resources | 400 invalid_target → 200 | a token may be for several resources (RFC 8707 section 2)
client_credentials; .+; no target; no media type | 401 invalid_client Basic → 400 invalid_request | what is no form has no parameters (RFC 6749 section 4.4.2)
client_credentials; .+; no target; (?:GET|PUT|DELETE|OPTIONS|HEAD) | 404 → 405 | the path is there, for POST (RFC 9110 section 15.5.6)
client_credentials; .+; no target; an unknown parameter twice | (?:200|401 invalid_client Basic) → 400 invalid_request | no parameter twice (RFC 6749 section 3.2), also none that means nothing here
client_credentials; .+; no target; a percent sign that encodes nothing | (?:200|401 invalid_client Basic) → 400 invalid_request | a form that can be read in two ways is not read
client_credentials; .+; no target; a thousand parameters | (?:200|401 invalid_client Basic) → 400 invalid_request | requests are bounded (threats)
client_credentials; .+; no target; a parameter of 200 kB | 400 invalid_request → 413 | too much has a status of its own (RFC 9110 section 15.5.14)
`;

export const DIFFERENCES: readonly Difference[] = TABLE.split('\n')
  .filter((line) => line !== '')
  .map(readLine);

function readLine(line: string): Difference {
  const [cells, outcomes, because, ...more] = line.split(' | ');
  if (cells === undefined || outcomes === undefined || because === undefined || more.length > 0)
    throw new TypeError(`not a difference: ${line}`);
  return { cells: new RegExp(`^${cells}$`), outcomes: new RegExp(`^${outcomes}$`), because, line };
}
