import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What the issuer says to whoever asks. */
type Mood = 'grants' | 'refuses' | 'wants fewer requests';

/** An issuer and an API behind one port, which count, and know for how long a token is good. */
export type Stage = {
  readonly origin: string;
  mood: Mood;
  /** When each token request came, in milliseconds of this process's clock. */
  readonly tokenRequests: number[];
  /** Whether a certificate was shown, for each token request and each call. */
  readonly shown: { readonly token: boolean[]; readonly call: boolean[] };
  /** Takes back all tokens that were given so far. */
  revoke(): void;
  close(): Promise<void>;
};

export type StageSettings = {
  readonly lifeSeconds: number;
  /** With TLS: a certificate is asked for, and who shows none is served all the same. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer };
};

/** About as long as a real issuer takes. */
const THINKS_FOR_MILLIS = 100;
const TOPOLOGY = {
  clusterId: 'stage',
  brokers: [],
  clusterSize: 1,
  partitionsCount: 1,
  replicationFactor: 1,
  gatewayVersion: '8.9.0',
  lastCompletedChangeId: '1',
};

export async function openStage({ lifeSeconds, tls }: StageSettings): Promise<Stage> {
  const given = new Map<string, number>();
  const server =
    tls === undefined ? createServer() : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false });
  const stage = {
    mood: 'grants' as Mood,
    tokenRequests: [] as number[],
    shown: { token: [] as boolean[], call: [] as boolean[] },
  };

  function tokenAnswer(request: IncomingMessage, response: ServerResponse): void {
    stage.tokenRequests.push(performance.now());
    stage.shown.token.push(isShown(request));
    if (stage.mood === 'wants fewer requests') {
      answer(response, 429, { error: 'slow_down' }, { 'retry-after': '30' });
      return;
    }
    if (stage.mood === 'refuses') {
      answer(response, 401, { error: 'invalid_client', error_description: 'unknown to this issuer' });
      return;
    }
    const now = Math.floor(Date.now() / 1_000);
    const token = unsigned({ jti: given.size, iat: now, exp: now + lifeSeconds });
    given.set(token, Date.now() + lifeSeconds * 1_000);
    answer(response, 200, { access_token: token, token_type: 'Bearer', expires_in: lifeSeconds, scope: '' });
  }

  function callAnswer(request: IncomingMessage, response: ServerResponse): void {
    stage.shown.call.push(isShown(request));
    const [, token = ''] = (request.headers.authorization ?? '').split(' ');
    const isGood = (given.get(token) ?? 0) > Date.now();
    if (isGood) answer(response, 200, TOPOLOGY);
    else answer(response, 401, { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'not good' });
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    if (request.url !== '/oauth/token') return callAnswer(request, response);
    setTimeout(() => tokenAnswer(request, response), THINKS_FOR_MILLIS);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(stage, {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    revoke: () => given.clear(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function isShown({ socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket && socket.authorized;
}

/** Clients that read the claims of a token find some. */
function unsigned(claims: object): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'at+jwt' })}.${part(claims)}.${'s'.repeat(342)}`;
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
