import type { Comparison, PageRequest, RecordSearch, SortValue } from '@stagedoor/cluster';
import { Failure } from '../../failure.ts';
import { readPeriod } from './date-time.ts';

type FieldType = 'number' | 'text' | 'date' | 'boolean';

/** The fields of an entity that may be filtered and sorted by; aliases are other names of a field in filters. */
export type Entity<Item> = {
  readonly fields: { readonly [F in keyof Item & string]?: FieldType };
  readonly aliases: Readonly<Record<string, keyof Item & string>>;
};

const DEFAULT_SIZE = 10;
const MAX_SIZE = 1000;

/** Reads the query of an Operate v1 search (facts, section 7.1). Unknown members are ignored, as recorded. */
export function readSearch<Item>(
  entity: Entity<Item>,
  body: unknown,
  seen: Pick<RecordSearch<string>, 'visible' | 'tenants'>,
): RecordSearch<keyof Item & string> {
  const query = isObject(body) ? body : refuseBody();
  const sort = readSort(entity, query.sort);
  const where = readFilter(entity, query.filter);
  const limit = readSize(query.size);
  const values = readAfter(entity, query.searchAfter, sort);
  const page: PageRequest = values === null ? { kind: 'offset', from: 0, limit } : { kind: 'after', values, limit };
  // Every field in it was looked up in `entity.fields`, whose names are the item's own.
  return { where, sort, page, ...seen } as unknown as RecordSearch<keyof Item & string>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseBody(): never {
  throw new Failure('malformed', 'JSON parse error: the body should be an object');
}

function readSize(size: unknown): number {
  if (size === undefined || size === null) return DEFAULT_SIZE;
  if (typeof size !== 'number' || !Number.isInteger(size))
    throw new Failure('malformed', 'JSON parse error: size should be a whole number');
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw new Failure('invalid-argument', 'size should be greater than zero and equal or less than 1000');
}

type SortEntry = { readonly field: string; readonly order: 'ASC' | 'DESC' };

function readSort<Item>(entity: Entity<Item>, sort: unknown): SortEntry[] {
  if (sort === undefined || sort === null) return [];
  if (!Array.isArray(sort)) throw new Failure('malformed', 'JSON parse error: sort should be a list');
  const entries = sort.map((entry: unknown) => readSortEntry(entry));
  const invalid = entries.map(({ field }) => field).filter((field) => !Object.hasOwn(entity.fields, field));
  if (invalid.length > 0)
    throw new Failure('data-invalid', `Sort has invalid field(s): ${invalid.map(printable).join(', ')}`);
  return entries;
}

function readSortEntry(entry: unknown): SortEntry {
  const { field, order = 'ASC' } = isObject(entry) ? entry : {};
  if (typeof field !== 'string') {
    throw new Failure('data-invalid', `No 'field' given in sort. Example: "sort": [{"field":"name","order": "ASC"}] `);
  }
  if (order !== 'ASC' && order !== 'DESC')
    throw new Failure('malformed', 'JSON parse error: order should be ASC or DESC');
  return { field, order };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

type Condition = { readonly field: string; readonly comparisons: readonly Comparison[] };

function readFilter<Item>(entity: Entity<Item>, filter: unknown): readonly Condition[] {
  if (filter === undefined || filter === null) return [];
  if (!isObject(filter)) throw new Failure('malformed', 'JSON parse error: filter should be an object');
  return Object.entries(filter).flatMap(([name, value]) => {
    const field = Object.hasOwn(entity.aliases, name) ? entity.aliases[name] : name;
    if (field === undefined || value === null || !Object.hasOwn(entity.fields, field)) return [];
    const type = entity.fields[field as keyof Item & string] ?? 'text';
    return [{ field, comparisons: readCondition(field, type, value) }];
  });
}

function readCondition(field: string, type: FieldType, value: unknown): readonly Comparison[] {
  if (type === 'date') {
    const period = typeof value === 'string' ? readPeriod(value) : null;
    if (period === null)
      throw new Failure('malformed', `JSON parse error: ${field} should be a date like 2026-01-31T08:00:00.000+0000`);
    return [
      { op: 'gte', value: period.from },
      { op: 'lt', value: period.until },
    ];
  }
  const converted = convert(type, value);
  if (converted === null) throw new Failure('malformed', `JSON parse error: ${field} should be a ${type}`);
  return [{ op: 'eq', value: converted }];
}

/** Keys are numbers here; texts of digits are taken too, since older clients send them (recorded: accepted). */
function convert(type: FieldType, value: unknown): SortValue {
  if (type === 'number' || type === 'date') {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : null;
  }
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value : null;
}

function readAfter<Item>(
  entity: Entity<Item>,
  after: unknown,
  sort: readonly SortEntry[],
): readonly SortValue[] | null {
  if (after === undefined || after === null) return null;
  if (!Array.isArray(after)) throw new Failure('malformed', 'JSON parse error: searchAfter should be a list');
  if (after.length === 0) throw new Failure('data-invalid', 'searchAfter should have a least 1 value');
  if (after.length !== sort.length + 1)
    throw new Failure('data-invalid', `searchAfter should have a ${sort.length + 1} values`);
  return after.map((value: unknown, index) => {
    const field = sort[index]?.field ?? 'key';
    const type = entity.fields[field as keyof Item & string] ?? 'text';
    const converted = value === null ? null : convert(type, value);
    if (value !== null && converted === null)
      throw new Failure('data-invalid', `searchAfter has a value for ${field} that is no ${type}`);
    return converted;
  });
}
