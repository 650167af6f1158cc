import type { RefusalCode } from '@stagedoor/access';

const NEW_TOKEN = 'Ask the issuer for a new token';

/** What helps after each refusal, for `explain` and for docs/refusals.md. One sentence or two, in the imperative. */
export const WHAT_TO_DO: Readonly<Record<RefusalCode, string>> = {
  HOST_REFUSED: 'Call this server by localhost or by its IP address, or add the host name to `stagedoor.hosts`.',
  PATH_AMBIGUOUS:
    'Send the path without empty or dot segments, backslashes, semicolons, and without encoded slashes, dots, percent signs or control characters.',
  AUTHORIZATION_REPEATED: 'Send one Authorization header: a proxy or a client library may be adding the second one.',
  CREDENTIALS_IN_QUERY:
    'Send the token as `Authorization: Bearer …`. Take it for known, since queries end up in logs, and ask the issuer for another one.',
  CREDENTIALS_MISSING:
    'Send `Authorization: Basic …` where the method is basic and `Authorization: Bearer …` where it is oidc. Administration takes a token in every method.',
  CREDENTIALS_MALFORMED:
    'Send `Basic`, a space, and the base64 of `name:password` in UTF-8, or `Bearer`, a space, and the token.',
  CREDENTIALS_SCHEME:
    'Send the kind of credentials that the method asks for: Basic in basic, Bearer in oidc. `stagedoor config` shows the method.',
  PASSWORD_REFUSED:
    'Check the user name with `stagedoor user list`, and set a password with `stagedoor user passwd NAME`.',
  ATTEMPTS_LIMITED:
    'Wait as long as Retry-After says, and find the program that goes on trying with an old password from this address.',
  LOGIN_NOT_BEGUN:
    'Begin at `/login` of this server, finish within ten minutes, and call it by the host name that `redirect-uri` has: the cookie of the log-in belongs to one name.',
  LOGIN_REFUSED:
    'Try again; where it stays, the log has the reason: rights that the identity provider did not give, a client secret or a redirect URI that it does not know, or a claim that is missing.',
  LOGOUT_TOKEN_REFUSED:
    'See that the identity provider sends the logout token of the client that is configured here, to the address that ends in the id of that provider.',
  SESSION_ENDED: 'Log in again: the session expired, was logged out, or the password was changed.',
  TOKEN_MALFORMED: 'Send the access token as the issuer gave it, complete and without quotes.',
  TOKEN_TOO_LARGE: 'Have the issuer put fewer claims into the token, groups first of all.',
  TOKEN_TYPE_REFUSED: 'Send the access token, and not the ID token or the refresh token.',
  TOKEN_ALGORITHM_REFUSED: 'Have the issuer sign with an algorithm that is accepted: RS256 and ES256 are.',
  TOKEN_HEADER_REFUSED: 'Have the issuer leave out the headers `crit` and `b64`.',
  TOKEN_ISSUER_UNKNOWN:
    'Compare the `iss` of the token, letter by letter, with `issuer-uri` below `camunda.security.authentication.oidc`, or ask the issuer that is configured here for a token.',
  TOKEN_KEY_UNKNOWN: `${NEW_TOKEN}: its key was retired, or another issuer signed it. See that the address of the issuer's keys is right.`,
  TOKEN_SIGNATURE_INVALID: `${NEW_TOKEN}: this one was changed on its way, or another issuer signed it.`,
  TOKEN_EXPIRED: `${NEW_TOKEN}, and let the client do so before the old one expires. Compare the clocks of both machines.`,
  TOKEN_NOT_YET_VALID: 'Compare the clock of the issuer with the clock of this machine.',
  TOKEN_LIFETIME_MISSING: 'Have the issuer give its tokens an `exp`.',
  TOKEN_AUDIENCE_REFUSED:
    'Ask the issuer for a token with an audience that opens this API; `stagedoor.apis` says which do where the issuer is a foreign one.',
  TOKEN_PIN_REFUSED: 'Compare the claims of the token with the pins of its issuer below `stagedoor.oidc`.',
  TOKEN_SUBJECT_MISSING:
    'See that the token has the claim that `username-claim` or `client-id-claim` names, and that it is a text of at most 256 characters.',
  TOKEN_BINDING_REFUSED:
    'Send the token over a connection with the client certificate that it was issued for. One that is bound to a DPoP key goes along as `Authorization: DPoP …` with a proof beside it.',
  PROOF_REFUSED:
    'Send one DPoP header with a proof made for this request: its method, its address as the client sees it, this token, and a time within a minute of this machine’s clock. `explain` cannot replay a proof.',
  PROOF_REPLAYED: 'Make a proof with a `jti` of its own for every request, and for every time that one is sent again.',
  PROOFS_UNAVAILABLE:
    'Try again after Retry-After, and see that the data directory is on a writable disk with free space; the log has the reason.',
  TOKEN_REVOKED:
    'Let the client fetch a new token. Where it was deleted, register another one with `stagedoor client create`, since no id is given twice.',
  ISSUER_UNAVAILABLE:
    'See that the address of the issuer’s keys can be reached from here, and try again after Retry-After; the log has the reason.',
  ORIGIN_REFUSED:
    'Call from a page of the same origin, or with a Bearer token. Where a proxy stands in front, let it hand on Host.',
  CSRF_MISSING: 'Send the header X-CSRF-TOKEN with the value that the log-in answered in the header of that name.',
  PERMISSION_MISSING:
    'Grant the permission that is missing with `stagedoor grant add`; `stagedoor explain` prints the command.',
  TENANT_NOT_ASSIGNED:
    'Assign the caller to the tenant, or name one that he has: `tenants` of GET /v2/authentication/me lists them.',
  SETUP_CLOSED:
    'Create the user with `stagedoor user create`, or let an administrator do it: the set-up is for the first one only.',
  SETUP_REMOTE:
    'Call from this machine, or send the code that was printed at the start in the header Stagedoor-Setup-Code.',
};
