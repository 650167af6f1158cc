import type { ExplainInput, Explanation } from '@stagedoor/gateway';
import type { Command } from 'commander';
import { OperatorError } from '../operator-error.ts';
import { toPlainText } from '../plain-text.ts';
import type { CommandContext } from './command-context.ts';
import { headersFromStdin } from './header-input.ts';
import { type RecordOptions, withRecordOptions } from './option-values.ts';

type ExplainOptions = RecordOptions & {
  readonly as?: string;
  readonly tenant?: string;
  readonly authorizationStdin?: true;
};

const MARKS = { passed: '+', refused: '-', failed: '-', open: '?' } as const;

async function ask(method: string, path: string, options: ExplainOptions, context: CommandContext): Promise<void> {
  const { as, tenant, authorizationStdin, data, json } = options;
  if (as !== undefined && authorizationStdin)
    throw new OperatorError('INVALID_INPUT', '--as and --authorization-stdin exclude each other');
  const sent = authorizationStdin ? await headersFromStdin(context.input) : {};
  const question: ExplainInput = {
    method,
    path,
    ...sent,
    ...(as === undefined ? {} : { as }),
    ...(tenant === undefined ? {} : { tenantId: tenant }),
  };
  const explanation = await (await context.controlClient(data)).callUseCase('explain', question);
  context.out(json ? `${JSON.stringify(explanation)}\n` : inWords(explanation));
}

function inWords({ outcome, code, steps, fix }: Explanation): string {
  const lines = steps.map(({ step, result, says }) => `${MARKS[result]} ${step}: ${toPlainText(says)}`);
  const end = code === null ? `It would be ${ENDS[outcome]}.` : `It would be ${ENDS[outcome]}: ${code}.`;
  const what = fix === null ? [] : fix.split('\n').map((line) => `  ${toPlainText(line)}`);
  return `${[...lines, end, ...what].join('\n')}\n`;
}

const ENDS = {
  allowed: 'let through',
  refused: 'refused',
  failed: 'let through to where nothing is',
  depends: 'let through or refused, as its body says',
} as const;

const HELP = `
With --authorization-stdin the value of the Authorization header is read from standard input. Lines of the form
"Name: value" are read as headers: Cookie, Origin, X-CSRF-TOKEN, Host.

Examples:
  stagedoor explain GET /v2/process-instances/2251799813685249 --as user:alice
  printf 'Bearer %s' "$TOKEN" | stagedoor explain POST /v2/users --authorization-stdin`;

/** `explain METHOD PATH`. */
export function addExplainCommand(program: Command, context: CommandContext): void {
  withRecordOptions(program.command('explain').description('say why a request is refused, or what it may see'))
    .argument('<method>', 'GET, POST and so on')
    .argument('<path>', 'the path, or a whole URL')
    .option('--authorization-stdin', 'read the Authorization header from standard input')
    .option('--as <principal>', 'user:NAME or client:ID, in place of credentials')
    .option('--tenant <id>', 'the tenant that the body would name')
    .addHelpText('after', HELP)
    .action((method: string, path: string, options: ExplainOptions) => ask(method, path, options, context));
}
