import { resolve } from 'node:path';
import type { FrontPage } from '@stagedoor/gateway';
import type { Configuration } from './configuration/index.ts';
import { DEFAULT_DATA_DIRECTORY } from './data-directory.ts';
import type { Origins } from './origins.ts';

export type Running = Origins & {
  readonly configuration: Configuration;
  readonly clusterId: string;
  readonly version: string;
  /** The page that people log in from; left out where they do not. */
  readonly loginAt?: string | null;
};

type Suggestion = FrontPage['commands'][number];

/** What runs here and what to try: said at the start, and on the page at `/`. */
export function frontPage({
  configuration,
  clusterId,
  version,
  rest,
  issuer,
  management,
  loginAt: login = null,
}: Running): FrontPage {
  const { profile, method, data } = configuration;
  const commands = suggestions(method, rest, issuer, dataOption(data));
  return { profile, method, clusterId, rest, issuer, management, login, version, commands };
}

/** What a command needs to find this program's data; the page does not say where that is on the disk. */
function dataOption(data: Configuration['data']): string {
  const isDefault = data.kind === 'directory' && resolve(data.path) === resolve(DEFAULT_DATA_DIRECTORY);
  return isDefault ? '' : ' --data DIR';
}

const FETCH_TOKEN = `TOKEN=$(curl -s --request POST \${CAMUNDA_OAUTH_URL} \\
  --data-urlencode 'grant_type=client_credentials' \\
  --data-urlencode "audience=\${CAMUNDA_TOKEN_AUDIENCE}" \\
  --data-urlencode "client_id=\${CAMUNDA_CLIENT_ID}" \\
  --data-urlencode "client_secret=\${CAMUNDA_CLIENT_SECRET}" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;

function suggestions(
  method: Configuration['method'],
  rest: string,
  issuer: string | null,
  data: string,
): readonly Suggestion[] {
  const createClient = `eval "$(npx --no-install stagedoor client create --name reader --env${data})"`;
  switch (method) {
    case 'none':
      return [{ about: 'The topology of the cluster:', command: `curl ${rest}/v2/topology` }];
    case 'basic':
      return [
        { about: 'The topology of the cluster, as a user:', command: `curl --user demo:demo ${rest}/v2/topology` },
      ];
    case 'oidc':
      return [
        ...(issuer === null
          ? []
          : [
              { about: 'Register a client, and put its variables into your shell:', command: createClient },
              { about: 'Get a token:', command: FETCH_TOKEN },
            ]),
        {
          about: 'The topology of the cluster:',
          command: `curl --header "Authorization: Bearer \${TOKEN}" ${rest}/v2/topology`,
        },
      ];
  }
}
