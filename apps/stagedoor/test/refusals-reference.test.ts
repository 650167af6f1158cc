import { readFileSync } from 'node:fs';
import { REFUSALS } from '@stagedoor/access';
import { describe, expect, it } from 'vitest';
import { refusalsReference } from '../src/refusals/reference.ts';

describe('docs/refusals.md', () => {
  it('is what the table says; write-reference.ts writes it', () => {
    const written = readFileSync(new URL('../../../docs/refusals.md', import.meta.url), 'utf8');
    expect(written).toBe(refusalsReference());
  });

  it.each(Object.entries(REFUSALS))('has %s once, with its status', (code, { status }) => {
    expect(refusalsReference().split(`| \`${code}\` | ${status} |`)).toHaveLength(2);
  });
});
