import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { PresentedToken, TokenVerifier } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import {
  clientCertificate,
  listenTls,
  openGateway,
  type RequestHandler,
  type TlsIdentity,
  type TlsListener,
} from '../src/index.ts';
import { openDoor } from './open-door.ts';
import { CA, READER, SERVER, STRANGER } from './tls-certificates.ts';

type ClientAuth = 'none' | 'want' | 'need';

const IDENTITY: TlsIdentity = { ...SERVER, ca: [CA] };
const READER_DER = new X509Certificate(READER.cert).raw;
const STRANGER_DER = new X509Certificate(STRANGER.cert).raw;

const listeners: TlsListener[] = [];
afterEach(async () => {
  for (const listener of listeners.splice(0)) {
    listener.destroy();
    await listener.drain();
  }
});

const sayYes: RequestHandler = (_request, response) => {
  response.writeHead(200, ['content-type', 'text/plain', 'set-cookie', 'a=1']).end('yes');
};

async function open(clientAuth: ClientAuth, handler: RequestHandler = sayYes): Promise<TlsListener> {
  const listener = await listenTls(handler, ['127.0.0.1'], 0, { identity: IDENTITY, clientAuth });
  listeners.push(listener);
  return listener;
}

/** A listener of a whole gateway, and what its verifier of tokens was given. */
async function openApi(clientAuth: ClientAuth) {
  const presented: PresentedToken[] = [];
  const tokens: TokenVerifier = {
    verify: (token) => {
      presented.push(token);
      return { kind: 'refused', code: 'TOKEN_SIGNATURE_INVALID', operator: 'refused in a test' };
    },
  };
  const { door, dialects } = await openDoor({ method: 'oidc', tokens });
  const gateway = openGateway({ door, dialects, context: { basePath: '', clusterId: 'one' }, hosts: [] });
  return { ...(await open(clientAuth, gateway.handler)), presented };
}

type Sent = { readonly status: number; readonly hsts: string | undefined; readonly resumed: boolean };
type Asking = ConnectionOptions & { readonly headers?: Readonly<Record<string, string>> };

/** One request on a connection of its own. */
function ask(port: number, { headers = {}, ...options }: Asking = {}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ca: CA, agent: false, path: '/v2/topology', headers, ...options });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const resumed = (response.socket as TLSSocket).isSessionReused();
      response.resume().on('end', () => {
        resolve({ status: response.statusCode ?? 0, hsts: response.headers['strict-transport-security'], resumed });
      });
    });
    sent.end();
  });
}

/** A session that can be resumed: TLS 1.3 hands it out after the handshake. */
async function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, ca: CA, ...options });
  socket.on('error', () => undefined);
  const sessions: Buffer[] = [];
  socket.on('session', (session) => sessions.push(session));
  socket.resume();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  const session = sessions.at(-1);
  if (session === undefined) throw new Error('the server gave no session');
  return session;
}

