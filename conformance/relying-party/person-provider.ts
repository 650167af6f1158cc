import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** oidc-provider with pages of its own; away until it is opened, and without clients until it is told of one. */
export type PersonProvider = {
  readonly issuer: string;
  open(): void;
  /** `rest`: the origin of the Stagedoor that logs people in here, as its provider `id`. */
  know(rest: string, id: string): void;
  stop(): Promise<void>;
};

export const CLIENT_SECRET = 'secret-of-the-stage';

type Differently = {
  /** What it says of everybody in user info, and nowhere else. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Of the client that Stagedoor is there. */
  readonly client?: object;
};

export async function startPersonProvider({
  claims = {},
  client: more = {},
}: Differently = {}): Promise<PersonProvider> {
  let answer: RequestListener | null = null;
  const server = createServer((request, response) => (answer ?? away)(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  const withClients = (clients: readonly object[]) =>
    new Provider(issuer, {
      clients,
      jwks: { keys: [key] },
      cookies: { keys: ['a key of this test alone'] },
      pkce: { required: () => true },
      claims: { openid: ['sub'], profile: Object.keys(claims) },
      findAccount: (_context: unknown, accountId: string) => ({
        accountId,
        claims: () => ({ sub: accountId, ...claims }),
      }),
      features: { backchannelLogout: { enabled: true } },
      // Its own way out goes to no address of this machine, and there is nobody else here.
      fetch: (url: URL, { dispatcher: _, ...options }: RequestInit & { readonly dispatcher?: unknown }) =>
        fetch(url, options),
    }).callback();
  return {
    issuer,
    open: () => {
      answer = withClients([]);
    },
    know: (rest, id) => {
      const client = {
        client_id: 'stage',
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${rest}/sso-callback`],
        post_logout_redirect_uris: [`${rest}/`],
        backchannel_logout_uri: `${rest}/logout/connect/back-channel/${id}`,
        backchannel_logout_session_required: true,
        ...more,
      };
      answer = withClients([client]);
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const away: RequestListener = (_request, response) => response.writeHead(503).end();
