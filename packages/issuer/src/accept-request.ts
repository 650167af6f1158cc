import { assertNever } from '@stagedoor/access';
import type { ClientVerdict } from './authenticate-client.ts';
import { noteClientLogin, noteRefusedClient } from './note-client-login.ts';
import { type PresentedCredentials, readClientCredentials } from './read-client-credentials.ts';
import { readParameters } from './read-parameters.ts';
import type {
  Authenticated,
  Outcome,
  ParameterizedRequest,
  ReadableRequest,
  ReceivedRequest,
  TokenIssuance,
} from './token-request.ts';

/** The phases that every endpoint begins with. */

export function acceptMediaType(request: ReceivedRequest): Outcome<ReadableRequest> {
  // RFC 9110 section 8.3.1: without regard to case, whatever parameters follow.
  const mediaType = request.contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') return { ok: true, value: { ...request, mediaType: 'form' } };
  if (mediaType === 'application/json' && request.form.takesJson)
    return { ok: true, value: { ...request, mediaType: 'json' } };
  return { ok: false, problem: { kind: 'media-type' } };
}

export function acceptParameters(request: ReadableRequest): Outcome<ParameterizedRequest> {
  const parameters = readParameters(request.body, request.mediaType);
  return parameters.ok ? { ok: true, value: { ...request, ...parameters.value } } : parameters;
}

/** Every endpoint that asks for it asks in the same way: there is one method in a request, and the client's own. */
export async function authenticateClient<Request extends ParameterizedRequest>(
  request: Request,
  issuance: TokenIssuance,
): Promise<Outcome<Request & Authenticated>> {
  const read = readClientCredentials(request.parameters, request.authorization);
  if (!read.ok) {
    if (read.problem.kind === 'client-refused') noteRefusedClient(issuance);
    return read;
  }
  const { kind, basic } = read.value;
  const authenticatedBy = kind === 'identified' ? 'certificate' : kind;
  const verdict = await verdictOn(read.value, request, issuance);
  if (verdict.kind === 'authenticated') {
    noteClientLogin(issuance, verdict.client.clientId, authenticatedBy);
    return { ok: true, value: { ...request, client: verdict.client, authenticatedBy } };
  }
  noteRefusedClient(issuance);
  if (verdict.kind === 'refused') return { ok: false, problem: { kind: 'client-refused', basic, why: verdict.why } };
  return { ok: false, problem: { kind: 'attempts-limited', retryAfterSeconds: verdict.retryAfterSeconds } };
}

function verdictOn(
  presented: PresentedCredentials,
  { form, caller, certificate }: ParameterizedRequest,
  { authenticator, assertions, certificates, origin }: TokenIssuance,
): ClientVerdict | Promise<ClientVerdict> {
  switch (presented.kind) {
    case 'secret':
      return authenticator.authenticate(presented, caller);
    case 'assertion':
      return assertions.authenticate(presented, [form.issuer, `${origin}${form.tokenPath}`], caller);
    case 'identified':
      // Who shows nothing guesses nothing: no attempt is counted.
      if (certificate === null) return { kind: 'refused', why: 'shows nothing but its id' };
      return certificates.authenticate({ clientId: presented.clientId, certificate }, caller);
    default:
      return assertNever(presented);
  }
}
