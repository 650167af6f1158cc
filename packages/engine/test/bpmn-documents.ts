import type { Resource } from '@stagedoor/cluster';

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" ' +
  'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="http://test">';

export function document(...content: readonly string[]): string {
  return `${HEAD}${content.join('')}</bpmn:definitions>\n`;
}

/** An executable process; an attribute given here stands instead of the usual one. */
export function processOf(id: string, ...elements: readonly string[]): string {
  return `<bpmn:process id="${id}" isExecutable="true">${elements.join('')}</bpmn:process>`;
}

/** Flow nodes one after the other, from a start event `s` to an end event `e`. */
export function chain(...nodes: readonly { readonly id: string; readonly xml: string }[]): string {
  const all = [START, ...nodes, END];
  const flows = all.slice(1).map(({ id }, index) => flow(`f${index}`, all[index]?.id ?? '', id));
  return [...all.map(({ xml }) => xml), ...flows].join('');
}

export function flow(id: string, source: string, target: string): string {
  return `<bpmn:sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}"/>`;
}

export function node(tag: string, id: string, inside = ''): { readonly id: string; readonly xml: string } {
  return { id, xml: `<bpmn:${tag} id="${id}">${inside}</bpmn:${tag}>` };
}

export function extended(...extensions: readonly string[]): string {
  return `<bpmn:extensionElements>${extensions.join('')}</bpmn:extensionElements>`;
}

export const WORK = extended('<zeebe:taskDefinition type="work"/>');
export const START = node('startEvent', 's');
export const END = node('endEvent', 'e');

/** `startEvent`, one element, `endEvent`. */
export function around(id: string, element: { readonly id: string; readonly xml: string }): string {
  return document(processOf(id, chain(element)));
}

export const STRAIGHT = document(processOf('straight', chain()));
export const WAITING = around('waiting', node('serviceTask', 't', WORK));

export function resource(name: string, content: string | Uint8Array): Resource {
  return { name, content: typeof content === 'string' ? new TextEncoder().encode(content) : content };
}
