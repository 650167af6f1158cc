import { PROOF_ALGORITHMS, SCOPES } from '@stagedoor/access';
import { ASSERTION_ALGORITHMS } from '@stagedoor/tokens';
import type { IssuerForm } from './issuer-forms.ts';
import { GRANT_TYPES } from './token-request.ts';

/** What connections to the issuer may have: none, one that proves possession alone, or one that trusted CAs gave, too. */
export type ClientCertificates = 'none' | 'possessed' | 'trusted';

/** RFC 8705 section 2. */
const CERTIFICATE_METHODS: Readonly<Record<ClientCertificates, readonly string[]>> = {
  none: [],
  possessed: ['self_signed_tls_client_auth'],
  trusted: ['self_signed_tls_client_auth', 'tls_client_auth'],
};

type Abilities = { readonly signingAlgorithm: string; readonly clientCertificates: ClientCertificates };

/**
 * The document of RFC 8414 section 2 and OpenID Connect Discovery section 3, but for the login of people. The members about
 * subjects and ID tokens are there in any case, because OpenID clients refuse a document without them.
 */
export function issuerMetadata(
  origin: string,
  form: IssuerForm,
  { signingAlgorithm, clientCertificates }: Abilities,
): Readonly<Record<string, unknown>> {
  return {
    issuer: form.issuer,
    token_endpoint: `${origin}${form.tokenPath}`,
    jwks_uri: `${origin}${form.jwksPath}`,
    grant_types_supported: GRANT_TYPES,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signingAlgorithm],
    scopes_supported: SCOPES,
    // What is left out would be supported (OpenID Connect Discovery section 3).
    request_uri_parameter_supported: false,
    introspection_endpoint: `${origin}${form.introspectionPath}`,
    revocation_endpoint: `${origin}${form.revocationPath}`,
    ...(clientCertificates === 'none' ? {} : { tls_client_certificate_bound_access_tokens: true }),
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    ...authenticationAt('token_endpoint', clientCertificates),
    ...authenticationAt('introspection_endpoint', clientCertificates),
    ...authenticationAt('revocation_endpoint', clientCertificates),
  };
}

/** The same everywhere. Said for each endpoint, since RFC 8414 lets a client assume only `client_secret_basic` otherwise. */
function authenticationAt(
  endpoint: string,
  certificates: ClientCertificates,
): Readonly<Record<string, readonly string[]>> {
  return {
    [`${endpoint}_auth_methods_supported`]: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      ...CERTIFICATE_METHODS[certificates],
    ],
    [`${endpoint}_auth_signing_alg_values_supported`]: ASSERTION_ALGORITHMS,
  };
}
