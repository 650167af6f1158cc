import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AssertionAuthenticator } from '../src/authenticate-by-assertion.ts';
import { ClientRegistry } from '../src/client-registry.ts';
import { FailedAttempts } from '../src/failed-attempts.ts';
import { SpentIds } from '../src/spent-ids.ts';
import { type OpenedIssuer, openIssuer } from './opened-issuer.ts';

const AUDIENCE = 'https://issuer.example/token';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let opened: OpenedIssuer;

beforeEach(async () => {
  opened = await openIssuer();
  const keys = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await opened.change((tx) =>
    opened.commands.insertKeyedClient(tx, { id: 'robot', name: 'robot', scopes: ['operate'], keys }),
  );
});
afterEach(() => opened.close());

function assertion(): string {
  const now = Math.floor(opened.clock.now() / 1000);
  const claims = { iss: 'robot', sub: 'robot', aud: AUDIENCE, exp: now + 60, jti: 'one' };
  const text = [{ alg: 'ES256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** What becomes of a good assertion, where this happens while it is being recorded. */
async function verdictWhere(happens: () => Promise<unknown>): Promise<string> {
  const { db, clock } = opened;
  const registry = new ClientRegistry(db, clock);
  await registry.refresh();
  const change: OpenedIssuer['change'] = async (work) => {
    await happens();
    await registry.refresh();
    return opened.change(work);
  };
  const assertions = new AssertionAuthenticator({
    registry,
    clock,
    randomness: { bytes: (length) => Buffer.alloc(length, 0xff) },
    failed: new FailedAttempts(clock),
    spent: await SpentIds.load('assertion', { db, clock, change }),
  });
  const caller = { address: '192.0.2.1', isThere: () => true };
  return (await assertions.authenticate({ assertion: assertion(), clientId: 'robot' }, [AUDIENCE], caller)).kind;
}

it('an assertion is good for a client that is still there when it has been recorded', async () => {
  expect(await verdictWhere(async () => undefined)).toBe('authenticated');
});

it('an assertion is refused whose client was deleted while it was being recorded', async () => {
  const deleted = () => opened.change((tx) => opened.commands.deleteClient(tx, 'robot'));
  expect(await verdictWhere(deleted)).toBe('refused');
});
