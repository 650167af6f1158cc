import { frontPage } from './front-page.ts';
import type { Program } from './program.ts';
import { shellQuote } from './shell-quote.ts';

/** Warnings and notes go to stderr, one line each, at every start. */
export function announceWarnings(warnings: readonly string[], notes: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
}

/** What was started, where, with which method, and one command to try; with `--json` one line for programs (contract, "Starting"). */
export function announceReady(program: Program, { json }: { readonly json: boolean }): void {
  const { rest, issuer, management, clusterId, data } = program;
  const { profile, method } = program.configuration;
  if (json) {
    if (program.setupCode !== null) process.stderr.write(`${setupSentence(program.setupCode)}\n`);
    process.stdout.write(
      `${JSON.stringify({ ready: true, rest, issuer, management, profile, method, clusterId, data, pid: process.pid })}\n`,
    );
    return;
  }
  const lines = [
    `Stagedoor ${program.version} is open: profile ${profile}, authentication ${method}`,
    '',
    `  REST APIs   ${rest}`,
    ...(issuer === null ? [] : [`  Issuer      ${issuer}`]),
    `  Management  ${management}/actuator/health`,
    `  Cluster     ${clusterId}`,
    `  Data        ${data}`,
    ...(program.setupCode === null ? [] : ['', setupSentence(program.setupCode)]),
    '',
    'Try:',
    ...frontPage(program, { data: shellQuote(data), pathOf: shellQuote }).commands.map(
      ({ command }) => `  ${command.replaceAll('\n', '\n  ')}`,
    ),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function setupSentence(code: string): string {
  return `No administrator has been set up. From another machine, POST /v2/setup/user takes the header Stagedoor-Setup-Code: ${code}`;
}
