import type { Recording } from './recordings.ts';

/** Names of cases, or patterns for them. */
export type Names = readonly (string | RegExp)[];

export type Selection = {
  readonly replayed: Names;
  /** With the reason why they do not belong to what is served so far. */
  readonly leftOut: readonly { readonly cases: Names; readonly because: string }[];
};

const ALL: Selection = { replayed: [/^/], leftOut: [] };
const CERTIFICATES = 'the issuer does not know clients by their certificates yet';
const REALMS = 'there is one realm, and nobody can disable it';

/** Which recorded case is replayed. A case that is in neither list of its recording fails the suite. */
export const SELECTIONS: Readonly<Record<Recording, Selection>> = {
  'camunda-8.6-zeebe-none': ALL,
  'camunda-8.6-operate-cookie': ALL,
  'camunda-8.6-operate-cookie-csrf': ALL,
  'camunda-8.6-operate-data': ALL,
  'spring-security-6.5-basic': ALL,
  'camunda-8.6-zeebe-oidc': ALL,
  'camunda-8.6-zeebe-oidc-issuer-down': ALL,
  'camunda-8.6-operate-oidc': ALL,
  'spring-security-6.5-oidc': ALL,
  'keycloak-token-endpoint': {
    replayed: [
      /^cc /,
      'client access.token.lifespan=37',
      /^client without service account/,
      'disabled client, wrong secret',
      /^(?:secret with trailing space|unknown client, Basic|missing|empty) ?/,
      /^Basic /,
      /^Authorization: /,
      'two Authorization headers',
      /^unsupported grant_type, good credentials$/,
      /^grant /,
      /^(?:password grant|refresh), /,
      'refresh after logout',
      /^(?:JSON body|form body, .*|multipart\/form-data body|no body at all, no content type)$/,
      /^(?:GET with parameters in query|PUT|DELETE|HEAD|OPTIONS without Origin|CORS preflight, .*|POST with unknown Origin)$/,
      /^unknown (?:realm|protocol path|path below openid-connect)$/,
      /^path with /,
      /^(?:duplicated|client_id|scope of|body raw|pairs without|truncated percent) ?/,
      /^(?:2000 unknown parameters|unknown parameter(?! of 11 MB).*)$/,
      /^(?:grant_type in query|all parameters in query), /,
      /^(?:discovery (?:GET|HEAD|POST|OPTIONS|with Origin|unknown realm)|RFC 8414 .*|well-known unknown name|certs .*)$/,
      'realm public document',
      /^admin API /,
      /^\/auth\/?$/,
      /^(?:authorize|logout) /,
      /^userinfo, (?!bound token )/,
      /^(?:private_key_jwt|client_secret_jwt|introspect,?|introspection|revoke|DPoP) /,
    ],
    leftOut: [
      {
        cases: ['unknown parameter of 11 MB'],
        because: 'the connection broke while it was recorded: there is no answer to compare',
      },
      { cases: [/^realm disabled/], because: REALMS },
      { cases: [/^mTLS /, /^certificate-bound /, /^userinfo, bound token /], because: CERTIFICATES },
      { cases: ['discovery over https (mtls aliases)'], because: CERTIFICATES },
    ],
  },
  'keycloak-discovery': ALL,
};

export function isNamed(names: Names, name: string): boolean {
  return names.some((one) => (typeof one === 'string' ? one === name : one.test(name)));
}
