import { type Given, gather, highest, winner } from './given.ts';
import { listEntries } from './list-entries.ts';
import { sentence } from './problems.ts';
import { isSaid, joinKey, type Origin, type Path, type Property, rankOf, relaxed } from './property.ts';
import { isScalarType, readScalar, type Shown, showScalar, standIn } from './read-scalar.ts';
import type { Reports } from './reports.ts';
import { locate, schemaOf } from './schema.ts';
import { type Settings, TABLE } from './table/index.ts';
import { reportUnknown } from './unknown-key.ts';
import {
  type Field,
  type ListType,
  type MapType,
  type RecordType,
  record,
  type ScalarType,
  type ValueType,
} from './value-type.ts';

/** One line of `stagedoor config`. */
export type Entry = {
  readonly key: string;
  readonly shown: Shown;
  readonly origin: Origin;
  readonly meaning: Field['meaning'];
};

export type Bound = {
  readonly settings: Settings;
  readonly entries: readonly Entry[];
  /** Where a key has its value from: single values, list entries, map entries, and the lists and maps above them. */
  originOf(key: string): Origin;
};

type Place<T extends ValueType = ValueType> = {
  readonly type: T;
  readonly key: string;
  readonly given: readonly Given[];
  readonly fallback: string | undefined;
  readonly required: boolean;
  /** Where the record around it was written, for what is missing from it; null for the table itself. */
  readonly around: Origin | null;
};

const DEFAULT: Origin = { kind: 'default' };

/** Puts the properties of all sources onto the table: one value per key, its origin, and everything that does not fit. */
export function bindSettings(properties: readonly Property[], reports: Reports): Bound {
  const binding = new Binding(reports);
  const given = properties.map(({ path, text, origin }) => ({ rest: path, text, origin }));
  // The type is derived from the table that the binding has just walked.
  const settings = binding.record({
    type: record(TABLE),
    key: '',
    given,
    fallback: undefined,
    required: true,
    around: null,
  }) as Settings;
  return { settings, entries: binding.entries, originOf: (key) => binding.origins.get(key) ?? DEFAULT };
}

class Binding {
  readonly entries: Entry[] = [];
  readonly origins = new Map<string, Origin>();
  readonly #reports: Reports;

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  record({ type, key, given, around }: Place<RecordType>): Record<string, unknown> {
    const tree = schemaOf(type.fields);
    const byField = new Map<string, Given[]>();
    for (const one of given) {
      const located = locate(tree, one.rest);
      if (located.kind === 'field') gather(byField, located.named.name, { ...one, rest: located.rest });
      else if (located.kind === 'unknown') this.#reportUnknown(key, type, { ...one, rest: located.path });
      else if (one.text !== null) this.#reportUnknown(key, type, one);
    }
    const fields = Object.entries(type.fields).map(([name, field]) => {
      const below = { type: field.type, key: key === '' ? name : `${key}.${name}`, given: byField.get(name) ?? [] };
      return [
        name,
        this.#field(field, { ...below, fallback: field.default, required: field.required === true, around }),
      ] as const;
    });
    return Object.fromEntries(fields);
  }

