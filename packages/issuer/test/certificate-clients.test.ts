import { hash, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PresentedCertificate } from '../src/presented-certificate.ts';
import {
  AUTHORITY,
  FOR_ANYTHING,
  FOR_SERVERS,
  NAMELESS,
  OTHER,
  READER,
  RENEWED,
  SELF_SIGNED,
} from './client-certificates.ts';
import { INTROSPECTION, KEYCLOAK, type OpenedIssuer, openIssuer, REVOCATION, SAAS } from './opened-issuer.ts';

const SUBJECT = 'CN=reader \\"x\\" ü,OU=Doors+O=Stage\\, Ltd,C=DE';
const DAY = 86_400_000;
const derOf = (pem: string) => new Uint8Array(new X509Certificate(pem).raw);
const thumbprintOf = (pem: string) => hash('sha256', derOf(pem), 'base64url');

let opened: OpenedIssuer;
let presented: PresentedCertificate | null;
let secret: string;

beforeEach(async () => {
  presented = null;
  opened = await openIssuer({ certificate: () => presented });
  // The certificates begin after the clock of the tests does.
  opened.clock.move(30 * DAY);
  await register('pinned', { thumbprints: [thumbprintOf(READER), thumbprintOf(SELF_SIGNED)] });
  await register('named', { subject: SUBJECT });
  ({ clientSecret: secret } = await opened.change((tx) =>
    opened.commands.insertClient(tx, { ...client('secretive'), bindTokens: 'certificate' }),
  ));
});
afterEach(() => opened.close());

const client = (id: string) => ({ id, name: id, scopes: ['operate'] });
type Registration = Parameters<OpenedIssuer['commands']['insertCertifiedClient']>[1]['registration'];
function register(id: string, registration: Registration, more: { readonly bindTokens?: string } = {}) {
  return opened.change((tx) => opened.commands.insertCertifiedClient(tx, { ...client(id), ...more, registration }));
}

type Presented = { readonly by: string; readonly trusted?: boolean; readonly more?: Readonly<Record<string, string>> };
/** One request over a connection with this certificate. */
async function ask(client_id: string, { by, trusted = true, more = {} }: Presented, path = SAAS) {
  presented = { der: derOf(by), trusted };
  return opened.post(path, { grant_type: 'client_credentials', client_id, ...more });
}
async function tokenOf(client_id: string, presenting: Presented): Promise<string> {
  const answer = await ask(client_id, presenting);
  expect(answer.status).toBe(200);
  return (answer.json as { access_token: string }).access_token;
}
const claimsOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('a client that is registered by its certificate', () => {
  it.each([SAAS, KEYCLOAK])('gets a token with it alone, whoever signed it, at %s', async (path) => {
    for (const by of [READER, SELF_SIGNED]) {
      const answer = await ask('pinned', { by, trusted: false }, path);
      expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
    }
    expect(opened.audited.at(-1)).toMatchObject({
      actor: { kind: 'client', id: 'pinned', credential: 'certificate' },
      operation: 'login',
      outcome: 'SUCCESS',
    });
  });

  it('is refused with one of the same subject that is another, however it was signed', async () => {
    expect((await ask('pinned', { by: RENEWED })).status).toBe(401);
  });

  it('is refused before its certificate begins, and when it is over', async () => {
    opened.clock.move(400 * DAY);
    expect((await ask('pinned', { by: READER })).status).toBe(401);
    expect((await ask('pinned', { by: SELF_SIGNED })).status).toBe(200);
    opened.clock.move(-430 * DAY);
    expect((await ask('pinned', { by: SELF_SIGNED })).status).toBe(401);
  });
});

describe('a client that is registered by the subject of its certificate', () => {
  it('gets a token with any that a trusted CA gave it for that, also with a renewed one', async () => {
    for (const by of [READER, RENEWED]) expect((await ask('named', { by })).status).toBe(200);
  });

  it.each([
    ['one that signed itself', { by: SELF_SIGNED, trusted: false }],
    ['one of a CA that is not trusted', { by: RENEWED, trusted: false }],
    ['one that is for servers', { by: FOR_SERVERS }],
    ['one that does not say what it is for', { by: FOR_ANYTHING }],
    ['one that is a CA itself', { by: AUTHORITY }],
    ['a subject that differs by the case of a letter', { by: OTHER }],
    ['no subject', { by: NAMELESS }],
  ])('is refused with %s', async (_, presenting) => {
    const answer = await ask('named', presenting);
    expect(opened.faults).toEqual([]);
    expect([answer.status, answer.json]).toMatchObject([401, { error: 'access_denied' }]);
    expect(opened.audited.at(-1)).toMatchObject({ actor: { kind: 'anonymous' }, outcome: 'FAIL' });
  });

  it('is refused when its certificate is over', async () => {
    opened.clock.move(400 * DAY);
    expect((await ask('named', { by: READER })).status).toBe(401);
  });
});

