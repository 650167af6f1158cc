import type { PresentedAssertion } from './authenticate-by-assertion.ts';
import type { ClientCredentials } from './authenticate-client.ts';
import type { Outcome, Parameters } from './token-request.ts';

export type PresentedCredentials =
  | (ClientCredentials & {
      readonly kind: 'secret';
      /** They came in the Authorization header. */
      readonly basic: boolean;
    })
  | (PresentedAssertion & { readonly kind: 'assertion'; readonly basic: false })
  /** Nothing but its id: whatever shows that it is this client is not in the request. */
  | { readonly kind: 'identified'; readonly clientId: string; readonly basic: false };

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What the client authenticates with: `client_secret_basic`, `client_secret_post` or `private_key_jwt` (RFC 7523 section 2.2),
 * one of them and once (RFC 6749 section 2.3). With none of them it may still be known by the certificate of its connection,
 * which beside any of them is no second way (RFC 8705 section 3: it may be there for the token).
 * A `client_id` in the body beside Basic is no second way if it is the same. Other schemes than Basic do not authenticate
 * clients and are passed over.
 */
export function readClientCredentials(
  parameters: Parameters,
  authorization: readonly string[],
): Outcome<PresentedCredentials> {
  const inBody = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  const assertion = parameters.get('client_assertion');
  const assertionType = parameters.get('client_assertion_type');
  const asserted = assertion !== undefined || assertionType !== undefined;
  const [header] = authorization;
  const basic = header !== undefined && /^basic(?: |$)/i.test(header);
  if (authorization.length > 1 || [basic, secret !== undefined, asserted].filter(Boolean).length > 1) {
    return { ok: false, problem: { kind: 'several-authentications' } };
  }
  if (basic) return fromHeader(header, inBody);
  if (asserted) {
    if (assertion === undefined || assertionType !== ASSERTION_TYPE)
      return refused(false, 'shows half an assertion, or one of another type');
    return { ok: true, value: { kind: 'assertion', assertion, clientId: inBody, basic: false } };
  }
  if (inBody === undefined) return refused(false, 'does not say who it is');
  if (secret === undefined) return { ok: true, value: { kind: 'identified', clientId: inBody, basic: false } };
  return { ok: true, value: { kind: 'secret', clientId: inBody, secret, basic: false } };
}

function fromHeader(header: string, inBody: string | undefined): Outcome<PresentedCredentials> {
  const read = readBasic(header);
  if (read === null) return refused(true, 'sends a Basic header that cannot be read');
  if (inBody !== undefined && inBody !== read.clientId)
    return refused(true, 'names another id in the body than in its header');
  return { ok: true, value: { ...read, kind: 'secret', basic: true } };
}

/** Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1). Null where that cannot be undone. */
function readBasic(header: string): ClientCredentials | null {
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return null;
  try {
    const text = utf8.decode(Buffer.from(encoded, 'base64'));
    const colon = text.indexOf(':');
    if (colon < 1) return null;
    return { clientId: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
  } catch {
    // Not UTF-8, or a percent sign that encodes nothing.
    return null;
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function refused(basic: boolean, why: string): Outcome<never> {
  return { ok: false, problem: { kind: 'client-refused', basic, why } };
}
