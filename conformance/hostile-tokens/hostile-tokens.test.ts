import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeBytes } from '../../packages/gateway/test/raw-http.ts';
import type { DocumentServer } from '../program/serve-documents.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { Observer } from '../ways-in/observer.ts';
import { AUDIENCES, ISSUERS, KINDS, SUBJECTS, TIMES } from './cases/claims.ts';
import { BROUGHT_ALONG, CRITICAL, NAMES } from './cases/header.ts';
import { SHAPES, TEXTS } from './cases/reading.ts';
import { ALGORITHMS, KEYS, SIGNATURES } from './cases/signing.ts';
import { CANARY, Forge, type HostileToken, keys } from './forge.ts';
import { hostileIssuer, neighbourIssuer } from './hostile-issuer.ts';

const GROUPS: readonly (readonly [what: string, tokens: readonly HostileToken[]])[] = [
  ['of another shape', SHAPES],
  ['of other texts', TEXTS],
  ['with another algorithm', ALGORITHMS],
  ['with another signature', SIGNATURES],
  ['with a key that is for something else', KEYS],
  ['with something critical', CRITICAL],
  ['with names of its own', NAMES],
  ['that brings its key along', BROUGHT_ALONG],
  ['of another issuer', ISSUERS],
  ['of another time', TIMES],
  ['for somebody else', AUDIENCES],
  ['that is no access token', KINDS],
  ['that names nobody, or is bound', SUBJECTS],
];

const GOOD: readonly (readonly [name: string, token: (forge: Forge) => string])[] = [
  ['RS256', (f) => f.sign(f.claims())],
  ['RS512 by a key that names no algorithm', (f) => f.under({ alg: 'RS512' }, keys.anyRsa)],
  ['ES256', (f) => f.under({ alg: 'ES256' }, keys.ec)],
  ['ES384', (f) => f.under({ alg: 'ES384' }, keys.ec384)],
  ['EdDSA', (f) => f.under({ alg: 'EdDSA' }, keys.ed)],
  ['no kid (RFC 7515 4.1.4)', (f) => f.under({ kid: undefined })],
  ['no typ', (f) => f.under({ typ: undefined })],
  ['at+jwt in capitals (RFC 7515 4.1.9)', (f) => f.under({ typ: 'AT+JWT' })],
  ['white space in its JSON', (f) => f.payload((good) => ` ${good.replaceAll(',"', ' ,\n"')} `)],
  ['a list of audiences with ours in it', (f) => f.with({ aud: ['account', 'hostile-api'] })],
  ['expired within the skew', (f) => f.with({ iat: f.now - 900, exp: f.now - 5 })],
  ['the typ of an access token of Keycloak', (f) => f.with({ typ: 'Bearer' })],
  ['the token_use of an access token of Cognito', (f) => f.with({ token_use: 'access' })],
  ['eleven kilobytes', (f) => f.with({ filler: 'x'.repeat(8000) })],
  ['a user by its sub', (f) => f.with({ client_id: undefined })],
  ['the other issuer, whose key has the same name', (f) => f.sign(f.claims({ iss: f.neighbour }), keys.neighbour)],
  [
    'a jwk, a jku and an x5u that nobody looks at',
    (f) => f.under({ jwk: {}, jku: `${f.issuer}/attacker`, x5u: `${f.issuer}/attacker` }),
  ],
];

let issuer: DocumentServer;
let neighbour: DocumentServer;
let program: Program;
let forge: Forge;
const sent: string[] = [];
const observer = new Observer();
observer.secret('claim', CANARY);

beforeAll(async () => {
  [issuer, neighbour] = await Promise.all([hostileIssuer(), neighbourIssuer()]);
  forge = new Forge(issuer.origin, neighbour.origin);
  const trusted = (origin: string) =>
    `{ issuer-uri: "${origin}", audiences: [hostile-api], client-id-claim: client_id, groups-claim: groups }`;
  program = await startProgram({
    args: [...FREE_PORTS, '--memory'],
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: ${trusted(issuer.origin)}
  providers.oidc.neighbour: ${trusted(neighbour.origin)}
stagedoor.oidc: { shared-names: true, pins: { tid: ours } }
`,
  });
});
afterAll(() => Promise.all([issuer.close(), neighbour.close(), program.stop()]));

/** The bytes as they are: no client mends them on the way. */
async function ask(token: string): Promise<{ status: number; code: unknown; text: string }> {
  sent.push(token);
  const { port, host } = new URL(program.rest);
  const text = await exchangeBytes(
    Number(port),
    `GET /v2/topology HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );
  observer.saw('an answer', text);
  const body = /\{.*\}/s.exec(text)?.[0];
  const code = body === undefined ? undefined : (JSON.parse(body) as { readonly code?: unknown }).code;
  return { status: Number(text.split(' ', 2)[1]), code, text };
}

it('has at least 120 tokens, each with its paragraph in its name, none of them twice', () => {
  const names = GROUPS.flatMap(([, tokens]) => tokens.map(([name]) => name));
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^(RFC \d+|OpenID Connect [A-Z][\w -]+?) (appendix )?[\dA-Z.]+: /.test(name))).toEqual(
    [],
  );
});

describe('a good token is let in, so that refusing means something', () => {
  it.each(GOOD)('%s', async (_name, token) => {
    expect(await ask(token(forge))).toMatchObject({ status: 200 });
  });
});

describe.each(GROUPS)('a token %s is refused', (_what, tokens) => {
  it.each(tokens)('%s', async (_name, code, token) => {
    const answer = await ask(token(forge));
    expect({ status: answer.status, code: answer.code }).toEqual({ status: 401, code });
    expect(answer.text).toMatch(/^www-authenticate: Bearer .*error="invalid_token"/im);
  });
});

it.each([17_000, 1_000_000])('a token of %d characters is refused before it is read', async (length) => {
  expect(await ask('x'.repeat(length))).toMatchObject({ status: 431 });
});

describe('after all of them', () => {
  it('the program still lives and lets a good token in', async () => {
    expect(program.child.exitCode).toBeNull();
    expect(await ask(forge.with({ x: 'afterwards' }))).toMatchObject({ status: 200 });
  });

  it('nobody was asked for a key but the issuers, by the addresses that they are known by', () => {
    expect(new Set([...issuer.asked, ...neighbour.asked])).toEqual(
      new Set(['/.well-known/openid-configuration', '/keys']),
    );
    // However many kids nobody knows: one look in ten seconds.
    expect(issuer.asked.length).toBeLessThan(20);
  });

  it('nothing of any token is in the log or in an answer', () => {
    const output = program.output();
    observer.saw('the log', output);
    expect(observer.leaks).toEqual([]);
    const parts = new Set(sent.flatMap((token) => token.split('.')).filter((part) => part.length >= 20));
    expect(parts.size).toBeGreaterThan(200);
    expect([...parts].filter((part) => output.includes(part))).toEqual([]);
  });
});
