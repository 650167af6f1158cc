import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import Provider from 'oidc-provider';
import {
  PERSON_PASSWORD,
  PROGRAM_SECRET,
  type StartIssuer,
  WEB_SECRET,
  type WebAddresses,
  webAddresses,
} from './live-issuer.ts';

const OURS = 'urn:example:stage';
const ELSEWHERE = 'urn:example:elsewhere';

type Context = { readonly req: IncomingMessage };
type Jwk = Readonly<Record<string, unknown>>;

/** oidc-provider in this process, with TLS from `authority` and its own pages for the log-in. */
export const startOidcProvider: StartIssuer = async (authority, pages) => {
  const file = (name: string) => readFileSync(join(authority, name));
  const tls = { key: file('server-key.pem'), cert: file('server.pem'), ca: file('ca.pem') };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let keys = [newKey(0)];
  const open = () => new Provider(issuer, configuration(keys, webAddresses(pages))).callback();
  let answer = open();
  server.on('request', (request, response) => answer(request, response));
  let made = 0;
  return {
    issuer,
    oidc: `audiences: ["${OURS}"], client-id-claim: client_id, username-claim: username, prefer-username-claim: true`,
    own: 'algorithms: RS256',
    login: `scope: [openid], resource: ["${OURS}"]`,
    ours: { resource: OURS },
    elsewhere: { resource: ELSEWHERE },
    rotate: async () => {
      made += 1;
      // The first of an algorithm is the one that signs.
      keys = [newKey(made), ...keys];
      answer = open();
    },
    retire: async () => {
      keys = keys.slice(0, 1);
      answer = open();
    },
    logIn: async (browser, authorization, until) => {
      const question = await browser.open(authorization, until);
      const consent = await browser.submit(question, { login: 'person', password: PERSON_PASSWORD }, until);
      return browser.submit(consent, {}, until);
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

function newKey(number: number): Jwk {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${number}`, use: 'sig', alg: 'RS256' };
}

function configuration(
  keys: readonly Jwk[],
  { callbacks, afterLogout }: WebAddresses,
): Readonly<Record<string, unknown>> {
  const credentials = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
  return {
    clients: [
      { client_id: 'program', client_secret: PROGRAM_SECRET, ...credentials },
      {
        client_id: 'machine',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_subject_dn: 'CN=machine',
        tls_client_certificate_bound_access_tokens: true,
        ...credentials,
      },
      {
        client_id: 'web',
        client_secret: WEB_SECRET,
        redirect_uris: callbacks,
        post_logout_redirect_uris: [afterLogout],
      },
    ],
    jwks: { keys },
    clientAuthMethods: ['client_secret_basic', 'tls_client_auth'],
    cookies: { keys: ['a key of this test alone'] },
    // A token of a person says her name; all tokens name the client and have a subject.
    extraTokenClaims: (_context: Context, token: { readonly accountId?: string }) =>
      token.accountId === undefined ? {} : { username: token.accountId },
    features: {
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: certificateOf,
        certificateAuthorized: ({ req }: Context) => req.socket instanceof TLSSocket && req.socket.authorized,
        certificateSubjectMatches: (context: Context, property: string, expected: string) =>
          property === 'tls_client_auth_subject_dn' && certificateOf(context)?.subject === expected,
      },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: Context, resource: string) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

function certificateOf({ req }: Context): X509Certificate | undefined {
  return req.socket instanceof TLSSocket ? req.socket.getPeerX509Certificate() : undefined;
}
