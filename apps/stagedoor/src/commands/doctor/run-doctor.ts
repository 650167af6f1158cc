import type { Api } from '@stagedoor/client';
import { toPlainText } from '../../plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { Ended, exitCodeFor } from '../exit-codes.ts';
import { askForAuthorizations, askForPrincipal, callEach } from './answers.ts';
import { lookAtClaims } from './claims.ts';
import { lookAtAddresses, lookAtCertificates, lookAtFiles, originsOf } from './connections.ts';
import { type Finding, findingOf, type Said, STEPS, type Step, Wrong } from './finding.ts';
import { askLocalPolicy } from './local-policy.ts';
import { admit } from './patient.ts';
import { discover, obtainTokens } from './tokens.ts';

type Asked = { readonly api?: readonly Api[]; readonly data: string; readonly json: boolean };

/** `stagedoor doctor`: the chain, up to the first thing that is wrong. */
export async function runDoctor(asked: Asked, context: CommandContext): Promise<void> {
  const { json } = asked;
  const findings: Finding[] = [];
  // At a terminal the step that is being looked at stands in the last line until it is over.
  const begin = (step: Step): void => {
    if (!json && context.colours) context.out(`  ${step} …`);
  };
  const tell = (finding: Finding): void => {
    findings.push(finding);
    if (!json) context.out(`${context.colours ? '\r\u001b[K' : ''}${inWords(finding, context.colours)}`);
  };
  const failed = await walk(context, asked, { begin, tell });
  if (json)
    context.out(`${JSON.stringify({ ok: failed === undefined, failed: failed?.step ?? null, steps: findings })}\n`);
  else if (failed === undefined) context.out('All is well.\n');
  if (failed !== undefined) throw new Ended(exitCodeFor(failed.passing ? 'API_UNAVAILABLE' : 'CALL_REFUSED'));
}

/** Each step is told as soon as it is over. What failed is answered; what stands behind it was not looked at. */
async function walk(
  context: CommandContext,
  { api: asked, data }: Asked,
  { begin, tell }: { readonly begin: (step: Step) => void; readonly tell: (finding: Finding) => void },
): Promise<Finding | undefined> {
  let step: Step = STEPS[0];
  const at = async <T extends Said>(next: Step, look: () => T | Promise<T>): Promise<T> => {
    step = next;
    begin(step);
    const said = await look();
    tell(findingOf(step, said));
    return said;
  };
  let close = async (): Promise<void> => undefined;
  try {
    const admitted = admit(context.environment, asked);
    const { patient } = admitted;
    close = () => patient.credentials.close();
    await at('names', () => admitted.said);
    const { material } = await at('files', () => lookAtFiles(patient));
    const origins = originsOf(patient);
    await at('addresses', () => lookAtAddresses(origins));
    await at('certificates', () => lookAtCertificates(origins, material));
    await at('discovery', () => discover(patient));
    const { obtained } = await at('token', () => obtainTokens(patient));
    await at('claims', async () => {
      const { unbound, ...seen } = lookAtClaims(patient, obtained, material);
      const { says } = await askLocalPolicy(patient, unbound, data, context);
      return { ...seen, says: [...seen.says, ...says] };
    });
    await at('principal', () => askForPrincipal(patient));
    await at('authorizations', () => askForAuthorizations(patient));
    await at('calls', () => callEach(patient));
    return undefined;
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const says = error.message.split('\n');
    const failed: Finding = { step, result: 'failed', says, fix: error.fix, passing: error.passing };
    tell(failed);
    return failed;
  } finally {
    await close();
  }
}

const MARKS = { passed: '+', noted: '!', failed: '-', skipped: '.' } as const;
const COLOURS = { passed: 32, noted: 33, failed: 31, skipped: 90 } as const;
const WIDTH = Math.max(...STEPS.map((step) => step.length));

function inWords({ step, result, says, fix }: Finding, colours: boolean): string {
  const mark = colours ? `\u001b[${COLOURS[result]}m${MARKS[result]}\u001b[0m` : MARKS[result];
  const [first = '', ...others] = says;
  const margin = ' '.repeat(WIDTH + 4);
  const lines = [
    `${mark} ${step.padEnd(WIDTH)}  ${toPlainText(first)}`,
    ...others.map((sentence) => `${margin}${toPlainText(sentence)}`),
    ...(fix ?? '').split('\n').flatMap((line) => (line === '' ? [] : [`${margin}> ${toPlainText(line)}`])),
  ];
  return `${lines.join('\n')}\n`;
}
