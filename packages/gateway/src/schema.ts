/**
 * Schemas are JSON Schema, as data: the documents are made of them, and the validator compiles them at the first use
 * (docs/decisions/0003-schemas-as-data.md). These few words are what the dialects' rows need.
 */
export type Schema = { readonly [keyword: string]: unknown };
export type ObjectSchema = Schema & { readonly type: 'object' };

/** The TypeScript type of what a schema lets through. */
export type TypeOf<S> = S extends { type: 'string' }
  ? string
  : S extends { type: 'integer' }
    ? number
    : S extends { type: 'boolean' }
      ? boolean
      : S extends { type: 'null' }
        ? null
        : S extends { enum: readonly (infer V)[] }
          ? V
          : S extends { anyOf: readonly (infer O)[] }
            ? TypeOf<O>
            : S extends { type: 'array'; items: infer I }
              ? TypeOf<I>[]
              : S extends { type: 'object'; properties: infer M; required: readonly (infer R)[] }
                ? TypeOfMembers<M, R>
                : S extends { type: 'object'; additionalProperties: infer V }
                  ? Record<string, TypeOf<V>>
                  : unknown;

type TypeOfMembers<M, R> = { readonly [K in keyof M & R]: TypeOf<M[K]> } & {
  readonly [K in Exclude<keyof M, R>]?: TypeOf<M[K]>;
};

export const text = { type: 'string' } as const;
export const integer = { type: 'integer' } as const;
export const flag = { type: 'boolean' } as const;
export const nothing = { type: 'null' } as const;
export const anything = {} as const;
/** A text that is no JSON: of an answer, whose media type the documents say. */
export const xml = { type: 'string', contentMediaType: 'text/xml' } as const;
export const nullableText = { anyOf: [text, nothing] } as const;

export function listOf<const S extends Schema>(items: S) {
  return { type: 'array', items } as const;
}

export function mapOf<const S extends Schema>(values: S) {
  return { type: 'object', additionalProperties: values } as const;
}

export function oneOf<const V extends string>(...values: readonly V[]) {
  return { enum: values } as const;
}

type Members = Readonly<Record<string, Schema>>;

/** An object with exactly these members, all of them there. */
export function object<const M extends Members>(members: M): ObjectOf<M, readonly (keyof M & string)[]> {
  return objectWith(members, Object.keys(members) as (keyof M & string)[]);
}

/** An object with exactly these members, of which only the named ones have to be there. */
export function objectWith<const M extends Members, const R extends readonly (keyof M & string)[]>(
  members: M,
  required: R,
): ObjectOf<M, R> {
  return { type: 'object', properties: members, required, additionalProperties: false };
}

type ObjectOf<M extends Members, R extends readonly (keyof M & string)[]> = {
  readonly type: 'object';
  readonly properties: M;
  readonly required: R;
  readonly additionalProperties: false;
};
