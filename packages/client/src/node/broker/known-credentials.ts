import type { Clock } from '../../clock.ts';
import { TokenAnswerError, TokenRefusedError, TokenUnavailableError, UnusableCredentialsError } from '../../errors.ts';
import type { AccessToken } from '../../request-token.ts';
import { type Credentials, credentialsFromEnvironment } from '../credentials-from-environment.ts';
import { digestOf } from './ask-broker.ts';
import type { BrokerAnswer, BrokerQuestion } from './protocol.ts';

/** Different environments at once; what was not asked for longest is given up. */
const MOST_CREDENTIALS = 100;
/** How long a question may wait for the issuer, in milliseconds; whoever asked asks again. */
const PATIENCE = 10_000;

/** The credentials of every environment that somebody asked with. */
export class KnownCredentials {
  readonly #clock: Clock;
  readonly #known = new Map<string, Credentials>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async answer(question: BrokerQuestion): Promise<BrokerAnswer> {
    try {
      const need = { minimumLife: question.minimumLife, patience: PATIENCE };
      const token = await this.#credentials(question).tokenFor(question.api, need);
      if (token === undefined) return { kind: 'unusable', message: 'this environment means no OAuth' };
      const first = await token.get(need);
      const wanted = question.rejected === digestOf(first.value) && token.reject(first) ? await token.get(need) : first;
      return this.#told(wanted);
    } catch (error) {
      return failureOf(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#known.values()].map((credentials) => credentials.close()));
  }

  #credentials({ environment }: BrokerQuestion): Credentials {
    const key = digestOf(JSON.stringify(Object.entries(environment).sort(([one], [other]) => (one < other ? -1 : 1))));
    const known =
      this.#known.get(key) ?? credentialsFromEnvironment(environment, { clock: this.#clock, broker: false });
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_CREDENTIALS && oldest !== undefined) {
      this.#known.delete(oldest[0]);
      oldest[1].close().catch(() => undefined);
    }
    return known;
  }

  #told({ value, obtained, expires, scope }: AccessToken): BrokerAnswer {
    const left = expires - this.#clock.monotonic();
    return { kind: 'token', value, life: expires - obtained, left, ...(scope === undefined ? {} : { scope }) };
  }
}

function failureOf(error: unknown): BrokerAnswer {
  if (error instanceof TokenRefusedError) {
    const { endpoint, clientId, status, error: code, errorDescription } = error;
    return {
      kind: 'refused',
      endpoint,
      clientId,
      status,
      error: code,
      ...(errorDescription === undefined ? {} : { errorDescription }),
    };
  }
  if (error instanceof TokenUnavailableError) {
    const { message, retryAfter } = error;
    return { kind: 'unavailable', message, ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
  if (error instanceof TokenAnswerError) return { kind: 'unreadable', message: error.message };
  if (error instanceof UnusableCredentialsError) return { kind: 'unusable', message: error.message };
  throw error;
}
