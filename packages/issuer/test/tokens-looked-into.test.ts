import type { ClientId } from '@stagedoor/access';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpentIds } from '../src/spent-ids.ts';
import { INTROSPECTION, KEYCLOAK, type OpenedIssuer, openIssuer, REVOCATION, SAAS } from './opened-issuer.ts';

let opened: OpenedIssuer;
const secrets = new Map<string, string>();
beforeEach(async () => {
  opened = await openIssuer();
  // Whoever has the scope operate may be the resource server of Operate's tokens.
  const clients = { issued: ['operate', 'zeebe'], operate: ['operate'], tasklist: ['tasklist'] };
  for (const [id, scopes] of Object.entries(clients)) {
    const made = await opened.change((tx) => opened.commands.insertClient(tx, { id, name: id, scopes }));
    secrets.set(id, made.clientSecret);
  }
});
afterEach(() => opened.close());

const of = (client_id: string) => ({ client_id, client_secret: secrets.get(client_id) ?? '' });
async function tokenOf(client: string, audience = 'operate.camunda.io', path = SAAS): Promise<string> {
  const answer = await opened.post(path, { grant_type: 'client_credentials', ...of(client), audience });
  return (answer.json as { access_token: string }).access_token;
}
const introspect = (client: string, token: string, path = INTROSPECTION.saas) =>
  opened.post(path, { ...of(client), token });
const revoke = (client: string, token: string, path = REVOCATION.saas) => opened.post(path, { ...of(client), token });
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
const INACTIVE = { active: false };

describe('introspection', () => {
  it.each([INTROSPECTION.saas, INTROSPECTION.keycloak])(
    'at %s tells the resource server what the token says',
    async (path) => {
      const token = await tokenOf('issued');
      const answer = await introspect('operate', token, path);
      expect([answer.status, answer.json]).toEqual([200, { active: true, token_type: 'Bearer', ...claimsOf(token) }]);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it('tells the client of its own token, of either form', async () => {
    for (const path of [SAAS, KEYCLOAK]) {
      const token = await tokenOf('issued', 'zeebe.camunda.io', path);
      expect((await introspect('issued', token)).json).toMatchObject({ active: true, client_id: 'issued' });
    }
  });

  it('tells a third client what it tells of no token: nothing', async () => {
    const token = await tokenOf('issued');
    const nothing = await introspect('tasklist', 'nothing');
    const answer = await introspect('tasklist', token);
    expect([answer.status, answer.text]).toEqual([nothing.status, nothing.text]);
    expect(answer.json).toEqual(INACTIVE);
    expect((await introspect('operate', await tokenOf('issued', 'zeebe.camunda.io'))).json).toEqual(INACTIVE);
  });

  it.each([
    ['that is cut off', (token: string) => token.slice(0, -1)],
    ['without signature', (token: string) => token.replace(/[^.]+$/, '')],
    [
      'with another payload',
      (token: string) => token.replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
    ],
    ['with its signature of another', (token: string) => token.replace(/.{10}$/, 'AAAAAAAAAA')],
    [
      'that says alg none',
      (token: string) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    ],
    ['with something behind it', (token: string) => `${token}.x`],
    ['that is too long', (token: string) => token + 'A'.repeat(16_384)],
  ])('of a token %s says that it is not active', async (_, spoilt) => {
    const answer = await introspect('issued', spoilt(await tokenOf('issued')));
    expect([answer.status, answer.json]).toEqual([200, INACTIVE]);
  });

  it('of a token that has expired says so at once, whatever the skew, and of a deleted client’s too', async () => {
    const [token, others] = [await tokenOf('issued'), await tokenOf('operate')];
    opened.clock.move(299_000);
    expect((await introspect('operate', token)).json).toMatchObject({ active: true });
    opened.clock.move(1_000);
    expect((await introspect('operate', token)).json).toEqual(INACTIVE);
    await opened.change((tx) => opened.commands.deleteClient(tx, 'operate'));
    expect((await introspect('issued', others)).json).toEqual(INACTIVE);
  });
});

describe.each([
  ['introspection', INTROSPECTION],
  ['revocation', REVOCATION],
])('%s', (_, { saas, keycloak }) => {
  it.each([saas, keycloak])('at %s is for clients that show who they are', async (path) => {
    const token = await tokenOf('issued');
    const wrong = [{ token }, { token, client_id: 'issued' }, { ...of('issued'), token, client_secret: 'wrong' }];
    for (const parameters of [...wrong, { token, client_id: 'nobody', client_secret: 'wrong' }])
      expect((await opened.post(path, parameters)).status).toBe(401);
    const basic = { authorization: `Basic ${Buffer.from('issued:wrong').toString('base64')}` };
    const refused = await opened.post(path, { token }, basic);
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
    const bearer = { authorization: `Bearer ${token}` };
    expect((await opened.post(path, { token }, bearer)).status).toBe(401);
    const two = { authorization: `Basic ${Buffer.from(`issued:${secrets.get('issued')}`).toString('base64')}` };
    expect((await opened.post(path, { ...of('issued'), token }, two)).status).toBe(400);
    expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'verified' });
  });

  it.each([
    [saas, 'missing parameter: token'],
    [keycloak, 'Token not provided.'],
  ])('at %s needs one token, in a form', async (path, error_description) => {
    for (const parameters of [of('issued'), { ...of('issued'), token: '' }]) {
      const answer = await opened.post(path, parameters);
      expect([answer.status, answer.json]).toEqual([400, { error: 'invalid_request', error_description }]);
    }
    const body = new URLSearchParams({ ...of('issued'), token: 'x' }).toString();
    for (const type of ['text/plain', 'multipart/form-data']) {
      const answer = await opened.send(path, { method: 'POST', headers: { 'content-type': type }, body });
      expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })]);
      expect(answer.text).not.toContain('grant_type');
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await opened.send(path, { method: 'POST', headers, body: `${body}&token=y` })).status).toBe(400);
    for (const method of ['GET', 'PUT', 'DELETE']) expect((await opened.send(path, { method })).status).toBe(405);
  });

  it.each([saas, keycloak])('at %s limits guesses as the token endpoint does', async (path) => {
    for (let index = 0; index < 10; index += 1)
      await opened.post(path, { ...of('issued'), client_secret: 'wrong', token: 'x' });
    expect((await opened.post(path, { ...of('issued'), client_secret: 'wrong', token: 'x' })).status).toBe(429);
    expect((await opened.post(path, { ...of('issued'), token: 'x' })).status).toBe(200);
  });
});

