import { toPlainText } from '../plain-text.ts';
import type { CreatedClient, ListedClient, ShownClient } from '../use-cases.ts';
import { terminalTable } from './terminal-table.ts';

/**
 * One line of JSON. For a client with a secret the members that the contract names, in its order, and of the others those that it
 * was given a value for; for any other client how it authenticates as well, and what its tokens are bound to.
 */
export function createdJson(client: CreatedClient | ShownClient): string {
  const { clientId, name, scopes, audiences, ownAudiences, expires, authentication, bindTokens } = client;
  const { keyThumbprints, certificateThumbprints, certificateSubject, redirectUris, postLogoutRedirectUris } = client;
  const hasSecret = 'clientSecret' in client;
  return JSON.stringify({
    clientId,
    ...(hasSecret ? { clientSecret: client.clientSecret } : {}),
    name,
    scopes,
    audiences,
    expires,
    ...(hasSecret ? {} : { authentication }),
    ...(authentication === 'private_key_jwt' ? { keyThumbprints } : {}),
    ...(usesCertificate(client) ? { certificateThumbprints, certificateSubject } : {}),
    ...(hasSecret && bindTokens === 'none' ? {} : { bindTokens }),
    ...(ownAudiences.length === 0 ? {} : { ownAudiences }),
    ...(redirectUris.length === 0 ? {} : { redirectUris, postLogoutRedirectUris }),
  });
}

function usesCertificate({ authentication }: ShownClient): boolean {
  return authentication === 'self_signed_tls_client_auth' || authentication === 'tls_client_auth';
}

/** What a client is, a line for each thing; its secret, if it came, and only here. */
export function createdText(client: CreatedClient | ShownClient): string {
  const { redirectUris, postLogoutRedirectUris, tokenLifetimeSeconds } = client;
  const rows = [
    ['Client ID', client.clientId],
    ...('clientSecret' in client ? [['Client secret', client.clientSecret]] : []),
    ['Name', client.name],
    ['Authenticates with', IN_WORDS[client.authentication]],
    ...client.keyThumbprints.map((thumbprint) => ['Key', thumbprint]),
    ...client.certificateThumbprints.map((thumbprint) => ['Certificate', thumbprint]),
    ...(client.certificateSubject === null ? [] : [['Subject', client.certificateSubject]]),
    ['Scopes', client.scopes.join(' ')],
    ['Audiences', client.audiences.join(' ')],
    ...redirectUris.map((uri) => ['Redirect URI', uri]),
    ...postLogoutRedirectUris.map((uri) => ['After a logout', uri]),
    ['Tokens bound to', BINDINGS[client.bindTokens]],
    ...(tokenLifetimeSeconds === null ? [] : [['Tokens live', `${tokenLifetimeSeconds} s`]]),
    ['Expires', client.expires ?? 'never'],
  ];
  const lines = rows.map(([label = '', value = '']) => `  ${label.padEnd(20)}${toPlainText(value)}\n`).join('');
  if (!('clientSecret' in client)) return lines;
  return `${lines}\nThe secret is shown this once and cannot be read again: keep it now.\n`;
}

const IN_WORDS: Readonly<Record<ShownClient['authentication'], string>> = {
  client_secret: 'its secret (client_secret_basic, client_secret_post)',
  private_key_jwt: 'assertions that its key signs (private_key_jwt)',
  self_signed_tls_client_auth: 'its certificate, whoever signed that (self_signed_tls_client_auth)',
  tls_client_auth: 'a certificate of a trusted CA with its subject (tls_client_auth)',
  none: 'nothing: it is public, and people log in with it by PKCE',
};
const BINDINGS: Readonly<Record<ShownClient['bindTokens'], string>> = {
  none: 'nothing',
  certificate: 'the certificate that fetched them',
  dpop: 'the key that fetched them (DPoP)',
};

type Column = readonly [heading: string, cell: (client: ListedClient) => string];

const BEFORE: readonly Column[] = [
  ['CLIENT ID', ({ clientId }) => clientId],
  ['NAME', ({ name }) => name],
  ['SCOPES', ({ scopes }) => scopes.join(' ')],
  ['AUTHENTICATES WITH', authenticatesWith],
];
/** Most clients have nothing there: a column stands where one has. */
const SELDOM: readonly Column[] = [
  ['TOKENS BOUND TO', ({ bindTokens }) => (bindTokens === 'none' ? '' : bindTokens)],
  ['OWN AUDIENCES', ({ ownAudiences }) => ownAudiences.join(' ')],
  ['REDIRECT URIS', ({ redirectUris }) => redirectUris.join(' ')],
];
const AFTER: readonly Column[] = [
  ['CREATED', ({ created }) => created],
  ['EXPIRES', ({ expires }) => expires ?? 'never'],
];

export function clientTable(clients: readonly ListedClient[]): string {
  const filled = SELDOM.filter(([, cell]) => clients.some((client) => cell(client) !== ''));
  const columns = [...BEFORE, ...filled, ...AFTER];
  const rows = clients.map((client) => columns.map(([, cell]) => cell(client) || '-'));
  return `${terminalTable(
    columns.map(([heading]) => heading),
    rows,
  )}\n`;
}

function authenticatesWith(client: ListedClient): string {
  switch (client.authentication) {
    case 'client_secret':
      return 'secret';
    case 'private_key_jwt':
      return `key ${client.keyThumbprints.join(' ')}`;
    case 'self_signed_tls_client_auth':
      return `certificate ${client.certificateThumbprints.join(' ')}`;
    case 'tls_client_auth':
      return `subject ${client.certificateSubject ?? ''}`;
    case 'none':
      return 'nothing (public)';
  }
}
