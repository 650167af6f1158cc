const ELLIPSIS = /(.{8})<…(\d+) more characters…>/s;

/**
 * Recordings leave out the middle of long texts, `xxxx<…1796 more characters…>xxxx`. Where what stands before it repeats
 * itself (every four characters, as base64 of one letter does), the middle is put back; elsewhere it stays left out.
 */
export function withoutEllipsis(text: string): string {
  return text.replace(ELLIPSIS, (whole, before: string, length: string) => {
    const period = before.slice(4);
    return before.slice(0, 4) === period
      ? before + period.repeat(Number(length) / 4 + 1).slice(0, Number(length))
      : whole;
  });
}
