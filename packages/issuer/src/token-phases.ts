import { chooseTarget } from './choose-target.ts';
import { issueAccessToken } from './issue-access-token.ts';
import { noteClientLogin, noteRefusedClient } from './note-client-login.ts';
import { readClientCredentials } from './read-client-credentials.ts';
import { readParameters } from './read-parameters.ts';
import {
  type AuthenticatedRequest,
  GRANT_TYPES,
  type GrantedRequest,
  type Outcome,
  type ParameterizedRequest,
  type ReadableRequest,
  type ReceivedRequest,
  type TargetedRequest,
  type TokenAnswer,
  type TokenIssuance,
} from './token-request.ts';

type Phase<In, Out> = (request: In, issuance: TokenIssuance) => Outcome<Out> | Promise<Outcome<Out>>;

/** Every token is issued by these phases, in this order, whatever its grant. */
const PHASES: readonly [
  Phase<ReceivedRequest, ReadableRequest>,
  Phase<ReadableRequest, ParameterizedRequest>,
  Phase<ParameterizedRequest, GrantedRequest>,
  Phase<GrantedRequest, AuthenticatedRequest>,
  Phase<AuthenticatedRequest, TargetedRequest>,
  Phase<TargetedRequest, TokenAnswer>,
] = [
  /* 1 */ acceptMediaType,
  /* 2 */ acceptParameters,
  /* 3 */ acceptGrantType,
  /* 4 */ authenticateClient,
  /* 5 */ acceptTarget,
  /* 6 */ issueAccessToken,
];

/** Runs the phases until one of them refuses. */
export async function runTokenPhases(
  received: ReceivedRequest,
  issuance: TokenIssuance,
): Promise<Outcome<TokenAnswer>> {
  // The type of the list says that each phase takes what the one before it made; a loop cannot say it once more.
  const phases = PHASES as readonly Phase<unknown, unknown>[];
  let value: unknown = received;
  for (const phase of phases) {
    const outcome = await phase(value, issuance);
    if (!outcome.ok) return outcome;
    value = outcome.value;
  }
  return { ok: true, value: value as TokenAnswer };
}

function acceptMediaType(request: ReceivedRequest): Outcome<ReadableRequest> {
  // RFC 9110 section 8.3.1: without regard to case, whatever parameters follow.
  const mediaType = request.contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') return { ok: true, value: { ...request, mediaType: 'form' } };
  if (mediaType === 'application/json' && request.form.takesJson)
    return { ok: true, value: { ...request, mediaType: 'json' } };
  return { ok: false, problem: { kind: 'media-type' } };
}

function acceptParameters(request: ReadableRequest): Outcome<ParameterizedRequest> {
  const parameters = readParameters(request.body, request.mediaType);
  return parameters.ok ? { ok: true, value: { ...request, parameters: parameters.value } } : parameters;
}

function acceptGrantType(request: ParameterizedRequest): Outcome<GrantedRequest> {
  const named = request.parameters.get('grant_type');
  if (named === undefined) return { ok: false, problem: { kind: 'grant-type-missing' } };
  const grantType = GRANT_TYPES.find((known) => known === named);
  if (grantType === undefined) return { ok: false, problem: { kind: 'grant-type-unsupported' } };
  return { ok: true, value: { ...request, grantType } };
}

async function authenticateClient(
  request: GrantedRequest,
  issuance: TokenIssuance,
): Promise<Outcome<AuthenticatedRequest>> {
  const read = readClientCredentials(request.parameters, request.authorization);
  if (!read.ok) {
    if (read.problem.kind === 'client-refused') noteRefusedClient(issuance);
    return read;
  }
  const { basic, ...credentials } = read.value;
  const verdict = await issuance.authenticator.authenticate(credentials, request.caller);
  if (verdict.kind === 'authenticated') {
    noteClientLogin(issuance, verdict.client.clientId);
    return { ok: true, value: { ...request, client: verdict.client } };
  }
  noteRefusedClient(issuance);
  if (verdict.kind === 'refused') return { ok: false, problem: { kind: 'client-refused', basic } };
  return { ok: false, problem: { kind: 'attempts-limited', retryAfterSeconds: verdict.retryAfterSeconds } };
}

function acceptTarget(request: AuthenticatedRequest): Outcome<TargetedRequest> {
  const target = chooseTarget(request.client, request.parameters.get('audience'), request.parameters.get('scope'));
  return target.ok ? { ok: true, value: { ...request, ...target.value } } : target;
}
