/** One figure beside its peer. An aim is shown, not enforced: machines differ and are shared. */
export type Figure = { readonly name: string; readonly value: string; readonly peer: string; readonly aim?: string };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new TypeError('there is no median of nothing');
  return middle;
}

/** `median [lowest–highest]` */
export function spread(values: readonly number[], digits: number, unit = ''): string {
  const rounded = (value: number) => value.toFixed(digits);
  return `${rounded(median(values))}${unit} [${rounded(Math.min(...values))}–${rounded(Math.max(...values))}]`;
}

export function print(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`);
  const columns = (['name', 'value', 'peer', 'aim'] as const).map((column) => [
    column,
    ...figures.map((figure) => figure[column] ?? ''),
  ]);
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  for (let row = 0; row <= figures.length; row += 1) {
    console.log(
      `  ${columns.map((cells, index) => (cells[row] ?? '').padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd(),
    );
  }
}
