import type { EnvironmentReading } from './read-environment.ts';

/** Where tokens are asked for: at an address that is known, or at the one that the issuer's metadata name. */
export type IssuerAddress =
  | { readonly kind: 'endpoint'; readonly endpoint: URL }
  | { readonly kind: 'metadata'; readonly issuer: string | undefined; readonly document: URL };

const SAAS_TOKEN_URL = 'https://login.cloud.camunda.io/oauth/token';

/** A token URL that is named stands before an issuer; where nothing is named, SaaS is meant. The texts are absolute URLs. */
export function issuerAddressIn({ tokenUrl, issuer, wellKnown }: EnvironmentReading['values']): IssuerAddress {
  const named = tokenUrl?.value.reveal();
  if (named !== undefined) return { kind: 'endpoint', endpoint: new URL(named) };
  const of = issuer?.value.reveal();
  const document = wellKnown?.value.reveal() ?? (of === undefined ? undefined : documentOf(of));
  if (document === undefined) return { kind: 'endpoint', endpoint: new URL(SAAS_TOKEN_URL) };
  return { kind: 'metadata', issuer: of, document: new URL(document) };
}

/** Where OpenID Connect has the metadata of an issuer. */
function documentOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}
