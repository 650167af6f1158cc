import type { Resource } from '@stagedoor/cluster';
import { type ReadResource, readResource } from './read-resource.ts';
import { type Reading, readable, unreadable } from './reading.ts';

/** Reads all resources of a deployment, or says everything that is wrong with any of them, each problem with its resource's name. */
export async function readResources(resources: readonly Resource[]): Promise<Reading<readonly ReadResource[]>> {
  const read: ReadResource[] = [];
  let problems: readonly string[] = [];
  for (const resource of resources) {
    const reading = await readResource(resource);
    if (reading.ok) read.push(reading.value);
    else problems = [...problems, ...reading.problems.map((problem) => `'${resource.name}': ${problem}`)];
  }
  problems = [...problems, ...doubleProcessIds(read)];
  return problems.length > 0 ? unreadable(problems) : readable(read);
}

function doubleProcessIds(resources: readonly ReadResource[]): readonly string[] {
  const definedIn = new Map<string, string>();
  const problems: string[] = [];
  for (const { name, processes } of resources) {
    for (const { bpmnProcessId } of processes) {
      const other = definedIn.get(bpmnProcessId);
      if (other !== undefined) problems.push(`'${name}': process '${bpmnProcessId}' is in '${other}' too`);
      else definedIn.set(bpmnProcessId, name);
    }
  }
  return problems;
}
