import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeOf } from '../src/failed-attempts.ts';
import { ClientSecrets, clientCommands, createIssuer, type IssuerDatabase } from '../src/index.ts';
import { KEYCLOAK, type OpenedIssuer, openIssuer, randomness, SAAS } from './opened-issuer.ts';

let opened: OpenedIssuer;
let secret: string;

beforeEach(async () => {
  opened = await openIssuer();
  ({ clientSecret: secret } = await opened.change((tx) =>
    opened.commands.insertClient(tx, { id: 'strong', name: 'strong', scopes: ['operate'] }),
  ));
});
afterEach(() => opened.close());

const ask = (client_id: string, client_secret: string, path = SAAS) =>
  opened.post(path, { grant_type: 'client_credentials', client_id, client_secret });
const statuses = async (count: number, client: string, guess: string) => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await ask(client, guess)).status);
  return seen;
};
/** A client with a chosen secret that this process has not seen verify: as after a restart. */
async function withColdChosenSecret(): Promise<void> {
  const elsewhere = new ClientSecrets({ randomness, hashing: opened.hashing });
  const commands = clientCommands({ clock: opened.clock, randomness, secrets: elsewhere });
  await opened.change((tx) =>
    commands.upsertConfiguredClient(tx, { id: 'weak', name: 'weak', scopes: ['operate'], secret: 'chosen' }),
  );
  opened.hashing.verified.length = 0;
}

