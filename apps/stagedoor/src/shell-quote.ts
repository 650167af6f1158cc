/** One word of a POSIX shell that stands for exactly this text (POSIX.1-2024, XCU 2.2.2): in single quotes nothing is special but their end. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
