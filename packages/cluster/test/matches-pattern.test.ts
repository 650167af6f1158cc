import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../src/matches-pattern.ts';

/** The slow and obvious reading: try every way to share the text out among the stars. */
function matchesSlowly(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, second] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*')
    return matchesSlowly(text, pattern.slice(1)) || (text.length > 0 && matchesSlowly(text.slice(1), pattern));
  if (text.length === 0) return false;
  if (first === '?') return matchesSlowly(text.slice(1), pattern.slice(1));
  if (first === '\\' && second !== undefined)
    return text[0] === second && matchesSlowly(text.slice(1), pattern.slice(2));
  return text[0] === first && matchesSlowly(text.slice(1), pattern.slice(1));
}

describe('a pattern', () => {
  it('matches what the slow and obvious reading of it matches', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*', '?', '\\', '𝒳'), { maxLength: 8 });
    fc.assert(
      fc.property(text, text, (value, pattern) => {
        expect(matchesPattern(value.join(''), pattern.join(''))).toBe(matchesSlowly(value, pattern));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['order-1', 'order-*', true],
    ['order-1', 'order-?', true],
    ['order-12', 'order-?', false],
    ['order*', 'order\\*', true],
    ['order-1', 'order\\*', false],
    ['', '*', true],
    ['', '', true],
    ['a', '', false],
    ['a', '\\', false],
    ['Order', 'order', false],
  ])('says of %j and %j: %j', (text, pattern, expected) => {
    expect(matchesPattern(text, pattern)).toBe(expected);
  });

  it('takes no more steps than the product of both lengths, however many stars there are', () => {
    // Trying every way would take longer than there is time.
    expect(matchesPattern('a'.repeat(2000), `${'*a'.repeat(499)}*b`)).toBe(false);
  });
});
