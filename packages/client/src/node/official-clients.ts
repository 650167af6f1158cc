import type { Api } from '../environment/apis.ts';
import type { Fetch } from '../request-token.ts';
import type { Credentials } from './credentials-from-environment.ts';

/** What `createCamundaClient` of `@camunda8/orchestration-cluster-api` is given. */
export type OrchestrationClusterApiOptions = {
  readonly fetch: Fetch;
  readonly config: { readonly CAMUNDA_REST_ADDRESS: string; readonly CAMUNDA_AUTH_STRATEGY: 'NONE' };
};

/**
 * Lets `@camunda8/orchestration-cluster-api` call with these credentials: it is told that there is no authentication, and all
 * its calls leave by our `fetch`, which carries the token, shows the certificate and trusts the CAs.
 */
export function orchestrationClusterApiOptions(credentials: Credentials): OrchestrationClusterApiOptions {
  return {
    fetch: credentials.fetchFor('orchestration'),
    config: { CAMUNDA_REST_ADDRESS: credentials.addressOf('orchestration'), CAMUNDA_AUTH_STRATEGY: 'NONE' },
  };
}

/** The keys by which `@camunda8/sdk` tells its APIs apart. */
type SdkAudience = 'OPERATE' | 'ZEEBE' | 'OPTIMIZE' | 'TASKLIST' | 'CONSOLE' | 'MODELER';

const APIS_OF_SDK: { readonly [Audience in SdkAudience]?: Api } = {
  ZEEBE: 'zeebe',
  OPERATE: 'operate',
  CONSOLE: 'administration',
};

/** What `new Camunda8({ oAuthProvider })` of `@camunda8/sdk` takes. */
export type SdkHeadersProvider = {
  readonly getHeaders: (audience: SdkAudience) => Promise<Record<string, string>>;
};

/**
 * Gives `@camunda8/sdk` the headers of these credentials. Its connections stay its own, and those to the REST APIs show no client
 * certificate (8.8.13): tokens that are bound to one are refused there. APIs that Stagedoor has no audience for are given that of
 * the Orchestration Cluster.
 */
export function sdkHeadersProvider(credentials: Credentials): SdkHeadersProvider {
  return {
    getHeaders: async (audience) => {
      const authorizer = credentials.authorizerFor(APIS_OF_SDK[audience] ?? 'orchestration');
      return { ...(await authorizer.authorize()).headers };
    },
  };
}
