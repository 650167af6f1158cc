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
  // A name that is not ours, and a path that can be read in two ways, are refused before anybody asks whose it is.
  const unrouted: Content = status === 400 || status === 421 ? { 'application/json': content('FrameworkError') } : {};
  if (status === 421) return unrouted;
  if (name !== 'operate') return { ...unrouted, 'application/problem+json': content('Problem') };
  switch (status) {
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
      return { ...unrouted, 'application/problem+json': content('OperateProblem') };
  }
}

function content(name: ErrorName): { readonly schema: Schema } {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}