describe('a certificate', () => {
  it('is nobody without a client id, for an unknown one, and for a client that has a secret', async () => {
    presented = { der: derOf(READER), trusted: true };
    expect((await opened.post(SAAS, { grant_type: 'client_credentials' })).status).toBe(401);
    expect((await ask('nobody', { by: READER })).status).toBe(401);
    expect((await ask('secretive', { by: READER })).status).toBe(401);
  });

  it('is what the client has to have: nothing else will do', async () => {
    for (const id of ['pinned', 'named']) {
      presented = null;
      const bare = await opened.post(SAAS, { grant_type: 'client_credentials', client_id: id });
      expect(bare.status).toBe(401);
      expect((await ask(id, { by: READER, more: { client_secret: 'guessed' } })).status).toBe(401);
      const basic = `Basic ${Buffer.from(`${id}:guessed`).toString('base64')}`;
      presented = { der: derOf(READER), trusted: true };
      const header = await opened.post(SAAS, { grant_type: 'client_credentials' }, { authorization: basic });
      expect(header.status).toBe(401);
    }
  });

  it('is not taken from a client that was deleted or has expired', async () => {
    await opened.change((tx) => opened.commands.deleteClient(tx, 'pinned'));
    expect((await ask('pinned', { by: READER })).status).toBe(401);
    await opened.change((tx) =>
      opened.commands.insertCertifiedClient(tx, {
        ...client('brief'),
        expires: opened.clock.now() + 10_000,
        registration: { thumbprints: [thumbprintOf(READER)] },
      }),
    );
    expect((await ask('brief', { by: READER })).status).toBe(200);
    opened.clock.move(10_000);
    for (const path of [SAAS, INTROSPECTION.saas])
      expect((await ask('brief', { by: READER, more: { token: 'any' } }, path)).status).toBe(401);
  });

  it('that is wrong is limited like a wrong secret, which slows the good one in nothing', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 40; attempt += 1) statuses.push((await ask('pinned', { by: OTHER })).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await ask('pinned', { by: READER })).status).toBe(200);
  });

  it('is enough to ask about a token and to take it back', async () => {
    const token = await tokenOf('named', { by: READER });
    expect((await ask('named', { by: READER, more: { token } }, INTROSPECTION.saas)).json).toMatchObject({
      active: true,
      cnf: { 'x5t#S256': thumbprintOf(READER) },
      token_type: 'Bearer',
    });
    expect((await ask('named', { by: READER, more: { token } }, REVOCATION.saas)).status).toBe(200);
    expect((await ask('named', { by: READER, more: { token } }, INTROSPECTION.saas)).json).toEqual({ active: false });
  });
});

describe('a token of a client with a certificate', () => {
  it('is bound to the certificate of the connection that it was fetched over', async () => {
    for (const by of [READER, RENEWED])
      expect(claimsOf(await tokenOf('named', { by }))).toMatchObject({ cnf: { 'x5t#S256': thumbprintOf(by) } });
    expect(await opened.verify(await tokenOf('named', { by: READER }), 'operate')).toMatchObject({
      kind: 'refused',
      code: 'TOKEN_BINDING_REFUSED',
    });
  });

  it('is bound to nothing where the client was registered so', async () => {
    await register('free', { subject: SUBJECT }, { bindTokens: 'none' });
    const token = await tokenOf('free', { by: READER });
    expect(claimsOf(token)).not.toHaveProperty('cnf');
    expect(await opened.verify(token, 'operate')).toMatchObject({ kind: 'verified' });
  });

  it('is bound to any certificate that a client with a secret has, if it was registered so', async () => {
    const token = await tokenOf('secretive', { by: SELF_SIGNED, trusted: false, more: { client_secret: secret } });
    expect(claimsOf(token)).toMatchObject({ cnf: { 'x5t#S256': thumbprintOf(SELF_SIGNED) } });
  });

  it.each([
    [SAAS, 'the tokens of this client are bound to its certificate: connect with it'],
    [KEYCLOAK, 'Client Certification missing for MTLS HoK Token Binding'],
  ])('is not issued without one, at %s', async (path, error_description) => {
    presented = null;
    const parameters = { grant_type: 'client_credentials', client_id: 'secretive', client_secret: secret };
    const answer = await opened.post(path, parameters);
    expect([answer.status, answer.json]).toEqual([400, { error: 'invalid_request', error_description }]);
  });

  it('is not bound to a key besides', async () => {
    presented = { der: derOf(READER), trusted: true };
    const parameters = { grant_type: 'client_credentials', client_id: 'named' };
    const answer = await opened.post(SAAS, parameters, { dpop: 'whatever' });
    expect([answer.status, answer.json]).toMatchObject([400, { error: 'invalid_dpop_proof' }]);
  });

  it('is not issued without a proof to a client whose tokens are bound to a key', async () => {
    await register('prover', { subject: SUBJECT }, { bindTokens: 'dpop' });
    const answer = await ask('prover', { by: READER });
    expect([answer.status, answer.json]).toMatchObject([400, { error: 'invalid_dpop_proof' }]);
  });
});

