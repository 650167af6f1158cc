import type { ErrorObject, ValidateFunction } from 'ajv';
import { Failure } from '../failure.ts';
import type { ObjectSchema, Schema } from '../schema.ts';

const compiled = new WeakMap<Schema, ValidateFunction>();

/** Loaded and compiled at the first use: a program that nobody sends a body starts without it. */
async function validatorOf(schema: Schema): Promise<ValidateFunction> {
  const known = compiled.get(schema);
  if (known) return known;
  const { Ajv } = await import('ajv');
  const validator = new Ajv({ strict: true, allErrors: false, validateFormats: false }).compile(schema);
  compiled.set(schema, validator);
  return validator;
}

/** Checks a decoded body; the failure names the first member that does not fit, and never its value. */
export async function checkBody(schema: Schema, value: unknown): Promise<void> {
  const validate = await validatorOf(schema);
  if (!validate(value)) throw new Failure('malformed', describe(validate.errors?.[0]));
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
  const place = instancePath.split('/').filter(Boolean).join('.');
  const unknown = 'additionalProperty' in params ? String(params.additionalProperty) : null;
  const missing = 'missingProperty' in params ? String(params.missingProperty) : null;
  const name = printable([place, unknown ?? missing].filter(Boolean).join('.'));
  if (name === '') return 'Failed to read request';
  if (missing !== null) return `Request property [${name}] is required`;
  if (unknown !== null) return `Request property [${name}] cannot be parsed: it is not known here`;
  return `Request property [${name}] cannot be parsed: it ${error.message ?? 'does not fit'}`;
}

/** A name that somebody else chose goes into an answer shortened and without control characters. */
function printable(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 100);
}
