import {
  type AccessToken,
  type Api,
  CredentialError,
  discoverIssuer,
  issuerAddressIn,
  LoginRefusedError,
  LoginUnavailableError,
  systemClock,
  TokenAnswerError,
  TokenRefusedError,
  TokenUnavailableError,
} from '@stagedoor/client';
import { networkCodeOf } from '../calling/network-code.ts';
import { headersFor } from '../calling/with-credentials.ts';
import { type Said, Wrong } from './finding.ts';
import { networkTrouble } from './network-trouble.ts';
import type { Patient } from './patient.ts';

const TIMEOUT = 10_000;

/** Where the issuer says that its tokens are. */
export async function discover({ values, credentials }: Patient): Promise<Said> {
  if (credentials.method !== 'oauth') return { says: ['no issuer is asked'], skipped: true };
  const address = issuerAddressIn(values);
  if (address.kind === 'endpoint')
    return { says: [`the token endpoint is named: ${address.endpoint.href}`], skipped: true };
  try {
    const settings = { fetch: credentials.transport.fetch, clock: systemClock, timeout: TIMEOUT };
    const { tokenEndpoint, tokenEndpointForCertificates } = await discoverIssuer(address, settings);
    const { certificate } = credentials.transport;
    const endpoint = certificate === undefined ? tokenEndpoint : tokenEndpointForCertificates;
    return { says: [`${address.document.href} names ${endpoint.href}`] };
  } catch (error) {
    throw tokenTrouble(error);
  }
}

export type Obtained = { readonly api: Api; readonly value: string; readonly life: number | undefined };

/** A token for each API, of the issuer itself; or a session. */
export async function obtainTokens({
  credentials,
  apis,
}: Patient): Promise<Said & { readonly obtained: readonly Obtained[] }> {
  const obtained: Obtained[] = [];
  switch (credentials.method) {
    case 'none':
    case 'basic':
      return { says: ['this method has none'], skipped: true, obtained };
    case 'session':
      for (const api of apis) await asTrouble(() => headersFor(credentials, api));
      return { says: ['the log-in gave a session'], obtained };
    case 'token':
      for (const api of apis) {
        const { authorization = '' } = await asTrouble(() => headersFor(credentials, api));
        obtained.push({ api, value: authorization.replace(/^Bearer /, ''), life: undefined });
      }
      return { says: ['one was supplied'], obtained };
    case 'oauth':
      for (const api of apis) {
        const token = await asTrouble(async () => (await credentials.tokenFor(api))?.get({ patience: TIMEOUT }));
        if (token !== undefined) obtained.push({ api, value: token.value, life: lifeOf(token) });
      }
      return { says: obtained.map(({ api, life }) => `${api}: a token for ${life} s`), obtained };
  }
}

function lifeOf({ obtained, expires }: AccessToken): number {
  return Math.round((expires - obtained) / 1_000);
}

async function asTrouble<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw tokenTrouble(error);
  }
}

const NOT_BELIEVED =
  'Compare client id and secret with the issuer’s records: the secret may have been rotated, the client deleted, or the issuer may want another way of authentication.';

/** What helps against each code of RFC 6749 section 5.2 and RFC 8707 section 2. */
const BY_CODE: Readonly<Record<string, string>> = {
  invalid_client: NOT_BELIEVED,
  unauthorized_client: 'Allow the client the grant client_credentials (in Keycloak: "Service accounts roles").',
  unsupported_grant_type:
    'Compare the token URL with the issuer’s metadata: this endpoint knows no client_credentials.',
  invalid_scope:
    'Leave CAMUNDA_TOKEN_SCOPE out, or write a scope that the client may ask for (Entra: <application id>/.default).',
  invalid_target: 'Write an audience in CAMUNDA_TOKEN_AUDIENCE that the client may ask for.',
  access_denied: 'Write an audience in CAMUNDA_TOKEN_AUDIENCE that the client may ask for.',
  invalid_request: 'Compare the token URL, the audience and the scope with what the issuer documents.',
};

function fixOf({ error, status }: TokenRefusedError): string {
  // Auth0 and Camunda SaaS have one code for a client that is not believed (401) and for one that may not have this (403).
  if (error === 'access_denied' && status === 401) return NOT_BELIEVED;
  if (status === 404) return 'Compare the token URL with the issuer’s metadata: nothing is at this path.';
  return BY_CODE[error] ?? 'Ask the administrator of the issuer: it does not take this request.';
}

function tokenTrouble(error: unknown): unknown {
  if (error instanceof TokenRefusedError) return new Wrong(error.message, fixOf(error));
  if (error instanceof TokenAnswerError)
    return new Wrong(error.message, 'Compare the address with the issuer’s: what answers there is something else.');
  if (error instanceof LoginRefusedError)
    return new Wrong(error.message, 'Compare CAMUNDA_COOKIE_AUTH_USERNAME and CAMUNDA_COOKIE_AUTH_PASSWORD.');
  if (error instanceof TokenUnavailableError || error instanceof LoginUnavailableError) {
    if (networkCodeOf(error) !== 'unknown') return networkTrouble(error.message, error);
    return new Wrong(error.message, 'Try again later: this passes by itself, unless the address is wrong.', true);
  }
  if (error instanceof CredentialError) return new Wrong(error.message, 'Mend what is said of it in the environment.');
  return error;
}