  #field(field: Field, place: Place): unknown {
    if (field.meaning === 'used') return this.#value(place);
    const { given, key } = place;
    const [first] = given.filter((one) => one.text !== null && isSaid(one.origin));
    if (first) {
      this.#reports.notes.add(sentence(key, first.origin, `means nothing here. ${field.documentation}`));
      this.entries.push({ key, shown: null, origin: first.origin, meaning: 'noted' });
    }
    return undefined;
  }

  #value(place: Place): unknown {
    const { type } = place;
    if (isScalarType(type)) return this.#scalar({ ...place, type });
    if (type.kind === 'list') return this.#list({ ...place, type });
    if (type.kind === 'map') return this.#map({ ...place, type });
    return type.kind === 'record' ? this.record({ ...place, type }) : undefined;
  }

  #scalar(place: Place<ScalarType>): unknown {
    const { type, key, around, fallback } = place;
    const given = winner(key, place.given, this.#reports.problems);
    const text = given?.text ?? fallback;
    if (text === undefined) {
      if (place.required) this.#reports.problems.add(key, around, 'is missing: give it a value');
      else if (around === null) this.entries.push({ key, shown: null, origin: DEFAULT, meaning: 'used' });
      return place.required ? standIn(type) : undefined;
    }
    const origin = given?.origin ?? DEFAULT;
    const value = this.#read(type, { key, text, origin });
    if (given || around === null) this.#enter(key, showScalar(type, value), origin);
    return value;
  }

  #read(type: ScalarType, { key, text, origin }: { key: string; text: string; origin: Origin }): unknown {
    const read =
      text === '' && isSaid(origin)
        ? { ok: false as const, rule: 'is empty: give it a value, or leave it out' }
        : readScalar(type, text);
    if (read.ok) return read.value;
    this.#reports.problems.add(key, origin, read.rule);
    return standIn(type);
  }

  /** A list comes from one source as a whole, as in Spring: the highest one that says anything of it. */
  #list(place: Place<ListType>): unknown[] {
    const { key, type, around } = place;
    const given = highest(place.given);
    const [first] = given;
    if (!first) {
      if (around === null) this.entries.push({ key, shown: [], origin: DEFAULT, meaning: 'used' });
      return [];
    }
    const elements = listEntries({ key, type }, given, this.#reports.problems);
    this.origins.set(key, first.origin);
    const { of } = type;
    const values = elements.map((element, index) => {
      const below = {
        key: `${key}[${index}]`,
        given: element,
        fallback: undefined,
        required: true,
        around: element[0]?.origin ?? first.origin,
      };
      this.origins.set(below.key, below.around);
      return isScalarType(of) ? this.#element({ ...below, type: of }) : this.#value({ ...below, type: of });
    });
    const scalars = isScalarType(of) ? of : null;
    if (scalars)
      this.entries.push({
        key,
        shown: values.map((value) => showScalar(scalars, value)),
        origin: first.origin,
        meaning: 'used',
      });
    else if (values.length === 0) this.entries.push({ key, shown: [], origin: first.origin, meaning: 'used' });
    return values;
  }

  #element(place: Place<ScalarType>): unknown {
    const given = winner(place.key, place.given, this.#reports.problems);
    return given
      ? this.#read(place.type, { key: place.key, text: given.text, origin: given.origin })
      : standIn(place.type);
  }

  /** The entries of a map come together from all sources; their keys are compared like all names. */
  #map(place: Place<MapType>): Map<string, unknown> {
    const { key, type, around } = place;
    const names = new Map(type.names.map((name) => [relaxed(name), name]));
    const byName = new Map<string, Given[]>();
    for (const one of [...place.given].sort((a, b) => rankOf(a.origin) - rankOf(b.origin))) {
      const [name, rest] = entryOf(type, one.rest);
      if (name === '') {
        if (one.text !== null)
          this.#reports.problems.add(key, one.origin, `is a mapping: write its entries as ${key}.<${type.keyName}>`);
        continue;
      }
      const known = names.get(relaxed(name)) ?? name;
      names.set(relaxed(name), known);
      gather(byName, known, { ...one, rest });
    }
    if (byName.size === 0 && around === null) this.entries.push({ key, shown: [], origin: DEFAULT, meaning: 'used' });
    const entries = [...byName].map(([name, given]) => {
      const origin = given[0]?.origin ?? DEFAULT;
      const below = {
        type: type.of,
        key: joinKey(key, [name]),
        given,
        fallback: undefined,
        required: false,
        around: origin,
      };
      this.origins.set(below.key, origin);
      return [name, this.#value(below)] as const;
    });
    return new Map(entries);
  }

  #reportUnknown(below: string, { fields }: RecordType, { rest, origin }: Given): void {
    reportUnknown({ below, fields, path: rest, origin }, this.#reports);
  }

  #enter(key: string, shown: Shown, origin: Origin): void {
    this.origins.set(key, origin);
    this.entries.push({ key, shown, origin, meaning: 'used' });
  }
}

/** Keys of a map of plain values may hold dots (`https://example.com/org`): they take every name up to the first index. */
function entryOf(type: MapType, path: Path): [string, Path] {
  const of = type.of.kind === 'list' ? type.of.of : type.of;
  if (!isScalarType(of)) return [String(path[0] ?? ''), path.slice(1)];
  const end = path.findIndex((segment) => typeof segment === 'number');
  const names = end < 0 ? path : path.slice(0, end);
  return [names.join('.'), end < 0 ? [] : path.slice(end)];
}
