import { reasonOf } from '../answering/boot-error.ts';
import type { Dialect } from '../dialect.ts';
import type { AuthenticationMethod } from '../door.ts';
import type { Operation } from '../operation.ts';
import { type ObjectSchema, type Schema, text } from '../schema.ts';
import { ERROR_SCHEMAS, errorContent } from './error-bodies.ts';
import { isError, possibleErrors } from './possible-errors.ts';
import { isGuarded, securitySchemes } from './security.ts';

export type Title = { readonly title: string; readonly version: string };

const MEDIA_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
} as const;

/** Keys are whole numbers of 64 bits, whatever they belong to. */
const KEY = { ...text, pattern: '^-?[0-9]{1,19}$' } as const;

/**
 * The OpenAPI 3.1 document of a dialect, made of the rows that are served. Its schemas are the rows' own, which bodies of
 * requests are checked by; answers are not checked against theirs at run time, but by the conformance tests.
 */
export function documentOf(
  method: AuthenticationMethod,
  dialect: Dialect,
  { title, version }: Title,
  base: string,
): object {
  const served = dialect.operations.filter((operation) => operation.served);
  const paths = Object.entries(Object.groupBy(served, ({ path }) => path)).map(([path, operations = []]) => [
    path,
    Object.fromEntries(operations.map((one) => [one.method.toLowerCase(), describe(method, dialect, one)])),
  ]);
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: base === '' ? '/' : base }],
    paths: Object.fromEntries(paths),
    components: { schemas: ERROR_SCHEMAS, securitySchemes: securitySchemes(method, dialect) },
  };
}

function describe(method: AuthenticationMethod, dialect: Dialect, operation: Operation): object {
  const schemes = isGuarded(method, dialect, operation) ? Object.keys(securitySchemes(method, dialect)) : [];
  const errors = possibleErrors(method, dialect, operation);
  return {
    operationId: operation.id,
    summary: operation.summary,
    security: schemes.map((scheme) => ({ [scheme]: [] })),
    parameters: [...pathParameters(operation), ...queryParameters(operation.query)],
    ...(operation.body.kind === 'none' ? {} : { requestBody: requestBody(operation.body) }),
    responses: {
      ...Object.fromEntries(successes(operation)),
      ...Object.fromEntries(
        errors.map((status) => [status, { description: reasonOf(status), content: errorContent(dialect, status) }]),
      ),
    },
  };
}

function pathParameters({ path, params }: Operation): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: parameterSchema(name, members(params)[name]),
  }));
}

function parameterSchema(name: string, declared: Schema | undefined): Schema {
  if (declared !== undefined && declared !== text) return declared;
  return /^key$|Key$/.test(name) ? KEY : { ...text, minLength: 1 };
}

function queryParameters(query: ObjectSchema | undefined): readonly object[] {
  const required = (query?.required ?? []) as readonly string[];
  return Object.entries(members(query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function members(schema: ObjectSchema | undefined): Readonly<Record<string, Schema>> {
  return (schema?.properties ?? {}) as Readonly<Record<string, Schema>>;
}

function requestBody({ kind, schema, optional = false }: Operation['body']): object {
  if (kind === 'none') return {};
  return { required: !optional, content: { [MEDIA_TYPES[kind]]: { schema: schema ?? { type: 'object' } } } };
}

function successes({ responses }: Operation): readonly (readonly [string, object])[] {
  return Object.entries(responses)
    .filter(([status]) => !isError(Number(status)))
    .map(([status, schema]) => [status, { description: status === '204' ? 'Done' : 'OK', ...bodyOf(schema) }] as const);
}

function bodyOf(schema: Schema | null): object {
  if (schema === null) return {};
  const { contentMediaType = 'application/json' } = schema;
  return { content: { [String(contentMediaType)]: { schema } } };
}