describe('a TLS listener', () => {
  it('answers over TLS to whoever trusts its CA, with strict transport security', async () => {
    const { port } = await open('none');
    expect(await ask(port)).toEqual({ status: 200, hsts: 'max-age=31536000', resumed: false });
  });

  it('is refused by a client that does not trust its CA', async () => {
    const { port } = await open('none');
    await expect(ask(port, { ca: STRANGER.cert })).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  it('speaks TLS 1.2', async () => {
    const { port } = await open('none');
    expect(await ask(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ status: 200 });
  });

  it('does not speak TLS 1.1, whatever the client would put up with', async () => {
    const { port } = await open('none');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(ask(port, old)).rejects.toThrow(/alert protocol version/);
  });

  it('closes a connection of plain HTTP without a word, and goes on', async () => {
    const { port } = await open('none');
    const socket = connectPlain({ host: '127.0.0.1', port });
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'close');
    expect(Buffer.concat(heard).toString()).not.toContain('HTTP');
    expect(await ask(port)).toMatchObject({ status: 200 });
  });

  it('drains although a client has not ended its handshake', async () => {
    const { port, drain } = await open('none');
    const socket = connectPlain({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const drained = drain();
    socket.destroy();
    await drained;
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('client certificates that are needed', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('are taken from the CA over %s', async (version) => {
    const { port } = await open('need');
    expect(await ask(port, { ...READER, maxVersion: version, minVersion: version })).toMatchObject({ status: 200 });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('are missed where none comes over %s', async (version) => {
    const { port } = await open('need');
    await expect(ask(port, { maxVersion: version, minVersion: version })).rejects.toThrow();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('are refused of anybody else over %s', async (version) => {
    const { port } = await open('need');
    await expect(ask(port, { ...STRANGER, maxVersion: version, minVersion: version })).rejects.toThrow();
  });

  it('cannot be got round with a session of a listener that needs none', async () => {
    const [lax, strict] = [await open('want'), await open('need')];
    const session = await sessionOf(lax.port, {});
    await expect(ask(strict.port, { session })).rejects.toThrow();
  });
});

describe('the client certificate of a connection', () => {
  const headers = { authorization: 'Bearer some.bound.token' };

  it('goes to the verifier of tokens with the token', async () => {
    const { port, presented } = await openApi('want');
    await ask(port, { ...READER, headers });
    expect(presented.map(({ certificate }) => certificate)).toEqual([READER_DER]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('goes there of a session that was resumed over %s', async (version) => {
    const { port, presented } = await openApi('want');
    const options = { ...READER, maxVersion: version, minVersion: version };
    const session = await sessionOf(port, options);
    const { resumed } = await ask(port, { maxVersion: version, minVersion: version, session, headers });
    expect([resumed, presented.map(({ certificate }) => certificate)]).toEqual([true, [READER_DER]]);
  });

  it('goes there for possession, whoever signed it, where it is wanted', async () => {
    const { port, presented } = await openApi('want');
    await ask(port, { ...STRANGER, headers });
    expect(presented.map(({ certificate }) => certificate)).toEqual([STRANGER_DER]);
  });

  it.each([
    ['there is none', 'want', {}],
    ['nobody asked for it', 'none', READER],
  ] as const)('is not made up where %s', async (_why, clientAuth, options) => {
    const { port, presented } = await openApi(clientAuth);
    await ask(port, { ...options, headers });
    expect(presented.map((token) => 'certificate' in token)).toEqual([false]);
  });

  it('is nobody by itself', async () => {
    const { port, presented } = await openApi('need');
    expect(await ask(port, { ...READER, headers: {} })).toMatchObject({ status: 401 });
    expect(presented).toEqual([]);
  });
});

describe('a new certificate', () => {
  it('is shown to new connections', async () => {
    const listener = await open('none');
    listener.renew({ ...STRANGER, ca: [CA] });
    await expect(ask(listener.port)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('leaves everything as it is where its key is another', async () => {
    const listener = await open('none');
    expect(() => listener.renew({ cert: STRANGER.cert, key: SERVER.key, ca: [CA] })).toThrow();
    expect(await ask(listener.port)).toMatchObject({ status: 200 });
  });

  it('comes with CAs whose absence ends the sessions of their clients', async () => {
    const listener = await open('need');
    const session = await sessionOf(listener.port, READER);
    expect(await ask(listener.port, { ...READER, session })).toMatchObject({ status: 200, resumed: true });
    listener.renew({ ...SERVER, ca: [STRANGER.cert] });
    await expect(ask(listener.port, { ...READER, session })).rejects.toThrow();
    expect(await ask(listener.port, STRANGER)).toMatchObject({ status: 200, resumed: false });
  });
});

describe('whether the chain of a client certificate was verified', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is told of it, and in a resumed session of %s, too', async (version) => {
    const seen: (boolean | null)[] = [];
    const listener = await open('want', (incoming, response) => {
      seen.push(clientCertificate(incoming)?.trusted ?? null);
      sayYes(incoming, response);
    });
    const only = { minVersion: version, maxVersion: version } as const;
    for (const [who, trusted] of [
      [READER, true],
      [STRANGER, false],
      [{}, null],
    ] as const) {
      await ask(listener.port, { ...who, ...only });
      const session = await sessionOf(listener.port, { ...who, ...only });
      expect(await ask(listener.port, { ...who, ...only, session })).toMatchObject({ resumed: true });
      expect(seen.splice(0)).toEqual([trusted, trusted, trusted]);
    }
  });

  it('is never told where no CA is configured, whatever this machine trusts', async () => {
    const seen: (boolean | null)[] = [];
    const handler: RequestHandler = (incoming, response) => {
      seen.push(clientCertificate(incoming)?.trusted ?? null);
      sayYes(incoming, response);
    };
    const parameters = { identity: { ...SERVER, ca: [] }, clientAuth: 'want' } as const;
    const listener = await listenTls(handler, ['127.0.0.1'], 0, parameters);
    listeners.push(listener);
    await ask(listener.port, READER);
    expect(seen).toEqual([false]);
  });
});
