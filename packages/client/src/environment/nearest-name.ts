const LONGEST = 160;

export type Nearest = { readonly name: string; readonly distance: number };

/** The candidate that takes the fewest edits to become; separators and case do not count. Candidates are not empty. */
export function nearestName(written: string, candidates: readonly string[]): Nearest {
  const from = compact(written);
  let nearest: Nearest = { name: candidates[0] ?? '', distance: Number.POSITIVE_INFINITY };
  for (const name of candidates) {
    const distance = editDistance(from, compact(name));
    if (distance < nearest.distance) nearest = { name, distance };
  }
  return nearest;
}

/** True where it is more likely a slip of the pen than another word. */
export function isSlip(written: string, nearest: Nearest): boolean {
  return nearest.distance <= Math.max(1, Math.floor(compact(written).length / 8));
}

function compact(name: string): string {
  return name
    .toLowerCase()
    .replace(/\d+/g, '0')
    .replace(/[^a-z0]/g, '')
    .slice(0, LONGEST);
}

/** Insertions, deletions, substitutions and swapped neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let older: number[] = [];
  let old = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let least = Math.min(at(old, j) + 1, at(row, j - 1) + 1, at(old, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) least = Math.min(least, at(older, j - 2) + 1);
      row.push(least);
    }
    older = old;
    old = row;
  }
  return at(old, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
