import { Failure } from '../../failure.ts';

/** A key as it stands in a path, without leading zeros. What is no key at all is 400, in Camunda's words (facts, section 2.2). */
export function readPathKey(name: string, text: string): string {
  const key = /^(-?)0*(\d{1,19})$/.exec(text);
  if (key !== null) return `${key[1]}${key[2]}`;
  const shown = /^[\w.~@+-]{1,100}$/.test(text) ? text : '?';
  throw new Failure(
    'invalid-argument',
    `The provided ${name} '${shown}' is not a valid key. Expected a numeric value. Did you pass an entity id instead of an entity key?`,
  );
}
