import { acceptGrant } from './accept-grant.ts';
import { acceptMediaType, acceptParameters, authenticateClient } from './accept-request.ts';
import { findPublicClient } from './authorizing/find-public-client.ts';
import { issueToPerson } from './authorizing/issue-to-person.ts';
import { bindToken } from './bind-token.ts';
import { chooseTarget } from './choose-target.ts';
import { issueAccessToken } from './issue-access-token.ts';
import { type Phase, runPhases } from './phases.ts';
import {
  type AuthenticatedRequest,
  type BoundRequest,
  GRANT_TYPES,
  type GrantedRequest,
  type Outcome,
  type ParameterizedRequest,
  type ReadableRequest,
  type ReceivedRequest,
  type TargetedRequest,
  type TokenAnswer,
  type TokenIssuance,
  type TypedRequest,
} from './token-request.ts';

/** Every token is issued by these phases, in this order, whatever its grant. */
const PHASES: readonly [
  Phase<ReceivedRequest, ReadableRequest>,
  Phase<ReadableRequest, ParameterizedRequest>,
  Phase<ParameterizedRequest, TypedRequest>,
  Phase<TypedRequest, AuthenticatedRequest>,
  Phase<AuthenticatedRequest, GrantedRequest>,
  Phase<GrantedRequest, TargetedRequest>,
  Phase<TargetedRequest, BoundRequest>,
  Phase<BoundRequest, TokenAnswer>,
] = [
  /* 1 */ acceptMediaType,
  /* 2 */ acceptParameters,
  /* 3 */ acceptGrantType,
  /* 4 */ acceptClient,
  /* 5 */ acceptGrant,
  /* 6 */ acceptTarget,
  /* 7 */ bindToken,
  /* 8 */ issueTokens,
];

/** Runs the phases until one of them refuses. */
export async function runTokenPhases(
  received: ReceivedRequest,
  issuance: TokenIssuance,
): Promise<Outcome<TokenAnswer>> {
  const outcome = await runPhases(PHASES, received, issuance);
  return outcome.ok ? { ok: true, value: outcome.value as TokenAnswer } : outcome;
}

function acceptGrantType(request: ParameterizedRequest): Outcome<TypedRequest> {
  const named = request.parameters.get('grant_type');
  if (named === undefined) return { ok: false, problem: { kind: 'grant-type-missing' } };
  const grantType = GRANT_TYPES.find((known) => known === named);
  if (grantType === undefined) return { ok: false, problem: { kind: 'grant-type-unsupported' } };
  return { ok: true, value: { ...request, grantType } };
}

function acceptClient(
  request: TypedRequest,
  issuance: TokenIssuance,
): Outcome<AuthenticatedRequest> | Promise<Outcome<AuthenticatedRequest>> {
  const client = findPublicClient(request, issuance.registry);
  if (client !== null) return { ok: true, value: { ...request, client, authenticatedBy: 'none' } };
  return authenticateClient(request, issuance);
}

function acceptTarget(request: GrantedRequest): Outcome<TargetedRequest> {
  const { grant, parameters, resources } = request;
  const asked = { audience: parameters.get('audience'), scope: parameters.get('scope'), resources };
  const target = chooseTarget(request.client, grant.kind === 'login' ? grant.named : asked);
  return target.ok ? { ok: true, value: { ...request, ...target.value } } : target;
}

function issueTokens(request: BoundRequest, issuance: TokenIssuance): Promise<Outcome<TokenAnswer>> {
  const { grant } = request;
  return grant.kind === 'login' ? issueToPerson(request, grant, issuance) : issueAccessToken(request, issuance);
}
