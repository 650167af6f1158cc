import { type Missing, REFUSALS } from '@stagedoor/access';
import { bootError } from '../../answering/boot-error.ts';
import type { Problem, Where, Wire } from '../../dialect.ts';
import type { FailureKind } from '../../failure.ts';

const TYPES: Partial<Record<FailureKind, string>> = {
  malformed: 'Invalid request',
  'invalid-argument': 'Invalid request',
  'data-invalid': 'Data invalid',
  'not-found': 'Requested resource not found',
  'too-large': 'Invalid request',
  fault: 'API application error',
  'not-implemented': 'API application error',
  unavailable: 'API application error',
};

const REFUSAL_TYPES: Readonly<Record<number, string>> = { 400: 'Invalid request', 403: 'Forbidden resource access' };

/** Errors as Operate 8.6 writes them: a 401 has a message only, a controller's has four members, the rest is the framework's. */
export function operateError(problem: Problem, where: Where): Wire {
  if (problem.kind === 'failure') {
    const { kind, status, message } = problem.failure;
    const type = TYPES[kind];
    if (type === undefined) return bootError(status, where.path, where.now);
    return { type: 'application/problem+json', body: { status, message, instance: where.instance(), type } };
  }
  const { code, detail } = problem.refusal;
  if (problem.status === 401) return { type: 'application/json;charset=UTF-8', body: { message: detail, code } };
  if (problem.status === 403 && REFUSALS[code].step !== 'decision') return frameworkRefusal(problem, where);
  const type = REFUSAL_TYPES[problem.status] ?? 'API application error';
  return {
    type: 'application/problem+json',
    body: { status: problem.status, message: detail, instance: where.instance(), type, code },
  };
}

/** What no controller saw, a missing CSRF token above all (recorded); ours adds why. */
function frameworkRefusal({ refusal, status }: Extract<Problem, { kind: 'refusal' }>, where: Where): Wire {
  const { type, body } = bootError(status, where.path, where.now);
  return { type, body: { ...(body as object), message: refusal.detail, code: refusal.code } };
}

/** 8.8 does not filter v1: it asks for a wildcard grant (facts, section 7.1). */
export function operateForbidden(missing: readonly Missing[]): string {
  const permissions = missing.map(({ resourceType, permissionType }) => `${resourceType}:*:${permissionType}`);
  return `${permissions.join(', ')} permissions required to access this resource.`;
}
