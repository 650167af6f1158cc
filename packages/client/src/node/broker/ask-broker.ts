import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { Clock } from '../../clock.ts';
import type { Api } from '../../environment/apis.ts';
import type { Environment } from '../../environment/read-environment.ts';
import { TokenAnswerError, TokenRefusedError, TokenUnavailableError, UnusableCredentialsError } from '../../errors.ts';
import { type AskForToken, requestToken, type TokenReply } from '../../request-token.ts';
import type { TokenRequest } from '../../token-request.ts';
import { distrusted } from '../distrusted.ts';
import type { Complain } from '../kept-files.ts';
import type { BrokerPlace } from './place.ts';
import {
  type BrokerAnswer,
  type BrokerQuestion,
  LONGEST_MESSAGE,
  PROOF_PATH,
  parseAnswer,
  proofOf,
  TOKEN_PATH,
} from './protocol.ts';

/** The broker itself waits for the issuer, and has to be waited for a little longer. */
const PATIENCE = 15_000;
/** The life a first token should have left at least. */
const LEAST_LIFE = 3_000;

/**
 * Asks the broker of this host where one runs, and the issuer where none does, or where it goes away meanwhile.
 *
 * @param about.environment all that this process's credentials are made of, with paths that are absolute
 */
export function askBroker(about: {
  readonly place: BrokerPlace;
  readonly environment: Environment;
  /** For which API that token is; undefined where the broker cannot be told. */
  readonly apiOf: (request: TokenRequest) => Api | undefined;
  readonly complain: Complain;
}): AskForToken {
  return async (tokenRequest, asking, replaced) => {
    const api = about.apiOf(tokenRequest);
    if (api === undefined) return requestToken(tokenRequest, asking);
    const asked = asking.clock.monotonic();
    const half = replaced === undefined ? LEAST_LIFE : (replaced.token.expires - replaced.token.obtained) / 2;
    const rejected = replaced?.rejected === true ? { rejected: digestOf(replaced.token.value) } : {};
    const question = { environment: about.environment, api, minimumLife: half, ...rejected };
    const answer = await answerOf(about.place, question, about.complain, asking.clock);
    return answer === undefined ? requestToken(tokenRequest, asking) : replyOf(answer, asked);
  };
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function replyOf(answer: BrokerAnswer, now: number): TokenReply {
  const skew = undefined;
  switch (answer.kind) {
    case 'token': {
      const { value, life, left, scope } = answer;
      const token = { value, obtained: now + left - life, expires: now + left, scope };
      return { outcome: { kind: 'token', token }, skew };
    }
    case 'refused': {
      const error = new TokenRefusedError({ ...answer, errorDescription: answer.errorDescription });
      return { outcome: { kind: 'refused', error }, skew };
    }
    case 'unavailable': {
      const { message, retryAfter } = answer;
      const error = new TokenUnavailableError(message, retryAfter === undefined ? {} : { retryAfter });
      return { outcome: { kind: 'unavailable', error }, skew };
    }
    case 'unreadable':
      return { outcome: { kind: 'unreadable', error: new TokenAnswerError(answer.message) }, skew };
    case 'unusable':
      throw new UnusableCredentialsError(answer.message);
  }
}

/** Undefined where no broker answers. One that answers what nobody understands counts as none. */
async function answerOf(place: BrokerPlace, question: BrokerQuestion, complain: Complain, clock: Clock) {
  for (const way of [overSocket(place), overLoopback(place)]) {
    const giveUp = new AbortController();
    const calledOff = clock.after(PATIENCE, () => giveUp.abort());
    try {
      const why = distrusted(place.directory);
      if (why !== undefined) {
        complain(new UnusableCredentialsError(`the broker is not asked: ${why}`));
        return undefined;
      }
      return parseAnswer(await way(JSON.stringify(question), giveUp.signal));
    } catch {
      // Nobody listens there, or it ended in the middle: the next way, and at last the issuer itself.
    } finally {
      calledOff();
    }
  }
  return undefined;
}

/** Sends a question and waits for the answer. */
type Way = (question: string, signal: AbortSignal) => Promise<string>;

function overSocket({ socket }: BrokerPlace): Way {
  return (question, signal) => exchange({ ...QUESTION, socketPath: socket, signal }, question);
}

/** The file may be of a broker that did not end well, and its port may be anybody's by now: he is told nothing. */
function overLoopback({ file }: BrokerPlace): Way {
  return async (question, signal) => {
    const { port, bearer }: { port?: unknown; bearer?: unknown } = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof port !== 'number' || typeof bearer !== 'string') throw new TypeError(`${file} names no broker`);
    const there = { host: '127.0.0.1', port, signal };
    const challenge = randomBytes(32).toString('base64url');
    const proof = await exchange({ ...there, method: 'GET', path: `${PROOF_PATH}${challenge}` });
    if (proof !== proofOf(bearer, challenge)) throw new TypeError('somebody else listens at the port of the broker');
    return exchange({ ...there, ...QUESTION, headers: { authorization: `Bearer ${bearer}` } }, question);
  };
}

const QUESTION = { method: 'POST', path: TOKEN_PATH };

function exchange(asked: RequestOptions, body = ''): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { ...asked.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  request({ ...asked, headers }, (response) => whole(response).then(resolve, reject))
    .once('error', reject)
    .end(body);
  return promise;
}

async function whole(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LONGEST_MESSAGE) throw new TokenAnswerError('the broker answered at too great length');
  }
  return text;
}
