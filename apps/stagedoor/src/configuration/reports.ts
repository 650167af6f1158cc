import type { Problems } from './problems.ts';

/** What reading the configuration has to say: refusals, warnings at every start, notes. */
export type Reports = { readonly problems: Problems; readonly warnings: Set<string>; readonly notes: Set<string> };