describe('revocation', () => {
  it.each([REVOCATION.saas, REVOCATION.keycloak])(
    'at %s ends a token at once, also one that was just used',
    async (path) => {
      const [token, other] = [await tokenOf('issued'), await tokenOf('issued')];
      expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'verified' });
      const answer = await revoke('issued', token, path);
      expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, '', 'no-store']);
      expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'refused', code: 'TOKEN_REVOKED' });
      expect((await introspect('operate', token)).json).toEqual(INACTIVE);
      expect(await opened.verify(other, 'operate')).toMatchObject({ kind: 'verified' });
      expect((await revoke('issued', token, path)).status).toBe(200);
      expect(opened.audited.filter(({ operation }) => operation === 'token.revoke')).toMatchObject([
        { actor: { kind: 'client', id: 'issued' }, entityType: 'CLIENT', entityKey: 'issued', outcome: 'SUCCESS' },
      ]);
    },
  );

  it('outlasts a crash, and is forgotten when the token would be refused anyway', async () => {
    const token = await tokenOf('issued');
    await revoke('issued', token);
    await opened.restart();
    expect(await opened.verify(token, 'operate')).toMatchObject({ code: 'TOKEN_REVOKED' });
    opened.clock.move(360_000);
    expect(await opened.verify(token, 'operate')).toMatchObject({ code: 'TOKEN_EXPIRED' });
    await revoke('issued', await tokenOf('issued'));
    expect(await opened.db.selectFrom('issuer_spent_ids').select('id').execute()).toHaveLength(1);
  });

  it('that could not be recorded is no success, and one that is asked for again outlasts a crash', async () => {
    const token = await tokenOf('issued');
    await sql`CREATE TRIGGER full BEFORE INSERT ON issuer_spent_ids BEGIN SELECT RAISE(ABORT, 'full'); END`.execute(
      opened.db,
    );
    expect((await revoke('issued', token)).status).toBe(500);
    expect((await revoke('issued', token)).status).toBe(500);
    await sql`DROP TRIGGER full`.execute(opened.db);
    expect((await revoke('issued', token)).status).toBe(200);
    await opened.restart();
    expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'refused', code: 'TOKEN_REVOKED' });
  });

  it.each([
    [REVOCATION.saas, 'the token was issued to another client'],
    [REVOCATION.keycloak, 'Unmatching clients'],
  ])('at %s is not for the token of another, whoever it is for', async (path, error_description) => {
    const token = await tokenOf('issued');
    const answer = await revoke('operate', token, path);
    expect([answer.status, answer.json]).toEqual([400, { error: 'invalid_request', error_description }]);
    expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'verified' });
    expect(opened.audited.filter(({ operation }) => operation === 'token.revoke')).toEqual([]);
  });

  it.each(['nothing', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('of %s is done already', async (token) => {
    expect(await revoke('issued', token)).toMatchObject({ status: 200, text: '' });
    const hinted = { ...of('issued'), token, token_type_hint: 'refresh_token' };
    expect((await opened.post(REVOCATION.saas, hinted)).status).toBe(200);
    expect(await opened.db.selectFrom('issuer_spent_ids').select('id').execute()).toEqual([]);
  });
});

