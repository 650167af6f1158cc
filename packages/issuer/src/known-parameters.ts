/** The parameters that the protocol has a name for, here or elsewhere: of a request, only these are ever repeated to anybody. */
const KNOWN_PARAMETERS = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
  'audience',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'token',
  'token_type_hint',
  'response_type',
  'response_mode',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'prompt',
  'max_age',
  'display',
  'ui_locales',
  'login_hint',
  'acr_values',
  'request',
  'request_uri',
  'id_token_hint',
  'post_logout_redirect_uri',
  'username',
  'password',
] as const;

export type KnownParameter = (typeof KNOWN_PARAMETERS)[number];

/** The first of the names that is there more than once. `name` is null where it is one that somebody made up. */
export function repeatedIn(names: readonly string[]): { readonly name: KnownParameter | null } | null {
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  return repeated === undefined ? null : { name: KNOWN_PARAMETERS.find((known) => known === repeated) ?? null };
}

export function nameOfParameter(name: KnownParameter | null): string {
  return name === null ? 'a parameter' : `the parameter ${name}`;
}
