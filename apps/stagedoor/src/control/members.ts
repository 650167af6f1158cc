import { isPlainText, toPlainText } from '../plain-text.ts';
import { InputRefused, UseCaseError } from '../use-cases.ts';

type TextRule = { readonly max: number; readonly pattern?: RegExp; readonly shape?: string };

export function refuse(member: string, problem: string): never {
  throw new InputRefused(member, problem);
}

/** Checks one text; the error names the member and never repeats what it held. */
function checkText(value: unknown, name: string, rule: TextRule): string {
  if (typeof value !== 'string') return refuse(name, 'has to be a text');
  if (value === '') return refuse(name, 'is empty');
  if (value.length > rule.max) return refuse(name, `is longer than ${rule.max} characters`);
  if (!isPlainText(value)) return refuse(name, 'has control characters: leave them out');
  if (rule.pattern && !rule.pattern.test(value)) return refuse(name, `has to be ${rule.shape ?? 'of another form'}`);
  return value;
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

/** The members of a JSON object that came from outside, read one by one into values of known type. */
export class Members {
  readonly #values: Readonly<Record<string, unknown>>;

  /** Refuses what is not an object, and members that nobody reads. Throws UseCaseError `INVALID_INPUT`, like all methods. */
  constructor(input: unknown, known: readonly string[]) {
    if (!isObject(input)) throw new UseCaseError('INVALID_INPUT', 'the input has to be a JSON object');
    const unknown = Object.keys(input).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const takes = known.length === 0 ? 'it takes none' : `known are ${known.join(', ')}`;
      refuse('the input', `has an unknown member ${toPlainText(unknown.slice(0, 64))}: ${takes}`);
    }
    this.#values = { ...input };
  }

  text(name: string, rule: TextRule): string {
    return checkText(this.#values[name], name, rule);
  }

  texts(name: string, rule: TextRule & { maxItems: number }): string[] {
    const value = this.#values[name];
    if (!Array.isArray(value) || value.length === 0) return refuse(name, 'has to be a list with at least one entry');
    if (value.length > rule.maxItems) return refuse(name, `has more than ${rule.maxItems} entries`);
    return value.map((item) => checkText(item, name, rule));
  }

  /** An object of texts by name. */
  textsByName(name: string, rule: TextRule & { maxItems: number }): Readonly<Record<string, string>> {
    const value = this.#values[name];
    if (!isObject(value)) return refuse(name, 'has to be an object');
    const entries = Object.entries(value);
    if (entries.length > rule.maxItems) return refuse(name, `has more than ${rule.maxItems} entries`);
    return Object.fromEntries(entries.map(([key, item]) => [key, checkText(item, name, rule)]));
  }

  /** An object of its own, with these members. */
  object(name: string, known: readonly string[]): Members {
    const value = this.#values[name];
    return isObject(value) ? new Members(value, known) : refuse(name, 'has to be an object');
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : refuse(name, 'has to be true or false');
  }

  whole(name: string, range: { min: number; max: number }): number {
    const value = this.#values[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max) return value;
    return refuse(name, `has to be a whole number from ${range.min} to ${range.max}`);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }
}
