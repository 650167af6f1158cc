import { describe, expect, it } from 'vitest';
import { measure, nodeClient } from './measure.ts';

describe('what docs/client.md says of our client beside the official ones', () => {
  it('is so: what is measured there for all is measured here for ours', { timeout: 120_000 }, async () => {
    const circumstances = { lifeSeconds: 8, observedMillis: 3_000, clockCanBeWrong: true };
    expect(await measure(nodeClient('ours'), circumstances)).toEqual({
      atExpiry: { requests: 1, failed: 0 },
      wrongSecret: { requests: 1, outcome: 'told why' },
      tooMany: { requests: 1 },
      refusedByApi: { requests: 1, failed: 0 },
      clockFast: { requests: 0, failed: 0 },
      certificate: { forToken: true, forCalls: true },
    });
  });
});