describe('what is spent', () => {
  const client = () => opened.issuer.clients().map(({ clientId }) => clientId);
  const open = (change: OpenedIssuer['change'], max?: number) =>
    SpentIds.load('assertion', { db: opened.db, clock: opened.clock, change }, max);

  it('is bounded for each client, and has room again when the oldest has ended', async () => {
    const [one, other] = client();
    if (one === undefined || other === undefined) throw new TypeError('no clients');
    const spent = await open(opened.change, 2);
    const now = opened.clock.now();
    expect(await spent.spend(one, 'a', now + 2_000)).toBe('spent');
    expect(await spent.spend(one, 'b', now + 1_000)).toBe('spent');
    expect(await spent.spend(one, 'c', now + 1_000)).toBe('full');
    expect(await spent.spend(other, 'a', now + 1_000)).toBe('spent');
    opened.clock.move(1_000);
    expect(await spent.spend(one, 'c', now + 9_000)).toBe('spent');
    expect(await spent.spend(one, 'a', now + 9_000)).toBe('known');
  });

  it('is forgotten with its client, and no other client’s is', async () => {
    const clients = client();
    const revoked: [ClientId, string][] = [];
    for (const id of clients) {
      const token = await tokenOf(id, id === 'tasklist' ? 'tasklist-api' : 'operate-api');
      await revoke(id, token);
      revoked.push([id, String(Object.entries(claimsOf(token)).find(([name]) => name === 'jti')?.[1])]);
    }
    const remembered = () => revoked.filter(([id, jti]) => opened.issuer.isRevoked(id, jti)).map(([id]) => id);
    expect(remembered()).toEqual(clients);
    await opened.change((tx) => opened.commands.deleteClient(tx, 'operate'));
    expect(remembered()).toEqual(clients.filter((id) => id !== 'operate'));
  });

  it('is spent also where it cannot be recorded, and then nobody is told that it went well', async () => {
    const [one] = client();
    if (one === undefined) throw new TypeError('no clients');
    const spent = await open(() => Promise.reject(new Error('the disk is full')));
    await expect(spent.spend(one, 'a', opened.clock.now() + 1_000)).rejects.toThrow('the disk is full');
    expect(spent.has(one, 'a')).toBe(true);
  });

  it('is recorded by the next attempt where the first could not record it, before anybody hears that it is known', async () => {
    const [one] = client();
    if (one === undefined) throw new TypeError('no clients');
    let full = true;
    const spent = await open((work) => (full ? Promise.reject(new Error('the disk is full')) : opened.change(work)));
    const attempt = () => spent.spend(one, 'a', opened.clock.now() + 1_000);
    // The second begins while the first is being recorded, and hears of it what the first hears.
    expect((await Promise.allSettled([attempt(), attempt()])).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    full = false;
    expect(await Promise.all([attempt(), attempt()])).toEqual(['known', 'known']);
    expect((await open(opened.change)).has(one, 'a')).toBe(true);
  });
});
