import type { ErrorObject, ValidateFunction } from 'ajv';
import { Failure } from '../failure.ts';
import type { ObjectSchema, Schema } from '../schema.ts';

const compiled = new WeakMap<Schema, ValidateFunction>();

/** Loaded and compiled at the first use: a program that nobody sends a body starts without it. */
async function validatorOf(schema: Schema): Promise<ValidateFunction> {
  const known = compiled.get(schema);
  if (known) return known;
  const { Ajv } = await import('ajv');
  const validator = new Ajv({ strict: true, allErrors: false, validateFormats: false, verbose: true }).compile(schema);
  compiled.set(schema, validator);
  return validator;
}

/**
 * Checks a decoded body. The failure names the first member that does not fit; of its value it says nothing, but for a word
 * that is none of a closed set, as the original does (facts, section 2.2).
 */
export async function checkBody(schema: Schema, value: unknown): Promise<void> {
  const validate = await validatorOf(schema);
  if (validate(value)) return;
  const error = innermost(validate.errors ?? []);
  const missing = error === undefined ? [] : missingMembers(error);
  if (missing.length > 0)
    throw new Failure('invalid-argument', missing.map((name) => `No ${name} provided.`).join(' '));
  throw new Failure('malformed', describe(error));
}

/** Checks the parameters of a path or a query. They are texts, so that their names are all there is to check. */
export function checkNames(schema: ObjectSchema, values: unknown, part: 'path' | 'query'): void {
  const known = schema.properties ?? {};
  for (const name in values as object) {
    if (Object.hasOwn(known as object, name)) continue;
    throw new Failure('malformed', `The parameter ${JSON.stringify(printable(name))} of the ${part} is not known here`);
  }
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'Failed to read request';
  const { instancePath, params } = error;
  if (error.keyword === 'enum' && typeof error.data === 'string') return unexpected(error, error.data);
  const place = instancePath.split('/').filter(Boolean).join('.');
  const unknown = 'additionalProperty' in params ? String(params.additionalProperty) : null;
  const missing = 'missingProperty' in params ? String(params.missingProperty) : null;
  const name = printable([place, unknown ?? missing].filter(Boolean).join('.'));
  if (name === '') return 'Failed to read request';
  if (missing !== null) return `Request property [${name}] is required`;
  if (unknown !== null) return `Request property [${name}] cannot be parsed: it is not known here`;
  return `Request property [${name}] cannot be parsed: it ${error.message ?? 'does not fit'}`;
}

/** A value that may have several forms fails in each of them: what is wrong deepest inside is what the caller wrote wrong. */
function innermost(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const depth = ({ instancePath, params }: ErrorObject) =>
    instancePath.split('/').length + ('additionalProperty' in params ? 1 : 0);
  return errors.reduce<ErrorObject | undefined>(
    (deepest, error) => (deepest === undefined || depth(error) > depth(deepest) ? error : deepest),
    undefined,
  );
}

/** Every member of the body itself that has to be there and is not. */
function missingMembers({ keyword, instancePath, parentSchema, data }: ErrorObject): readonly string[] {
  const required: unknown = parentSchema?.required;
  if (keyword !== 'required' || instancePath !== '' || !Array.isArray(required)) return [];
  return required.filter((name) => typeof name === 'string' && !Object.hasOwn(Object(data), name));
}

function unexpected({ instancePath, params }: ErrorObject, value: string): string {
  const name = instancePath.split('/').findLast((part) => /^[a-z]/i.test(part)) ?? '';
  const allowed: unknown = params.allowedValues;
  const values = Array.isArray(allowed) ? allowed.map(String).sort().join(', ') : '';
  return `Unexpected value '${printable(value)}' for enum field '${printable(name)}'. Use any of the following values: [${values}]`;
}

/** A name that somebody else chose goes into an answer shortened and without control characters. */
function printable(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 100);
}