describe('failed attempts', () => {
  it('are limited per place and client id, in the words of each form, with the time to wait', async () => {
    expect(await statuses(10, 'strong', 'wrong')).toEqual(Array(10).fill(401));
    for (const path of [SAAS, KEYCLOAK]) {
      const answer = await ask('strong', 'wrong', path);
      expect([answer.status, answer.json]).toEqual([
        429,
        { error: 'too_many_requests', error_description: 'too many failed attempts: wait before the next one' },
      ]);
      expect(answer.headers['retry-after']).toBe('10');
    }
    expect((await ask('another', 'wrong')).status).toBe(401);
  });

  it('never slow the client whose secret is right', async () => {
    await statuses(15, 'strong', 'wrong');
    expect((await ask('strong', secret)).status).toBe(200);
    expect((await ask('strong', 'wrong')).status).toBe(429);
  });

  it('are forgotten with time, one in ten seconds', async () => {
    await statuses(11, 'strong', 'wrong');
    opened.clock.move(10_000);
    expect(await statuses(2, 'strong', 'wrong')).toEqual([401, 429]);
    opened.clock.move(100_000);
    expect(await statuses(11, 'strong', 'wrong')).toEqual([...Array(10).fill(401), 429]);
  });

  it('do not lock for longer where the clock is set back', async () => {
    await statuses(11, 'strong', 'wrong');
    opened.clock.move(-86_400_000);
    expect((await ask('strong', 'wrong')).status).toBe(401);
  });

  it('look the same for a client that does not exist', async () => {
    const known = await ask('strong', 'wrong');
    const unknown = await ask('nobody', 'wrong');
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(known.headers));
    expect(await statuses(10, 'nobody', 'wrong')).toEqual([...Array(9).fill(401), 429]);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('from %s count for %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });
});

describe('a chosen secret', () => {
  it('is hashed once, and then known', async () => {
    await withColdChosenSecret();
    expect(await statuses(3, 'weak', 'chosen')).toEqual([200, 200, 200]);
    expect(opened.hashing.verified).toEqual(['chosen']);
  });

  it('makes every refusal cost one hash: an unknown client, a known one, and one with a generated secret', async () => {
    await withColdChosenSecret();
    await ask('nobody', 'guess 1');
    await ask('weak', 'guess 2');
    await ask('strong', 'guess 3');
    expect(opened.hashing.verified).toEqual(['guess 1', 'guess 2', 'guess 3']);
  });

  it('costs nothing where no client has one', async () => {
    await statuses(3, 'nobody', 'wrong');
    expect(opened.hashing.verified).toEqual([]);
  });

  it('never makes a client with a generated secret wait', async () => {
    await withColdChosenSecret();
    await ask('strong', secret);
    expect(opened.hashing.verified).toEqual([]);
  });

  it('does not verify by its beginning, and one of 100 kB costs no hash', async () => {
    await withColdChosenSecret();
    expect((await ask('weak', 'chosen2')).status).toBe(401);
    opened.hashing.verified.length = 0;
    expect((await ask('weak', 'x'.repeat(100_000))).status).toBe(401);
    expect(opened.hashing.verified).toEqual([]);
  });

  it.each<[string, (tx: IssuerDatabase) => Promise<unknown>]>([
    ['its client is deleted', (tx) => opened.commands.deleteClient(tx, 'weak')],
    ['it is replaced', (tx) => opened.commands.rotateSecret(tx, { id: 'weak', overlapSeconds: 0 })],
  ])('is refused where %s while it is being hashed, and afterwards', async (_, change) => {
    await withColdChosenSecret();
    const begun = Promise.withResolvers<void>();
    const { promise, resolve } = Promise.withResolvers<void>();
    opened.hashing.hold = () => {
      begun.resolve();
      return promise;
    };
    const answer = ask('weak', 'chosen');
    await begun.promise;
    await opened.change(change);
    resolve();
    expect((await answer).status).toBe(401);
    expect((await ask('weak', 'chosen')).status).toBe(401);
  });

  it('waits behind 64 others at most, one hash at a time: who comes then is told to come again, and the good go on', async () => {
    await withColdChosenSecret();
    const { promise, resolve } = Promise.withResolvers<void>();
    opened.hashing.hold = () => promise;
    const turnedAway: number[] = [];
    const fifteen = Promise.withResolvers<void>();
    const guesses = Array.from({ length: 80 }, async (_, index) => {
      const { status, headers } = await ask(`guess-${index}`, 'wrong');
      if (status === 429) turnedAway.push(Number(headers['retry-after']));
      if (turnedAway.length === 15) fifteen.resolve();
      return status;
    });
    // One is being hashed and 64 wait for it; nothing can go on before it ends.
    await fifteen.promise;
    expect(turnedAway).toEqual(Array(15).fill(1));
    expect(opened.hashing.verified).toHaveLength(1);
    expect((await ask('strong', secret)).status).toBe(200);
    resolve();
    const seen = await Promise.all(guesses);
    expect(seen.filter((status) => status === 401)).toHaveLength(65);
    expect(opened.hashing.verified).toHaveLength(65);
  });

  it('is not hashed for callers who have gone', async () => {
    await withColdChosenSecret();
    const { SlowChecks } = await import('../src/slow-checks.ts');
    const checks = new SlowChecks();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let there = true;
    let begun = 0;
    const check = async () => {
      begun += 1;
      return true;
    };
    const first = checks.run(
      () => promise,
      () => true,
    );
    const second = checks.run(check, () => there);
    const third = checks.run(check, () => true);
    there = false;
    resolve(true);
    expect(await Promise.all([first, second, third])).toEqual([true, null, true]);
    expect(begun).toBe(1);
  });
});

it('a client is known after a restart, from the records', async () => {
  const { db, clock, secrets, origin } = opened;
  const { openDpopProofs, openSigningKeys } = await import('@stagedoor/tokens');
  const signingKeys = await openSigningKeys({
    store: { load: async () => [], save: async () => undefined },
    clock,
    algorithm: 'EdDSA',
  });
  const again = await createIssuer({
    origin,
    db,
    change: opened.change,
    signingKeys,
    proofs: await openDpopProofs({ clock, store: null, onFault: () => undefined }),
    clock,
    randomness,
    secrets,
    people: opened.people,
    audit: { note: () => undefined },
    onFault: () => undefined,
  });
  expect(again.client('strong')).toMatchObject({ name: 'strong' });
});

describe('the audit log', () => {
  it('hears of a client that showed who it is, and of one that did not without the name it gave', async () => {
    await ask('strong', secret);
    await ask('strong', 'c4n4ry');
    await ask('c4n4ry', 'wrong', KEYCLOAK);
    const line = { operation: 'login', entityType: 'CLIENT', code: null, count: 1 };
    const nobody = { kind: 'anonymous', credential: 'none' };
    expect(opened.audited).toMatchObject([
      { ...line, actor: { kind: 'client', id: 'strong' }, entityKey: 'strong', outcome: 'SUCCESS' },
      { ...line, actor: nobody, entityKey: null, outcome: 'FAIL' },
      { ...line, actor: nobody, entityKey: null, outcome: 'FAIL' },
    ]);
    expect(JSON.stringify(opened.audited)).not.toMatch(new RegExp(`c4n4ry|${secret}`));
  });

  it('hears of a client that did not say which it is, and nothing of a request that asks for no token', async () => {
    await opened.post(SAAS, { grant_type: 'password', client_id: 'strong', client_secret: secret });
    expect(opened.audited).toEqual([]);
    expect((await opened.post(SAAS, { grant_type: 'client_credentials' })).status).toBe(401);
    expect(opened.audited.map(({ outcome }) => outcome)).toEqual(['FAIL']);
  });
});
