/** As openid-client asks: with a body that is a form, and redirects that nobody follows. */
export type ProviderFetch = (url: string, asked: ProviderRequest) => Promise<Response>;

export type ProviderRequest = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

/** The provider did not answer, or not with an answer: of no interest to anybody who logs in but that it may be better soon. */
export class ProviderAway extends Error {
  override readonly name = 'ProviderAway';
}

/** The provider answered with something that nobody here checks, so that nobody here believes it. */
export class UnreadAnswer extends Error {
  override readonly name = 'UnreadAnswer';
}

/** More than any metadata or token answer has. */
export const MOST_BYTES = 1024 * 1024;

/** Asks over the network. Rejects with `ProviderAway` where nobody answers in time, or something is broken there. */
export const fetchFromProvider: ProviderFetch = async (url, asked) => {
  let answer: Response;
  let body: Uint8Array;
  try {
    answer = await fetch(url, { ...asked, redirect: 'manual' });
    body = await readAtMost(answer, MOST_BYTES);
  } catch (cause) {
    throw cause instanceof ProviderAway ? cause : new ProviderAway('it cannot be reached', { cause });
  }
  return answerOf(answer.status, answer.headers, body);
};

/** The answer of a provider that is there. Rejected as away: what its operator has to mend, and what passes by itself. */
export function answerOf(status: number, headers: Headers | [string, string][], body: Uint8Array): Response {
  if (status >= 500 || status === 429) throw new ProviderAway(`it answers ${status}`);
  const empty = status === 204 || status === 205 || status === 304 || body.length === 0;
  return new Response(empty ? null : Buffer.from(body), { status, headers });
}

async function readAtMost(answer: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > most) throw new ProviderAway(`it answers with more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
