import { SCOPES } from '@stagedoor/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audiencesOfScopes, ClientRecordError, type NewClient } from '../src/index.ts';
import { type OpenedIssuer, openIssuer, SAAS } from './opened-issuer.ts';

let opened: OpenedIssuer;
beforeEach(async () => {
  opened = await openIssuer();
});
afterEach(() => opened.close());

const insert = (input: Partial<NewClient> = {}) =>
  opened.change((tx) => opened.commands.insertClient(tx, { name: 'reader', scopes: ['operate'], ...input }));
const configure = (secret: string, id = 'fixed') =>
  opened.change((tx) => opened.commands.upsertConfiguredClient(tx, { id, name: 'fixed', scopes: ['operate'], secret }));
const statusWith = async (clientId: string, clientSecret: string) =>
  (await opened.post(SAAS, { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }))
    .status;

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClientRecordError);
  return error instanceof ClientRecordError ? error.code : '';
}

describe('creating a client', () => {
  it('gives it an id that can be recognized, and a secret of 32 random bytes that is not stored', async () => {
    const one = await insert({ name: 'My Reader (test)' });
    const other = await insert({ name: 'My Reader (test)' });
    expect(one.clientId).toMatch(/^my-reader-test-[a-z0-9]{10}$/);
    expect(other.clientId).not.toBe(one.clientId);
    expect(Buffer.from(one.clientSecret, 'base64url')).toHaveLength(32);
    const stored = JSON.stringify(await opened.db.selectFrom('issuer_client_secrets').selectAll().execute());
    expect(stored).not.toContain(one.clientSecret);
    expect(await statusWith(one.clientId, one.clientSecret)).toBe(200);
  });

  it('keeps its name, its scopes in the order of the table, and its end', async () => {
    const expires = opened.clock.now() + 1000;
    const { clientSecret, ...client } = await insert({
      id: 'a.b@c+d',
      name: ' Müller ',
      scopes: ['administration', 'operate', 'operate'],
      expires,
    });
    expect(client).toEqual({
      authentication: { kind: 'secret' },
      bindTokens: 'none',
      login: null,
      audiences: [],
      claims: {},
      tokenLifetimeSeconds: null,
      clientId: 'a.b@c+d',
      name: 'Müller',
      scopes: ['operate', 'administration'],
      created: opened.clock.now(),
      expires,
    });
    expect(opened.issuer.client('a.b@c+d')).toEqual(client);
    expect(opened.issuer.clients()).toEqual([client]);
    expect(await opened.commands.listClients(opened.db)).toEqual([client]);
    expect(clientSecret).toHaveLength(43);
  });

  it.each<[string, Partial<NewClient>]>([
    ['no name', { name: ' ' }],
    ['a name of 257 characters', { name: 'x'.repeat(257) }],
    ['a name with a line feed', { name: 'a\nb' }],
    ['a name with an escape character', { name: 'a\u001b[31m' }],
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['operate', 'root'] }],
    ['a scope that every object has', { scopes: ['constructor'] }],
    ['no lifetime of its tokens', { tokenLifetimeSeconds: 0 }],
    ['a lifetime of its tokens beyond a day', { tokenLifetimeSeconds: 86_401 }],
    ['a lifetime of its tokens in half seconds', { tokenLifetimeSeconds: 1.5 }],
    ['an end that is over', { expires: 1 }],
    ['an end that is no number', { expires: Number.NaN }],
    ['an empty id', { id: '' }],
    ['an id with a space', { id: 'a b' }],
    ['an id with a quote', { id: "a'b" }],
    ['an id of 257 characters', { id: 'x'.repeat(257) }],
  ])('is refused with %s, and nothing is written', async (_name, input) => {
    expect(await codeOf(insert(input))).toBe('INVALID_ARGUMENT');
    expect(opened.issuer.clients()).toEqual([]);
  });

  it('is refused with an id that is taken', async () => {
    await insert({ id: 'one' });
    expect(await codeOf(insert({ id: 'one' }))).toBe('ALREADY_EXISTS');
  });
});

describe('the lifetime of tokens', () => {
  const lifetimeOf = async (id: string, client: Partial<NewClient>) => {
    const { clientSecret } = await insert({ id, ...client });
    const asked = { grant_type: 'client_credentials', client_id: id, client_secret: clientSecret };
    const { json } = await opened.post(SAAS, asked);
    const { expires_in, access_token } = json as { expires_in: number; access_token: string };
    const { exp, iat } = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number;
      iat: number;
    };
    expect(exp - iat).toBe(expires_in);
    return expires_in;
  };

  it('is the client’s own where it has one, and never beyond its end', async () => {
    expect(await lifetimeOf('plain', {})).toBe(300);
    expect(await lifetimeOf('short', { tokenLifetimeSeconds: 1 })).toBe(1);
    expect(await lifetimeOf('long', { tokenLifetimeSeconds: 86_400 })).toBe(86_400);
    const expires = opened.clock.now() + 9_000;
    expect(await lifetimeOf('mortal', { tokenLifetimeSeconds: 86_400, expires })).toBe(9);
  });
});

