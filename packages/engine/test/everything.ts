/** The tenant of whoever has no tenants. */
export const TENANT = '<default>';

const FIRST_PAGE = { kind: 'offset', from: 0, limit: 1000 } as const;

/** A search that asks for nothing, and may see everything. */
export const EVERYTHING = {
  where: [],
  sort: [],
  page: FIRST_PAGE,
  visible: { kind: 'all' },
  tenants: { kind: 'all' },
} as const;
