import { createHash } from 'node:crypto';
import type { Resource } from '@stagedoor/cluster';
import { checkXml } from './check-xml.ts';
import { elementsIn } from './moddle-element.ts';
import { encodeProcessModel } from './process-model.ts';
import { readBpmn } from './read-bpmn.ts';
import { readProcess } from './read-process.ts';
import { type Reading, readable, unreadable } from './reading.ts';

/** A process that can be stored: its model as text. */
type ExecutableProcess = {
  readonly bpmnProcessId: string;
  readonly name: string | null;
  readonly versionTag: string | null;
  readonly model: string;
};

export type ReadResource = {
  readonly name: string;
  /** SHA-256 of the bytes, in hex: what tells an identical resource. */
  readonly checksum: string;
  readonly xml: string;
  readonly processes: readonly ExecutableProcess[];
};

/** Of one resource. */
const MAX_PROCESSES = 100;

/** Of one resource: whoever corrects these sees the next. */
const MAX_PROBLEMS = 20;

const BPMN_FILE_NAME = /\.bpmn(?:20\.xml)?$/i;

/** Reads one BPMN file: UTF-8 XML with at least one executable process, all of whose elements this engine executes. */
export async function readResource({ name, content }: Resource): Promise<Reading<ReadResource>> {
  if (!BPMN_FILE_NAME.test(name)) return unreadable(['only BPMN files (.bpmn) can be deployed here']);
  const xml = decodeUtf8(content);
  if (xml === null) return unreadable(['is not UTF-8 text']);
  const problem = checkXml(xml);
  if (problem !== null) return unreadable([problem]);
  const bpmn = await readBpmn(xml);
  if (!bpmn.ok) return bpmn;
  const processes = elementsIn(bpmn.value.rootElements).filter(
    (element) => element.$type === 'bpmn:Process' && element.isExecutable === true,
  );
  if (processes.length > MAX_PROCESSES) return unreadable([`has more than ${MAX_PROCESSES} executable processes`]);
  if (processes.length === 0) return unreadable(['must have a process with isExecutable="true"']);
  const readings = processes.map(readProcess);
  const problems = readings.flatMap((reading) => (reading.ok ? [] : reading.problems));
  if (problems.length > 0) return unreadable(inBrief(problems));
  const executable = readings.flatMap((reading) => (reading.ok ? [reading.value] : []));
  return readable({
    name,
    checksum: createHash('sha256').update(content).digest('hex'),
    xml,
    processes: executable.map((process) => ({ ...process, model: encodeProcessModel(process.model) })),
  });
}

function inBrief(problems: readonly string[]): readonly string[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [...problems.slice(0, MAX_PROBLEMS), `and ${problems.length - MAX_PROBLEMS} more`];
}

function decodeUtf8(content: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return null;
  }
}
