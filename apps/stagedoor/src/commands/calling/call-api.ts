import { type Api, CredentialError } from '@stagedoor/client';
import type { Credentials } from '@stagedoor/client/node';
import { OperatorError } from '../../operator-error.ts';
import { networkCodeOf } from './network-code.ts';
import { PATIENCE } from './with-credentials.ts';

export type ApiCall = {
  readonly method: 'GET' | 'POST';
  /** Below the address of the API. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
};

export type ApiAnswer = {
  readonly url: string;
  readonly status: number;
  /** Undefined where the answer is not JSON. */
  readonly body: unknown;
  /** What a refusal says about itself, in the words of the API; empty where it says nothing. */
  readonly says: string;
  /** The value of WWW-Authenticate; empty where there is none. */
  readonly challenge: string;
  /** The clock of the API less that of this machine, in milliseconds; undefined where it does not tell. */
  readonly skew: number | undefined;
};

const TIMEOUT = 15_000;
const LONGEST_ANSWER = 1_024 * 1_024;

/**
 * One call with the credentials, answered whatever its status is.
 *
 * @throws OperatorError `API_UNAVAILABLE` where nobody answers
 */
export async function callApi(credentials: Credentials, api: Api, call: ApiCall): Promise<ApiAnswer> {
  const url = `${credentials.addressOf(api).replace(/\/+$/, '')}${call.path}`;
  const sent = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
  const headers = { accept: 'application/json', ...('body' in sent ? { 'content-type': 'application/json' } : {}) };
  try {
    const response = await credentials.fetchFor(api)(url, {
      method: call.method,
      headers,
      ...sent,
      signal: AbortSignal.timeout(TIMEOUT + PATIENCE),
      tokenNeed: { patience: PATIENCE },
    });
    const body = parseJson(await beginningOf(response));
    const challenge = response.headers.get('www-authenticate') ?? '';
    const date = Date.parse(response.headers.get('date') ?? '');
    const skew = Number.isNaN(date) ? undefined : date - Date.now();
    return { url, status: response.status, body, says: saidBy(body, challenge), challenge, skew };
  } catch (error) {
    if (error instanceof CredentialError || error instanceof OperatorError) throw error;
    throw new OperatorError('API_UNAVAILABLE', `${url} cannot be reached (${networkCodeOf(error)})`, { cause: error });
  }
}

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) break;
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The detail of a problem (RFC 9457), or the description in a challenge (RFC 6750 section 3), whichever there is. */
function saidBy(body: unknown, challenge: string): string {
  const detail = textMember(body, 'detail') ?? textMember(body, 'message');
  const [, described] = /error_description="([^"]*)"/.exec(challenge) ?? [];
  const said = [detail, described].filter((text) => text !== undefined && text !== '');
  return [...new Set(said)].join('; ');
}

export function textMember(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : undefined;
}

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
