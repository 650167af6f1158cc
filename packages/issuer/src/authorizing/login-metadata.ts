import { SCOPES } from '@stagedoor/access';
import type { IssuerForm } from '../issuer-forms.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** What the login of people adds to the metadata: RFC 8414 section 2, RFC 9207 section 3, OpenID Connect RP-Initiated Logout section 2.1. */
export function withLoginMetadata(metadata: Metadata, origin: string, form: IssuerForm): Metadata {
  const { token_endpoint_auth_methods_supported: atToken, revocation_endpoint_auth_methods_supported: atRevocation } =
    metadata;
  return {
    ...metadata,
    authorization_endpoint: `${origin}${form.authorizationPath}`,
    end_session_endpoint: `${origin}${form.logoutPath}`,
    userinfo_endpoint: `${origin}${form.userinfoPath}`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: ['login'],
    scopes_supported: ['openid', ...SCOPES],
    claims_supported: [
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'sid',
      'preferred_username',
      'username',
      'name',
      'email',
    ],
    // Of people's grants alone, and of what came of them (RFC 7009 section 2.1). Whoever introspects shows who it is.
    token_endpoint_auth_methods_supported: withNone(atToken),
    revocation_endpoint_auth_methods_supported: withNone(atRevocation),
  };
}

function withNone(methods: unknown): readonly unknown[] {
  return [...(Array.isArray(methods) ? methods : []), 'none'];
}
