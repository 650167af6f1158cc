const UNIT_MILLISECONDS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

const SIMPLE = /^(\d{1,12})(ms|s|m|h|d)?$/i;
const ISO_8601 = /^P(?!$)(?:(\d{1,6})D)?(?:T(?!$)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/i;

/** Spring's two forms: `30s`, `5m` (a bare number means milliseconds) and ISO 8601, `PT30S`. Milliseconds, or null. */
export function parseDuration(text: string): number | null {
  const simple = SIMPLE.exec(text);
  if (simple) return Number(simple[1]) * UNIT_MILLISECONDS[unitOf(simple[2])];
  const iso = ISO_8601.exec(text);
  if (!iso) return null;
  const [days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0));
  const { d, h, m, s } = UNIT_MILLISECONDS;
  return Math.round((days ?? 0) * d + (hours ?? 0) * h + (minutes ?? 0) * m + (seconds ?? 0) * s);
}

/** The shortest of Spring's simple forms that says the same. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  for (const [unit, size] of Object.entries(UNIT_MILLISECONDS)) {
    if (milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${milliseconds}ms`;
}

function unitOf(text: string | undefined): keyof typeof UNIT_MILLISECONDS {
  switch (text?.toLowerCase()) {
    case 'd':
      return 'd';
    case 'h':
      return 'h';
    case 'm':
      return 'm';
    case 's':
      return 's';
    default:
      return 'ms';
  }
}
