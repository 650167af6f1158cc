import { allOf, decide, permission, refuse } from '@stagedoor/access';
import { problemDetails } from '../../answering/problem-details.ts';
import type { Dialect } from '../../dialect.ts';
import type { Door } from '../../door.ts';
import type { ExplainQuestion } from '../../explaining/explain.ts';
import { parseExplainInput } from '../../explaining/explain-input.ts';
import type { Explanation } from '../../explaining/explanation.ts';
import { Failure } from '../../failure.ts';
import { type Operation, ok, operation } from '../../operation.ts';
import { listOf, nullableText, object, objectWith, oneOf, text } from '../../schema.ts';

export type StagedoorParts = {
  readonly door: Pick<Door, 'snapshot'>;
  readonly explain: (question: ExplainQuestion) => Promise<Explanation>;
};

/**
 * Who may ask why somebody is refused learns whether a password is right. So he has to be one who could set that password
 * and grant himself whatever he likes: nothing is told that he could not have had anyway.
 */
const ADMINISTRATOR = allOf(
  permission('USER', 'UPDATE', 'everything'),
  permission('AUTHORIZATION', 'UPDATE', 'everything'),
  permission('AUTHORIZATION', 'READ', 'everything'),
  permission('SYSTEM', 'READ', 'everything'),
);

/** In `none`, and where authorizations are off, everybody may do everything; being told about passwords is not among it. */
const STRICT = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };

const QUESTION = objectWith(
  {
    method: text,
    path: text,
    authorization: text,
    as: text,
    tenantId: text,
    headers: { type: 'object', additionalProperties: text } as const,
  },
  ['method', 'path'],
);
const EXPLANATION = object({
  outcome: oneOf('allowed', 'refused', 'failed', 'depends'),
  code: nullableText,
  step: nullableText,
  steps: listOf(object({ step: text, result: oneOf('passed', 'refused', 'failed', 'open'), says: text })),
  fix: nullableText,
});

/** Our own API: what Camunda has no path for. */
export function stagedoorDialect(parts: StagedoorParts): Dialect {
  return {
    name: 'stagedoor',
    api: 'orchestration',
    credentials: 'as-configured',
    challenges: true,
    operations: [explainOperation(parts)],
    alsoBelow: [],
    territory: ['/stagedoor'],
    forbidden: () => 'Only administrators may ask why somebody is refused',
    problem: problemDetails,
  };
}

function explainOperation({ door, explain }: StagedoorParts): Operation {
  return operation({
    id: 'explain',
    method: 'POST',
    path: '/stagedoor/v1/explain',
    summary: 'Says step by step what a request would meet, without making it',
    requirement: ADMINISTRATOR,
    query: object({}),
    body: { kind: 'json', schema: QUESTION },
    responses: { 200: EXPLANATION },
    refuses: ({ principal }) => {
      const { allowed } = decide(door.snapshot(), STRICT, principal, ADMINISTRATOR);
      if (allowed) return null;
      return refuse(principal.kind === 'anonymous' ? 'CREDENTIALS_MISSING' : 'PERMISSION_MISSING');
    },
    handle: async ({ body, caller }) => {
      const parsed = parseExplainInput(body, caller);
      if (!parsed.ok) throw new Failure('invalid-argument', parsed.problem);
      return ok(await explain(parsed.value));
    },
  });
}
