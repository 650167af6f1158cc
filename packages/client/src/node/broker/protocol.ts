import { createHmac } from 'node:crypto';
import type { Api } from '../../environment/apis.ts';
import { APIS } from '../../environment/apis.ts';
import type { Environment } from '../../environment/read-environment.ts';

/** What a process asks the broker of its host: the token that this environment means for that API. */
export type BrokerQuestion = {
  readonly environment: Environment;
  readonly api: Api;
  /** Milliseconds of life that the token must have left. */
  readonly minimumLife: number;
  /** SHA-256, in base64url, of a token that the API did not take. */
  readonly rejected?: string;
};

export type BrokerAnswer =
  | {
      readonly kind: 'token';
      readonly value: string;
      /** Milliseconds, altogether and from now. */
      readonly life: number;
      readonly left: number;
      readonly scope?: string;
    }
  | {
      readonly kind: 'refused';
      readonly endpoint: string;
      readonly clientId: string;
      readonly status: number;
      readonly error: string;
      readonly errorDescription?: string;
    }
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfter?: number }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'unusable'; readonly message: string };

export const TOKEN_PATH = '/token';
/** Followed by whatever the caller wants to see proved. */
export const PROOF_PATH = '/proof/';
/** Of a question or an answer, in bytes. */
export const LONGEST_MESSAGE = 256 * 1_024;

/** What only a broker can say of a challenge whose bearer is the one in the file: it is told no secret before. */
export function proofOf(bearer: string, challenge: string): string {
  return createHmac('sha256', bearer).update(challenge).digest('base64url');
}

/** Undefined for anything that is no question. */
export function parseQuestion(text: string): BrokerQuestion | undefined {
  const asked = parseObject(text);
  const api = APIS.find((known) => known === asked?.api);
  const { environment, minimumLife, rejected } = asked ?? {};
  if (api === undefined || typeof minimumLife !== 'number' || !Number.isFinite(minimumLife)) return undefined;
  if (rejected !== undefined && typeof rejected !== 'string') return undefined;
  if (typeof environment !== 'object' || environment === null) return undefined;
  const said: [string, string][] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (typeof value !== 'string') return undefined;
    said.push([name, value]);
  }
  return { environment: Object.fromEntries(said), api, minimumLife, ...(rejected === undefined ? {} : { rejected }) };
}

/** Undefined for anything that is no answer. */
export function parseAnswer(text: string): BrokerAnswer | undefined {
  const told = parseObject(text);
  switch (told?.kind) {
    case 'token':
      return tokenIn(told);
    case 'refused':
      return refusalIn(told);
    case 'unavailable': {
      const { message, retryAfter } = told;
      if (typeof message !== 'string') return undefined;
      return { kind: 'unavailable', message, ...(typeof retryAfter === 'number' ? { retryAfter } : {}) };
    }
    case 'unreadable':
    case 'unusable':
      return typeof told.message === 'string' ? { kind: told.kind, message: told.message } : undefined;
    default:
      return undefined;
  }
}

type Told = Readonly<Record<string, unknown>>;

function tokenIn({ value, life, left, scope }: Told): BrokerAnswer | undefined {
  if (typeof value !== 'string' || typeof life !== 'number' || typeof left !== 'number') return undefined;
  return { kind: 'token', value, life, left, ...(typeof scope === 'string' ? { scope } : {}) };
}

function refusalIn({ endpoint, clientId, status, error, errorDescription }: Told): BrokerAnswer | undefined {
  if (typeof endpoint !== 'string' || typeof clientId !== 'string') return undefined;
  if (typeof status !== 'number' || typeof error !== 'string') return undefined;
  const described = typeof errorDescription === 'string' ? { errorDescription } : {};
  return { kind: 'refused', endpoint, clientId, status, error, ...described };
}

function parseObject(text: string): Told | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
