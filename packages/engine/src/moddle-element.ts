import type { ModdleElement } from 'bpmn-moddle';

/** One element of a document, or null where there is none or something else stands. */
export function elementIn(value: unknown): ModdleElement | null {
  return isElement(value) ? value : null;
}

/** The elements of a collection; empty where there is none. */
export function elementsIn(value: unknown): readonly ModdleElement[] {
  return Array.isArray(value) ? value.filter(isElement) : [];
}

/** What Camunda adds to an element (`zeebe:…`); extensions of others mean nothing here. */
export function zeebeExtensions(element: ModdleElement): readonly ModdleElement[] {
  const values = elementsIn(elementIn(element.extensionElements)?.values);
  return values.filter((value) => value.$type.startsWith('zeebe:'));
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The element's tag, as the document has it but for the prefix: `bpmn:ServiceTask` is `serviceTask`, `zeebe:IoMapping` is `zeebe:ioMapping`. */
export function tagOf(element: ModdleElement): string {
  const [prefix, name = ''] = element.$type.split(':');
  const tag = name.charAt(0).toLowerCase() + name.slice(1);
  return prefix === 'bpmn' ? tag : `${prefix}:${tag}`;
}

/** How a problem names an element. */
export function named(element: ModdleElement): string {
  return `${tagOf(element)} '${textIn(element.id) ?? ''}'`;
}

function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value && typeof value.$type === 'string';
}
