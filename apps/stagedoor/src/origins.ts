/** Where a program is reached: origins without a slash at their end. `issuer` is null beside a foreign issuer. */
export type Origins = { readonly rest: string; readonly issuer: string | null; readonly management: string };
