import type { Clock } from './clock.ts';
import { TokenAnswerError, TokenUnavailableError } from './errors.ts';
import { readAtMost } from './read-at-most.ts';
import type { Fetch } from './request-token.ts';

const LONGEST_DOCUMENT = 256 * 1_024;

/**
 * The token endpoint that an issuer names in its metadata (OpenID Connect Discovery section 4, or RFC 8414 section 3).
 *
 * @param about.document where the metadata is; without one it is looked for below the issuer
 * @throws TokenUnavailableError where nobody answers
 * @throws TokenAnswerError where the document is another issuer's, or names no endpoint
 */
export async function discoverEndpoint(
  about: { readonly issuer: string | undefined; readonly document: URL },
  { fetch, clock, timeout }: { readonly fetch: Fetch; readonly clock: Clock; readonly timeout: number },
): Promise<URL> {
  const { issuer, document } = about;
  const giveUp = new AbortController();
  const calledOff = clock.after(timeout, () => giveUp.abort());
  let text: string;
  try {
    const headers = { accept: 'application/json' };
    const response = await fetch(document, { headers, redirect: 'manual', credentials: 'omit', signal: giveUp.signal });
    text = await readAtMost(response, LONGEST_DOCUMENT, document);
    if (!response.ok) throw new TokenUnavailableError(`${document.href} answered ${response.status}`);
  } catch (error) {
    if (error instanceof TokenAnswerError || error instanceof TokenUnavailableError) throw error;
    throw new TokenUnavailableError(`${document.href} cannot be reached`, { cause: error });
  } finally {
    calledOff();
  }
  return endpointIn(document, text, issuer);
}

function endpointIn(document: URL, text: string, issuer: string | undefined): URL {
  const metadata = parse(text);
  if (metadata === undefined) throw new TokenAnswerError(`${document.href} is no metadata of an issuer`);
  // Section 4.3: who answers for another issuer could have secrets sent anywhere.
  if (issuer !== undefined && metadata.issuer !== issuer)
    throw new TokenAnswerError(
      `${document.href} speaks for issuer \`${String(metadata.issuer)}\`, not for \`${issuer}\``,
    );
  const endpoint = typeof metadata.token_endpoint === 'string' ? URL.parse(metadata.token_endpoint) : null;
  if (endpoint === null) throw new TokenAnswerError(`${document.href} names no token endpoint`);
  return endpoint;
}

function parse(text: string): { readonly issuer?: unknown; readonly token_endpoint?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
