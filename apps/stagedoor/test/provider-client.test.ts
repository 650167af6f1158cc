import { describe, expect, it } from 'vitest';
import type { LoginProvider } from '../src/relying-party/login-provider.ts';
import { ProviderClient } from '../src/relying-party/provider-client.ts';
import { ProviderAway } from '../src/relying-party/provider-fetch.ts';

const ISSUER = 'https://login.example.com';
const HOUR = 3_600_000;
const AUDIENCES = {
  orchestration: [],
  operate: [],
  zeebe: [],
  tasklist: [],
  administration: [],
};

/** A provider that is asked for its metadata alone, by a clock that the test moves. */
function stage() {
  const state = { now: 1_700_000_000_000, away: false, asked: 0, takes: 0 };
  const fetch: LoginProvider['fetch'] = async () => {
    state.asked += 1;
    state.now += state.takes;
    if (state.away) throw new ProviderAway('it cannot be reached');
    return Response.json({ issuer: ISSUER, authorization_endpoint: `${ISSUER}/a`, token_endpoint: `${ISSUER}/t` });
  };
  const provider: LoginProvider = {
    id: 'one',
    settings: {
      clientId: 'stage',
      clientSecret: null,
      name: 'One',
      authentication: 'none',
      assertionKey: null,
      endpoints: null,
      redirectUri: null,
      scopes: ['openid'],
      resources: [],
      preferIdTokenClaims: false,
      userInfo: false,
      idTokenAlgorithm: null,
      logoutAtProvider: true,
      parameters: new Map(),
    },
    assertionKey: null,
    redirectUri: 'https://stage.example.com/sso-callback',
    endpoints: { kind: 'discovery', issuer: ISSUER },
    policy: {
      id: 'one',
      issuers: [ISSUER],
      keys: { epoch: 0, find: () => ({ kind: 'unknown' }) },
      audiences: AUDIENCES,
      algorithms: ['RS256'],
      subject: { kind: 'claims', usernameClaim: 'sub' },
    },
    fetch,
  };
  const client = new ProviderClient(provider, { now: () => state.now });
  /** What comes of it: the issuer, or why not. */
  const ask = () =>
    client.configuration().then(
      (found) => found.serverMetadata().issuer,
      (error: unknown) => (error instanceof Error && error.cause instanceof ProviderAway ? 'away' : String(error)),
    );
  return { state, ask };
}

describe('the metadata of a provider', () => {
  it('is fetched once for all who wait, and once an hour', async () => {
    const { state, ask } = stage();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([ISSUER, ISSUER, ISSUER]);
    expect(state.asked).toBe(1);
    state.now += HOUR - 1;
    expect([await ask(), state.asked]).toEqual([ISSUER, 1]);
    state.now += 1;
    expect([await ask(), state.asked]).toEqual([ISSUER, 2]);
  });

  it('is not asked for again by every click while the provider is down', async () => {
    const { state, ask } = stage();
    state.away = true;
    expect(await ask()).toBe('away');
    state.now += 4_999;
    for (let clicks = 0; clicks < 100; clicks += 1) expect(await ask()).toBe('away');
    expect(state.asked).toBe(1);
  });

  it('is asked for again after five seconds, and is there when the provider is', async () => {
    const { state, ask } = stage();
    state.away = true;
    expect(await ask()).toBe('away');
    state.away = false;
    state.now += 5_000;
    expect([await ask(), state.asked]).toEqual([ISSUER, 2]);
  });

  it('counts the pause from when the provider failed, however long that took', async () => {
    const { state, ask } = stage();
    Object.assign(state, { away: true, takes: 60_000 });
    await ask();
    state.now += 4_999;
    expect([await ask(), state.asked]).toEqual(['away', 1]);
  });

  it('is not kept longer when the clock is set back', async () => {
    const { state, ask } = stage();
    state.away = true;
    await ask();
    state.away = false;
    state.now -= HOUR;
    expect([await ask(), state.asked]).toEqual([ISSUER, 2]);
  });
});
