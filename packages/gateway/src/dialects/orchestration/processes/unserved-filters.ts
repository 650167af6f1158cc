import { Failure } from '../../../failure.ts';
import { anything, type Schema } from '../../../schema.ts';
import { membersOf } from '../search/read-filter.ts';

/** The schema of filters that 8.10 has and this cluster keeps no data for. */
export function unservedFilters(names: readonly string[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(names.map((name) => [name, anything]));
}

/** A filter that cannot be kept is refused: without it the search would show what was not asked for. */
export function refuseUnservedFilters(body: unknown, names: readonly string[], inAlternatives = names): void {
  const filter = membersOf(membersOf(body).filter);
  for (const name of names) {
    if (filter[name] !== undefined) throw unserved(name);
  }
  const { $or } = filter;
  for (const other of Array.isArray($or) ? $or : []) {
    const name = inAlternatives.find((one) => membersOf(other)[one] !== undefined);
    if (name !== undefined) throw unserved(`$or.${name}`);
  }
}

function unserved(name: string): Failure {
  return new Failure('invalid-argument', `This cluster does not serve the filter ${name} yet: leave it out.`);
}
