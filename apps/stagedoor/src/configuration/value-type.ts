import type { SecretText } from './secret-text.ts';

/** A rule for a text beyond being one: `rule` completes the sentence "this key …". */
export type TextRule = { readonly rule: string; readonly fits: (text: string) => boolean };

export type ScalarType =
  | { readonly kind: 'text'; readonly rule: TextRule | null }
  | { readonly kind: 'secret' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** Limits in milliseconds. */
  | { readonly kind: 'duration'; readonly min: number; readonly max: number }
  | ChoiceType
  | { readonly kind: 'url' };

export interface ChoiceType<V extends string = string> {
  readonly kind: 'choice';
  readonly values: readonly V[];
}
export interface ListType<E extends ValueType = ValueType> {
  readonly kind: 'list';
  readonly of: E;
}
export interface MapType<E extends ValueType = ValueType> {
  readonly kind: 'map';
  readonly of: E;
  /** Spellings that an environment variable cannot carry (`READONLYADMIN` is `readonly-admin`). */
  readonly names: readonly string[];
  /** What a key of the map is, for the documents. */
  readonly keyName: string;
}
export interface RecordType<F extends Fields = Fields> {
  readonly kind: 'record';
  readonly fields: F;
}
/** A whole subtree that is known and means nothing here. */
type AnythingType = { readonly kind: 'anything' };

export type ValueType = ScalarType | ListType | MapType | RecordType | AnythingType;

/**
 * One row of the table. `default` is written as a user would write it and read by the same parser. `noted` rows are keys of
 * Camunda that mean nothing here: they are named at the start, and their values are neither checked nor shown.
 */
export type Field = {
  readonly type: ValueType;
  readonly default?: string;
  readonly required?: true;
  readonly meaning: 'used' | 'noted';
  readonly documentation: string;
};
export interface Fields {
  readonly [name: string]: Field;
}

export const flag = { kind: 'flag' } as const;
export const secret = { kind: 'secret' } as const;
export const url = { kind: 'url' } as const;
export const anything = { kind: 'anything' } as const;

export function text(rule: TextRule | null = null) {
  return { kind: 'text', rule } as const;
}

export function integer(min: number, max: number) {
  return { kind: 'integer', min, max } as const;
}

export function duration(min: number, max: number) {
  return { kind: 'duration', min, max } as const;
}

export function choice<const V extends string>(values: readonly V[]): ChoiceType<V> {
  return { kind: 'choice', values };
}

export function listOf<const E extends ValueType>(of: E): ListType<E> {
  return { kind: 'list', of };
}

export function mapOf<const E extends ValueType>(of: E, keyName: string, names: readonly string[] = []): MapType<E> {
  return { kind: 'map', of, names, keyName };
}

export function record<const F extends Fields>(fields: F): RecordType<F> {
  return { kind: 'record', fields };
}

/** The rows of `fields` below a prefix: `prefixed('a.', { b })` is `{ 'a.b': … }`. */
export function prefixed<const P extends string, const F extends Fields>(prefix: P, fields: F): Prefixed<P, F> {
  const entries = Object.entries(fields).map(([name, field]) => [`${prefix}${name}`, field] as const);
  // The mapped type says of the keys what the line above does to them.
  return Object.fromEntries(entries) as Prefixed<P, F>;
}
export type Prefixed<P extends string, F extends Fields> = { readonly [K in keyof F & string as `${P}${K}`]: F[K] };

/** What a value of that type is once it is read. Durations are milliseconds. */
type ValueOf<T> = T extends { kind: 'text' | 'url' }
  ? string
  : T extends { kind: 'secret' }
    ? SecretText
    : T extends { kind: 'flag' }
      ? boolean
      : T extends { kind: 'integer' | 'duration' }
        ? number
        : T extends ChoiceType<infer V>
          ? V
          : T extends ListType<infer E>
            ? readonly ValueOf<E>[]
            : T extends MapType<infer E>
              ? ReadonlyMap<string, ValueOf<E>>
              : T extends RecordType<infer F>
                ? ValuesOf<F>
                : undefined;

/** A row without default may be absent; lists and maps are empty instead. */
export type ValuesOf<F> = { readonly [K in keyof F]: FieldValue<F[K]> };
type FieldValue<F> = F extends { readonly meaning: 'noted' }
  ? undefined
  : F extends { readonly type: infer T }
    ? F extends { readonly default: string } | { readonly required: true } | { readonly type: { kind: 'list' | 'map' } }
      ? ValueOf<T>
      : ValueOf<T> | undefined
    : never;