describe('the metadata', () => {
  it.each([
    ['none', [], undefined],
    ['possessed', ['self_signed_tls_client_auth'], true],
    ['trusted', ['self_signed_tls_client_auth', 'tls_client_auth'], true],
  ] as const)('says what certificates that are %s can do', async (clientCertificates, methods, binds) => {
    const other = await openIssuer({ clientCertificates });
    const { json } = await other.send('/.well-known/openid-configuration');
    const told = json as Record<string, readonly string[] | undefined>;
    for (const endpoint of ['token', 'introspection', 'revocation'])
      expect(told[`${endpoint}_endpoint_auth_methods_supported`]?.filter((name) => name.includes('tls'))).toEqual(
        methods,
      );
    expect(told.tls_client_certificate_bound_access_tokens).toBe(binds);
    await other.close();
  });
});

describe('registering a certificate', () => {
  it.each<[string, Registration]>([
    ['no thumbprint', { thumbprints: [] }],
    ['a thumbprint in hexadecimal', { thumbprints: ['ab'.repeat(32)] }],
    ['a thumbprint with bits that no SHA-256 has', { thumbprints: [`${'A'.repeat(42)}B`] }],
    [
      'too many thumbprints',
      { thumbprints: Array.from({ length: 9 }, (_, index) => hash('sha256', `${index}`, 'base64url')) },
    ],
    ['an empty subject', { subject: '' }],
    ['a subject that is only a name', { subject: 'reader' }],
    ['an attribute that is not known', { subject: 'CN=reader,X=1' }],
    ['an attribute by its number', { subject: '2.5.4.3=reader' }],
    ['an attribute without a value', { subject: 'CN=,O=Stage' }],
    ['a value in hexadecimal', { subject: 'CN=#0403616263' }],
    ['a value that is quoted', { subject: 'CN="reader"' }],
    ['spaces that are not escaped', { subject: 'CN = reader' }],
    ['escaped bytes that are no UTF-8', { subject: 'CN=\\ff' }],
    ['a backslash at its end', { subject: 'CN=reader\\' }],
    ['a subject without end', { subject: `CN=${'a'.repeat(1_022)}` }],
  ])('takes %s for nothing', async (_, registration) => {
    await expect(register('new', registration)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(opened.issuer.client('new')).toBeUndefined();
  });

  it('takes no binding that is not known', async () => {
    const registering = register('new', { subject: SUBJECT }, { bindTokens: 'certificates' });
    await expect(registering).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('reads a subject as people write it: the case of attributes, spaces behind commas, and escaped bytes', async () => {
    await register('spelled', { subject: 'cn=reader \\22x\\22 \\c3\\bc, o=Stage\\2c Ltd+ou=Doors, c=DE' });
    expect((await ask('spelled', { by: READER })).status).toBe(200);
    await register('turned', { subject: 'C=DE,OU=Doors+O=Stage\\, Ltd,CN=reader \\"x\\" ü' });
    expect((await ask('turned', { by: READER })).status).toBe(401);
  });

  it('leaves no way to a secret, and shows what there is', async () => {
    const rotating = opened.change((tx) => opened.commands.rotateSecret(tx, { id: 'named', overlapSeconds: 0 }));
    await expect(rotating).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const configured = { ...client('named'), secret: 'configured' };
    const upserting = opened.change((tx) => opened.commands.upsertConfiguredClient(tx, configured));
    await expect(upserting).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(opened.issuer.client('named')).toMatchObject({
      authentication: { kind: 'certificate-subject', subject: SUBJECT },
      bindTokens: 'certificate',
    });
    expect(opened.issuer.client('pinned')?.authentication).toEqual({
      kind: 'certificate',
      thumbprints: [thumbprintOf(READER), thumbprintOf(SELF_SIGNED)],
    });
  });

  it('holds after a restart', async () => {
    await opened.restart();
    expect((await ask('named', { by: READER })).status).toBe(200);
    expect((await ask('pinned', { by: RENEWED })).status).toBe(401);
  });
});
