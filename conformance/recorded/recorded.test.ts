import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIFFERENCES, type Difference } from './differences.ts';
import { HOUSES, type House } from './houses.ts';
import { NOT_REPLAYED, RECORDINGS, type Recording, readRecording, recordingsDirectory } from './recordings.ts';
import { replay } from './replay.ts';
import { isNamed, SELECTIONS } from './selection.ts';

const ABSENT = 'the recordings are not at hand';

/** What was seen of the list of differences, over all recordings. */
const named = new Set<Difference>();
let unreplayed = 0;

/** The points that no line names, and those that two lines claim; the others are crossed off. */
function judge(recording: Recording, name: string, points: readonly string[]): readonly string[] {
  return points.flatMap((point) => {
    const lines = DIFFERENCES.filter((line) => line.recordings(recording) && line.cases(name) && line.point(point));
    for (const line of lines) named.add(line);
    if (lines.length === 1) return [];
    return [
      lines.length === 0 ? point : `${point} is named by several lines: ${lines.map(({ line }) => line).join('\n')}`,
    ];
  });
}

describe('the recordings', () => {
  it('are all known, with a reason for those that are not replayed', (context) => {
    if (recordingsDirectory === null) return context.skip(ABSENT);
    const files = readdirSync(recordingsDirectory).map((file) => file.replace(/\.json$/, ''));
    expect(files.sort()).toEqual([...RECORDINGS, ...Object.keys(NOT_REPLAYED)].sort());
  });
});

describe.each(RECORDINGS)('%s', (recording) => {
  const cases = readRecording(recording);
  if (cases === null) {
    it('is answered as it was recorded', (context) => context.skip(ABSENT));
    return;
  }

  const { replayed, leftOut } = SELECTIONS[recording];
  const chosen = cases.filter(({ name }) => isNamed(replayed, name));
  let house: House | undefined;
  unreplayed += chosen.length;
  beforeAll(async () => {
    house = await HOUSES[recording]();
  });
  afterAll(() => house?.close());

  it('has no case that is neither replayed nor left out for a reason', () => {
    const names = cases.map(({ name }) => name);
    const listed = (name: string) =>
      [replayed, ...leftOut.map((one) => one.cases)].filter((list) => isNamed(list, name));
    expect(names.filter((name) => listed(name).length !== 1)).toEqual([]);
    const entries = [...replayed, ...leftOut.flatMap((one) => one.cases)];
    expect(entries.filter((entry) => !names.some((name) => isNamed([entry], name)))).toEqual([]);
  });

  // In their order: later requests carry what earlier answers gave.
  it.each(chosen)('is answered as it was recorded, but for the listed differences: $name', async (recorded) => {
    if (house === undefined) throw new Error('the program did not start');
    const points = await replay(house, recorded);
    unreplayed -= 1;
    expect(judge(recording, recorded.name, points)).toEqual([]);
  });
});

describe('the list of differences', () => {
  it('has no line that differs no more', (context) => {
    if (recordingsDirectory === null) return context.skip(ABSENT);
    if (unreplayed > 0)
      return context.skip(`${unreplayed} cases were not replayed: the list can only be judged as a whole`);
    expect(DIFFERENCES.filter((line) => !named.has(line)).map(({ line }) => line)).toEqual([]);
  });

  it('gives a reason for every line, once', () => {
    expect(DIFFERENCES.filter(({ because }) => because.trim().length < 8)).toEqual([]);
    expect(new Set(DIFFERENCES.map(({ line }) => line)).size).toBe(DIFFERENCES.length);
  });
});
