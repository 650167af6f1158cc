/** Deeper chains end nowhere that anybody looks. */
const DEEPEST = 5;

/**
 * What went wrong on the network, by name, code and message, without what was on the wire: an HTTP parser attaches the answer
 * that it could not read to its error, with whatever token or secret is in it.
 */
export function networkCause(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth === DEEPEST) return undefined;
  // Where each address of a host was tried, the first one stands for all.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  const cause = networkCause(error.cause ?? first, depth + 1);
  const told = new Error(error.message, cause === undefined ? undefined : { cause });
  told.name = error.name;
  if (error.stack !== undefined) told.stack = error.stack;
  return 'code' in error && typeof error.code === 'string' ? Object.assign(told, { code: error.code }) : told;
}
