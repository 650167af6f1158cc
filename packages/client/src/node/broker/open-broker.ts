import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { type Clock, systemClock } from '../../clock.ts';
import { CredentialError, UnusableCredentialsError } from '../../errors.ts';
import { distrusted } from '../distrusted.ts';
import { KnownCredentials } from './known-credentials.ts';
import type { BrokerPlace } from './place.ts';
import { type BrokerAnswer, LONGEST_MESSAGE, PROOF_PATH, parseQuestion, proofOf, TOKEN_PATH } from './protocol.ts';

export type Broker = {
  /** Where it is reached, for people. */
  readonly address: string;
  readonly close: () => Promise<void>;
};

export type BrokerSettings = {
  readonly place: BrokerPlace;
  /** On 127.0.0.1, with a bearer in a file that only the user reads, for systems without Unix sockets. */
  readonly loopback: boolean;
  readonly clock?: Clock;
};

/** At once: a loopback port is there for every user of the host, and file descriptors are not. */
const MOST_CONNECTIONS = 1_000;

/** Another broker serves there already. */
export class BrokerRunsError extends CredentialError {
  readonly code = 'BROKER_RUNS';
  override readonly name = 'BrokerRunsError';
}

/**
 * Serves the tokens of one user to all processes of this host: each asks with its own environment, those that mean the same
 * get the same token, and the issuer is asked once.
 *
 * @throws UnusableCredentialsError where others could reach into its directory
 * @throws BrokerRunsError where one serves there already
 */
export async function openBroker({ place, loopback, clock = systemClock }: BrokerSettings): Promise<Broker> {
  mkdirSync(place.directory, { recursive: true, mode: 0o700 });
  const why = distrusted(place.directory);
  if (why !== undefined) throw new UnusableCredentialsError(why);
  const known = new KnownCredentials(clock);
  const bearer = loopback ? randomBytes(32).toString('base64url') : undefined;
  const server = createServer({ requestTimeout: 30_000, maxHeaderSize: 8_192 }, (incoming, response) => {
    const { url = '' } = incoming;
    if (bearer !== undefined && url.startsWith(PROOF_PATH)) {
      response.end(proofOf(bearer, url.slice(PROOF_PATH.length)));
      return;
    }
    answerTo(incoming, known, bearer).then(
      ({ status, answer }) => reply(response, status, answer),
      () => reply(response, 500, { kind: 'unavailable', message: 'the broker failed' }),
    );
  });
  server.maxConnections = MOST_CONNECTIONS;
  const address =
    bearer === undefined ? await listenOnSocket(server, place) : await listenOnLoopback(server, place, bearer);
  return {
    address,
    close: async () => {
      rmSync(bearer === undefined ? place.socket : place.file, { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await known.close();
    },
  };
}

async function listenOnSocket(server: Server, { socket }: BrokerPlace): Promise<string> {
  if (await isServed(socket)) throw new BrokerRunsError(`a broker serves at ${socket} already`);
  rmSync(socket, { force: true });
  await listen(server, () => server.listen(socket));
  chmodSync(socket, 0o600);
  return socket;
}

async function listenOnLoopback(server: Server, { file }: BrokerPlace, bearer: string): Promise<string> {
  await listen(server, () => server.listen(0, '127.0.0.1'));
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  // In one step: a reader finds the whole file or the one before.
  const written = `${file}.${process.pid}`;
  writeFileSync(written, JSON.stringify({ port, bearer }), { mode: 0o600, flag: 'wx' });
  renameSync(written, file);
  return `127.0.0.1:${port}, by ${file}`;
}

function listen(server: Server, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve).once('error', reject);
    begin();
  });
}

/** True where somebody answers; a socket that was left behind answers nobody. */
function isServed(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const trying = connect(socket, () => {
      trying.destroy();
      resolve(true);
    });
    trying.once('error', () => resolve(false));
  });
}

async function answerTo(incoming: IncomingMessage, known: KnownCredentials, bearer: string | undefined) {
  if (bearer !== undefined && !isBearer(incoming.headers.authorization, bearer))
    return { status: 401, answer: { kind: 'unusable', message: 'the bearer of the broker is missing' } as const };
  if (incoming.method !== 'POST' || incoming.url !== TOKEN_PATH)
    return { status: 404, answer: { kind: 'unusable', message: `the broker answers POST ${TOKEN_PATH}` } as const };
  const text = await wholeBody(incoming);
  const question = text === undefined ? undefined : parseQuestion(text);
  if (question === undefined)
    return { status: 400, answer: { kind: 'unusable', message: 'that is no question' } as const };
  return { status: 200, answer: await known.answer(question) };
}

function isBearer(header: string | undefined, bearer: string): boolean {
  const [given, wanted] = [header ?? '', `Bearer ${bearer}`].map((text) => createHash('sha256').update(text).digest());
  return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted);
}

async function wholeBody(incoming: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LONGEST_MESSAGE) return undefined;
  }
  return text;
}

function reply(response: ServerResponse, status: number, answer: BrokerAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(answer));
}
