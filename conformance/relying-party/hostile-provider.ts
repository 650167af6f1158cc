import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Claims = Readonly<Record<string, unknown>>;
type Signing = { readonly header?: Claims; readonly key?: KeyObject };

/** An identity provider that answers its token endpoint as it is told, for better or for worse. */
export type HostileProvider = {
  readonly issuer: string;
  /** The forms that came to its token endpoint, with the header that authenticated them. */
  readonly asked: { readonly authorization: string | undefined; readonly form: URLSearchParams }[];
  /** What the token endpoint does next. */
  answer: (response: ServerResponse) => void;
  /** What its user info endpoint does next; and the credentials that it was shown. */
  userInfo: (response: ServerResponse) => void;
  readonly shown: (string | undefined)[];
  /** A JWS of its own key unless another is said. */
  signed(claims: Claims, signing?: Signing): string;
  /** Answers with these tokens. */
  gives(idToken: string, accessToken?: string): void;
  stop(): Promise<void>;
};

export async function startHostileProvider(): Promise<HostileProvider> {
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey, publicKey } = newKeyPair();
  const documents: ReadonlyMap<string, object> = new Map([
    [
      '/.well-known/openid-configuration',
      {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/user-info`,
        userinfo_signing_alg_values_supported: ['RS256'],
        jwks_uri: `${issuer}/jwks`,
        end_session_endpoint: `${issuer}/end`,
        response_types_supported: ['code'],
        authorization_response_iss_parameter_supported: true,
      },
    ],
    ['/jwks', { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] }],
  ]);
  const provider: HostileProvider = {
    issuer,
    asked: [],
    answer: (response) => response.writeHead(500).end(),
    userInfo: (response) => response.writeHead(401).end(),
    shown: [],
    signed: (claims, { header = {}, key = privateKey } = {}) => {
      const head = { alg: 'RS256', kid: 'one', ...header };
      const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
    },
    gives: (idToken, accessToken = 'opaque') => {
      provider.answer = (response) =>
        json(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken });
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return provider;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', issuer);
    const document = documents.get(pathname);
    if (document !== undefined) {
      json(response, 200, document);
      return;
    }
    if (pathname === '/user-info') {
      provider.shown.push(request.headers.authorization);
      provider.userInfo(response);
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    provider.asked.push({ authorization: request.headers.authorization, form: new URLSearchParams(body) });
    provider.answer(response);
  }
}

export function newKeyPair() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
