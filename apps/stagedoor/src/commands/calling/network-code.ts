import { CredentialError } from '@stagedoor/client';

/** The system's or the library's code of a failed connection, found however deep it is wrapped. */
export function networkCodeOf(error: unknown): string {
  let found = error;
  for (let depth = 0; depth < 5 && found instanceof Error; depth += 1) {
    // The parser's own code is not always there.
    if (found.name === 'HTTPParserError') return found.name;
    // Our own errors have codes of ours; the reason is below.
    if (!(found instanceof CredentialError) && 'code' in found && typeof found.code === 'string') return found.code;
    if (found.name === 'TimeoutError' || found.name === 'AbortError') return 'timeout';
    found = found instanceof AggregateError ? (found.cause ?? found.errors[0]) : found.cause;
  }
  return 'unknown';
}
