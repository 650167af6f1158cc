import { describe, expect, it } from 'vitest';
import { parseSeconds, parseSecondsWithin, parseWhen } from '../src/commands/points-in-time.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['PT1H', 3600],
    ['P1DT12H', 129_600],
    ['1500ms', 2],
    ['0s', 0],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseSeconds(text)).toEqual({ ok: true, value: seconds });
  });

  it.each(['', '24', '-1h', '1.5h', 'P', 'PT', 'P1Y', 'P1M', '1 h', '1h ', 'h', '99999999999d', 'soon'])(
    '%j is refused',
    (text) => {
      expect(parseSeconds(text)).toMatchObject({ ok: false });
    },
  );
});

describe('a duration between 1s and 24h', () => {
  it.each([
    ['1s', 1],
    ['24h', 86_400],
  ])('may be %s', (text, seconds) => {
    expect(parseSecondsWithin(text, '1s', '24h')).toEqual({ ok: true, value: seconds });
  });

  it.each(['0s', '86401s', '2d'])('is not %s, and the problem names both ends', (text) => {
    expect(parseSecondsWithin(text, '1s', '24h')).toEqual({ ok: false, problem: 'has to be from 1s to 24h' });
  });
});

describe('a point in time', () => {
  it.each([
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
    ['2030-01-31T12:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.5+02:00', '2030-01-31T10:00:00.500Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['30d', '2026-12-23T10:00:00.000Z'],
    ['PT1H', '2026-11-23T11:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseWhen(text, NOW)).toEqual({ ok: true, value: instant });
  });

  it.each([
    '2026-11-23T10:00:00Z',
    '2026-11-23',
    '0s',
    '2030-02-30',
    '2030-13-01',
    '2030-01-31T24:00:00Z',
    '2030-01-31T12:60:00Z',
    '2030-01-31T12:00:00',
    '2030-01-31 12:00:00Z',
    '31.01.2030',
    'Jan 31 2030',
    '1893456000',
    '9999-01-01',
    '',
  ])('%j is refused', (text) => {
    expect(parseWhen(text, NOW)).toMatchObject({ ok: false });
  });
});
