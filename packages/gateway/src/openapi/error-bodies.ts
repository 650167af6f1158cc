import { REFUSALS } from '@stagedoor/access';
import type { Dialect } from '../dialect.ts';
import { integer, oneOf, type Schema, text } from '../schema.ts';

const CODE = oneOf(...Object.keys(REFUSALS));

function open(members: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return { type: 'object', properties: members, required, additionalProperties: false };
}

/** The error bodies that there are. A refusal also has its stable code. */
export const ERROR_SCHEMAS = {
  Problem: open({ type: text, title: text, status: integer, detail: text, instance: text, code: CODE }, [
    'type',
    'title',
    'status',
    'detail',
    'instance',
  ]),
  OperateProblem: open({ status: integer, message: text, instance: text, type: text, code: CODE }, [
    'status',
    'message',
    'instance',
    'type',
  ]),
  OperateRefusal: open({ message: text, code: CODE }, ['message', 'code']),
  FrameworkError: open({ timestamp: text, status: integer, error: text, path: text, message: text, code: CODE }, [
    'timestamp',
    'status',
    'error',
    'path',
  ]),
} as const satisfies Record<string, Schema>;

type ErrorName = keyof typeof ERROR_SCHEMAS;
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** The bodies that an error of this status may have in a dialect, by media type. */
export function errorContent({ name }: Dialect, status: number): Content {
  // What no dialect saw: a name that is not ours.
  if (status === 421 || name !== 'operate') return { 'application/problem+json': content('Problem') };
  switch (status) {
    case 400:
      // A path that can be read in two ways is refused before anybody asks whose it is.
      return { 'application/problem+json': content('OperateProblem', 'Problem') };
    case 401:
      return { 'application/json': content('OperateRefusal') };
    case 403:
      return {
        'application/problem+json': content('OperateProblem'),
        'application/json': content('FrameworkError'),
      };
    case 406:
    case 415:
      return { 'application/json': content('FrameworkError') };
    default:
      return { 'application/problem+json': content('OperateProblem') };
  }
}

function content(...names: readonly [ErrorName, ...ErrorName[]]): { readonly schema: Schema } {
  const [first, ...others] = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  return { schema: others.length === 0 ? { ...first } : { anyOf: [first, ...others] } };
}
