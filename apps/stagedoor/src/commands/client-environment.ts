import type { Description } from '../control/description.ts';
import { shellQuote } from '../shell-quote.ts';
import type { CreatedClient } from '../use-cases.ts';

/** The audience that opens every API of the cluster; the pages call it the client id of the Orchestration Cluster. */
const CLUSTER_AUDIENCE = 'orchestration';

export type Addresses = Pick<Description, 'rest' | 'clusterId' | 'region' | 'authority'> & { readonly issuer: string };

/** Every variable that the authentication pages leave open, with what this client needs there (contract, `--env`). */
export function clientEnvironment(
  client: Pick<CreatedClient, 'clientId' | 'clientSecret'>,
  addresses: Addresses,
): Readonly<Record<string, string>> {
  const { clientId, clientSecret } = client;
  const { rest, issuer, clusterId, region, authority } = addresses;
  const tokenUrl = `${issuer}/oauth/token`;
  return {
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    CLIENT_ID_OC: CLUSTER_AUDIENCE,
    CAMUNDA_CLIENT_ID: clientId,
    CAMUNDA_CLIENT_SECRET: clientSecret,
    CAMUNDA_OAUTH_URL: tokenUrl,
    CAMUNDA_TOKEN_AUDIENCE: CLUSTER_AUDIENCE,
    CAMUNDA_AUTH_STRATEGY: 'OAUTH',
    CAMUNDA_REST_ADDRESS: rest,
    CAMUNDA_OPERATE_BASE_URL: rest,
    CAMUNDA_BASE_URL: rest,
    BASE_URL: `${rest}/v2`,
    ZEEBE_REST_ADDRESS: rest,
    ZEEBE_CLIENT_ID: clientId,
    ZEEBE_CLIENT_SECRET: clientSecret,
    ZEEBE_AUTHORIZATION_SERVER_URL: tokenUrl,
    CLUSTER_ID: clusterId,
    REGION: region,
    // Without it nobody trusts the certificate of a CA that was made for trying.
    ...(authority === null ? {} : { CAMUNDA_CA_CERTIFICATE_PATH: authority }),
  };
}

/** Lines for `eval`: whatever a value holds, the shell takes it as text. */
export function exportLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellQuote(value)}`)
    .join('\n');
}
