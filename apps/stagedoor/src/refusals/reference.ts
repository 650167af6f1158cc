import { REFUSALS, type RefusalCode, type Step } from '@stagedoor/access';
import { WHAT_TO_DO } from '@stagedoor/gateway';

const INTRODUCTION = `# Refusals

<!-- Written by \`node apps/stagedoor/src/refusals/write-reference.ts\` from \`packages/access/src/refusal.ts\` and \`packages/gateway/src/explaining/what-to-do.ts\`. Change those. -->

Every refusal has a code, which stays the same from version to version. It is the member \`code\` of the error body where the
body is an object, and stands in the log, in the metric \`stagedoor_refusals_total\` and in the audit log. An answer never tells
what would have been accepted; \`stagedoor explain METHOD PATH\`, and \`POST /stagedoor/v1/explain\` for administrators, replay a
request without making it and say at which step it is refused, and what helps.

The steps are taken in this order: a request is refused by the first that refuses it.
`;

const STEPS: Readonly<Record<Step, string>> = {
  host: 'The host name of the request',
  path: 'Its path',
  route: 'The operation that it leads to',
  credentials: 'How its credentials are read',
  authentication: 'Whether they are right',
  origin: 'Where a browser says that it comes from',
  csrf: 'The CSRF token of its session',
  decision: 'What its caller may do',
  tenant: 'The tenant that it names',
};

/** The whole of \`docs/refusals.md\`. */
export function refusalsReference(): string {
  const codes = Object.keys(REFUSALS) as RefusalCode[];
  const steps = (Object.keys(STEPS) as Step[]).filter((step) => codes.some((code) => REFUSALS[code].step === step));
  const sections = steps.map((step) => {
    const rows = codes.filter((code) => REFUSALS[code].step === step).map(row);
    return `## ${STEPS[step]} (\`${step}\`)\n\n| Code | Status | What the caller is told | What to do |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function row(code: RefusalCode): string {
  const { status, description } = REFUSALS[code];
  return `| \`${code}\` | ${status} | ${description} | ${WHAT_TO_DO[code]} |`;
}
