import { parseId, SCOPES } from '@stagedoor/access';
import type { ClientWithSecrets } from '../registered-client.ts';

/** The client that Stagedoor's own web pages are; no other can be registered under this id. */
export const WEB_PAGES_CLIENT_ID = 'stagedoor-web';

export type WebPages = { readonly redirectUris: readonly string[]; readonly postLogoutRedirectUris: readonly string[] };

/** It is in no record: its addresses are those that the program has now. Public, since PKCE is what its codes are kept by. */
export function webPagesClient({ redirectUris, postLogoutRedirectUris }: WebPages): ClientWithSecrets {
  const clientId = parseId('clientId', WEB_PAGES_CLIENT_ID, undefined);
  if (!clientId.ok) throw new TypeError(`the id of the web pages ${clientId.problem}`);
  return {
    client: {
      clientId: clientId.value,
      name: 'Stagedoor',
      scopes: SCOPES,
      audiences: [],
      claims: {},
      created: 0,
      expires: null,
      tokenLifetimeSeconds: null,
      authentication: { kind: 'none' },
      bindTokens: 'none',
      login: { redirectUris, postLogoutRedirectUris },
    },
    secrets: [],
    keys: [],
  };
}
