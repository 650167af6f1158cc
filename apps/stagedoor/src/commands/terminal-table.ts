import { toPlainText } from '../plain-text.ts';

type Row = readonly string[];

/** Aligned columns under a heading, for a terminal; nothing in a cell can move the cursor or end the line. */
export function terminalTable(heading: Row, rows: readonly Row[]): string {
  const cells = [heading, ...rows].map((row) => row.map(toPlainText));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column]))));
  return cells.map((row) => alignedLine(row, widths)).join('\n');
}

/** Rows without a heading, such as names and what they say. */
export function aligned(rows: readonly Row[]): string {
  const [first = [], ...others] = rows;
  return terminalTable(first, others);
}

/** Code points: wide characters still stand out of line. */
function lengthOf(cell = ''): number {
  return [...cell].length;
}

function alignedLine(row: Row, widths: readonly number[]): string {
  const padded = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)));
  return padded.join('  ').trimEnd();
}
