import { BpmnModdle, type ModdleElement } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import { type Reading, readable, unreadable } from './reading.ts';

const moddle = new BpmnModdle({ zeebe });

/** Longer texts of the parser quote the document. */
const MAX_PROBLEM_LENGTH = 300;

/**
 * Parses BPMN with Camunda's extensions. Elements that neither knows, text where none belongs and double ids are problems,
 * since dropping them would run another process than the one that was drawn. References that lead nowhere are not: the reader
 * of the process looks at those that matter.
 */
export async function readBpmn(xml: string): Promise<Reading<ModdleElement>> {
  try {
    const { rootElement, warnings } = await moddle.fromXML(xml, 'bpmn:Definitions', { lax: false });
    const lost = warnings.find((warning) => warning.element === undefined);
    return lost ? unreadable([inOneLine(lost.message)]) : readable(rootElement);
  } catch (error) {
    return unreadable([inOneLine(error instanceof Error ? error.message : 'cannot be read')]);
  }
}

/** The parser counts lines and columns from 0 and puts each on a line of its own. */
function inOneLine(message: string): string {
  const counted = message.replace(
    /\b(line|column): (\d+)/g,
    (_, what: string, at: string) => `${what} ${Number(at) + 1}`,
  );
  const line = counted.replace(/\s*\n\s*/g, ', ');
  return line.length > MAX_PROBLEM_LENGTH ? `${line.slice(0, MAX_PROBLEM_LENGTH)}…` : line;
}
