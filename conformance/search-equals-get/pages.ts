import { type Ask, itemsOf } from './ask.ts';

/** A collection of v2: its items are at `path`/`key`, and its search at `path`/search. */
export type Collection = {
  readonly path: string;
  readonly key: string;
  readonly sorts: readonly string[];
  readonly limit?: number;
};

export type Pages = { readonly keys: readonly string[]; readonly totals: readonly number[] };

type Page = { readonly totalItems: number; readonly startCursor: string | null; readonly endCursor: string | null };

const LIMIT = 3;
/** More pages than any of these collections has. */
const MAX_PAGES = 50;

/** The whole of a collection as its pages show it: forward in one order, and back from the end of another. */
export async function forwardAndBack(ask: Ask, collection: Collection): Promise<readonly Pages[]> {
  const [first = '', ...others] = collection.sorts;
  const sort = [{ field: first, order: 'DESC' }, ...others.slice(0, 1).map((field) => ({ field }))];
  const forward = await walk(ask, collection, sort, 'after');
  if (forward.end === null) return [forward];
  const back = await walk(ask, collection, sort, 'before', forward.end);
  // What the last cursor stands for is on no page before it.
  const last = forward.keys.slice(-1);
  const whole = { keys: [...back.keys, ...last], totals: back.totals };
  return [forward, whole];
}

async function walk(
  ask: Ask,
  { path, key, limit = LIMIT }: Collection,
  sort: object[],
  way: 'after' | 'before',
  from?: string,
) {
  const keys: string[] = [];
  const totals: number[] = [];
  let cursor: string | null | undefined = from;
  let end: string | null = null;
  for (let count = 0; cursor !== null; count++) {
    if (count > MAX_PAGES) throw new Error(`${path} has no end`);
    const answer = await ask(`${path}/search`, {
      sort,
      page: { limit, ...(cursor === undefined ? {} : { [way]: cursor }) },
    });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
    const { totalItems, startCursor, endCursor } = (answer.json as { page: Page }).page;
    keys.push(...itemsOf(answer).map((item) => String(item[key])));
    totals.push(totalItems);
    end = endCursor ?? end;
    cursor = way === 'after' ? endCursor : startCursor;
  }
  return { keys, totals, end };
}
