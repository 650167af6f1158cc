import { basename, resolve } from 'node:path';
import type { FrontPage } from '@stagedoor/gateway';
import type { Configuration, ListenOn } from './configuration/index.ts';
import { DEFAULT_DATA_DIRECTORY } from './data-directory.ts';
import type { Origins } from './origins.ts';
import { shellQuote } from './shell-quote.ts';
import { authorityFile } from './tls/authority-file.ts';

export type Running = Origins & {
  readonly configuration: Configuration;
  readonly clusterId: string;
  readonly version: string;
  /** The page that people log in from; left out where they do not. */
  readonly loginAt?: string | null;
};

type Suggestion = FrontPage['commands'][number];

/** How paths are written in commands. */
type Paths = { readonly data: string; readonly pathOf: (path: string) => string };

/** The page does not say where things are on the disk. */
const HIDDEN: Paths = { data: 'DIR', pathOf: (path) => shellQuote(basename(path)) };

/** What runs here and what to try: said at the start, and on the page at `/`. Reads the certificates of listeners. */
export function frontPage(running: Running, paths: Paths = HIDDEN): FrontPage {
  const { configuration, clusterId, version, rest, issuer, management, loginAt: login = null } = running;
  const { profile, method } = configuration;
  return {
    profile,
    method,
    clusterId,
    rest,
    issuer,
    management,
    login,
    version,
    commands: suggestions(running, paths),
  };
}

/** What a command needs to find this program's data. */
function dataOption({ data }: Configuration, paths: Paths): string {
  const isDefault = data.kind === 'directory' && resolve(data.path) === resolve(DEFAULT_DATA_DIRECTORY);
  return isDefault ? '' : ` --data ${paths.data}`;
}

/** What curl needs to trust a listener, and to be let in by it; its files are called as `stagedoor ca` calls them. */
function tlsOptions(on: ListenOn | undefined, { pathOf }: Paths): string {
  if (on === undefined || on.tls === null) return '';
  const authority = authorityFile(on.tls);
  const trusting = authority === null ? '' : ` --cacert ${pathOf(authority)}`;
  return on.tls.clientAuth === 'need' ? `${trusting} --cert NAME.pem --key NAME-key.pem` : trusting;
}

const fetchToken = (tls: string) => `TOKEN=$(curl${tls} -s --request POST \${CAMUNDA_OAUTH_URL} \\
  --data-urlencode 'grant_type=client_credentials' \\
  --data-urlencode "audience=\${CAMUNDA_TOKEN_AUDIENCE}" \\
  --data-urlencode "client_id=\${CAMUNDA_CLIENT_ID}" \\
  --data-urlencode "client_secret=\${CAMUNDA_CLIENT_SECRET}" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;

function suggestions({ configuration, rest, issuer }: Running, paths: Paths): readonly Suggestion[] {
  const data = dataOption(configuration, paths);
  const createClient = `eval "$(npx --no-install stagedoor client create --name reader --env${data})"`;
  const curl = `curl${tlsOptions(configuration.server, paths)}`;
  switch (configuration.method) {
    case 'none':
      return [{ about: 'The topology of the cluster:', command: `${curl} ${rest}/v2/topology` }];
    case 'basic':
      return [
        { about: 'The topology of the cluster, as a user:', command: `${curl} --user demo:demo ${rest}/v2/topology` },
      ];
    case 'oidc':
      return [
        ...(issuer === null
          ? []
          : [
              { about: 'Register a client, and put its variables into your shell:', command: createClient },
              { about: 'Get a token:', command: fetchToken(tlsOptions(configuration.issuer?.listen, paths)) },
            ]),
        {
          about: 'The topology of the cluster:',
          command: `${curl} --header "Authorization: Bearer \${TOKEN}" ${rest}/v2/topology`,
        },
      ];
  }
}