describe('deleting a client', () => {
  it('retires its id for good: nobody gets it again, not from configuration either', async () => {
    const client = await insert({ id: 'one' });
    await opened.change((tx) => opened.commands.deleteClient(tx, 'one'));
    expect(await codeOf(insert({ id: 'one' }))).toBe('ALREADY_EXISTS');
    expect(await configure('chosen', 'one')).toBe('retired');
    expect(opened.issuer.isRegistered(client.clientId)).toBe(false);
    expect(await statusWith('one', client.clientSecret)).toBe(401);
    expect(await statusWith('one', 'chosen')).toBe(401);
    expect(await opened.db.selectFrom('issuer_client_secrets').selectAll().execute()).toEqual([]);
  });

  it('is refused where there is none', async () => {
    expect(await codeOf(opened.change((tx) => opened.commands.deleteClient(tx, 'nobody')))).toBe('NOT_FOUND');
  });
});

describe('a client that expires', () => {
  it('is not registered from that moment on, and its tokens are refused at once, without any skew', async () => {
    const expires = opened.clock.now() + 100_000;
    const client = await insert({ id: 'brief', expires });
    const parameters = { grant_type: 'client_credentials', client_id: 'brief', client_secret: client.clientSecret };
    const { json } = await opened.post(SAAS, parameters);
    const token = typeof json === 'object' && json !== null && 'access_token' in json ? String(json.access_token) : '';
    opened.clock.move(99_999);
    expect(opened.issuer.isRegistered(client.clientId)).toBe(true);
    expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'verified' });
    opened.clock.move(1);
    expect(opened.issuer.isRegistered(client.clientId)).toBe(false);
    expect(await opened.verify(token, 'operate')).toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await statusWith('brief', client.clientSecret)).toBe(401);
  });
});

describe('rotating a secret', () => {
  const rotate = (overlapSeconds: number, id = 'one') =>
    opened.change((tx) => opened.commands.rotateSecret(tx, { id, overlapSeconds }));

  it('keeps both for the overlap, and the new one after it', async () => {
    const first = await insert({ id: 'one' });
    const second = await rotate(3600);
    expect(second).toEqual({ ...first, clientSecret: second.clientSecret });
    opened.clock.move(3_599_000);
    expect(await Promise.all([first, second].map((client) => statusWith('one', client.clientSecret)))).toEqual([
      200, 200,
    ]);
    opened.clock.move(1_000);
    expect(await Promise.all([first, second].map((client) => statusWith('one', client.clientSecret)))).toEqual([
      401, 200,
    ]);
  });

  it('ends the old one at once without an overlap', async () => {
    const first = await insert({ id: 'one' });
    const second = await rotate(0);
    expect(await Promise.all([first, second].map((client) => statusWith('one', client.clientSecret)))).toEqual([
      401, 200,
    ]);
  });

  it('leaves two secrets at most', async () => {
    const first = await insert({ id: 'one' });
    const second = await rotate(3600);
    const third = await rotate(3600);
    expect(await Promise.all([first, second, third].map((client) => statusWith('one', client.clientSecret)))).toEqual([
      401, 200, 200,
    ]);
  });

  it('is refused for nobody, and for an overlap that is none', async () => {
    expect(await codeOf(rotate(60, 'nobody'))).toBe('NOT_FOUND');
    await insert({ id: 'one' });
    for (const overlap of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9])
      expect(await codeOf(rotate(overlap))).toBe('INVALID_ARGUMENT');
  });
});

describe('a client from configuration', () => {
  it('is created once, and left alone while its secret is the same', async () => {
    expect(await configure('chosen')).toBe('created');
    expect(await configure('chosen')).toBe('unchanged');
    expect(await statusWith('fixed', 'chosen')).toBe(200);
  });

  it('has a slow hash, never SHA-256 of what somebody chose', async () => {
    await configure('chosen');
    const [stored] = await opened.db.selectFrom('issuer_client_secrets').selectAll().execute();
    expect(stored?.scheme).toBe('slow');
    expect(stored?.digest).not.toBe(opened.secrets.fastDigest('chosen').digest);
  });

  it('gets the new secret where it differs, and the old one is dead at once', async () => {
    await configure('leaked');
    expect(await statusWith('fixed', 'leaked')).toBe(200);
    expect(await configure('fresh')).toBe('secret-replaced');
    expect(await statusWith('fixed', 'leaked')).toBe(401);
    expect(await statusWith('fixed', 'fresh')).toBe(200);
  });

  it('keeps the name and the scopes that the record has', async () => {
    await insert({ id: 'fixed', name: 'theirs', scopes: ['zeebe'] });
    expect(await configure('chosen')).toBe('secret-replaced');
    expect(opened.issuer.client('fixed')).toMatchObject({ name: 'theirs', scopes: ['zeebe'] });
  });

  it.each(['', 'x'.repeat(1_025), 'a\nb'])('is refused with a secret that cannot be one', async (secret) => {
    expect(await codeOf(configure(secret))).toBe('INVALID_ARGUMENT');
  });

  it('costs no slow hash when it fetches its first token', async () => {
    await configure('chosen');
    expect(await statusWith('fixed', 'chosen')).toBe(200);
    expect(opened.hashing.verified).toEqual([]);
  });
});

it('the audiences of scopes are those of the contract', () => {
  expect(audiencesOfScopes(['zeebe', 'operate'])).toEqual([
    'operate.camunda.io',
    'operate-api',
    'zeebe.camunda.io',
    'zeebe-api',
  ]);
  expect(audiencesOfScopes(SCOPES)).toHaveLength(10);
});
