import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { DIFFERENCES } from './differences.ts';
import { type OtherIssuer, openOtherIssuer } from './other-issuer.ts';
import {
  type AskedIssuer,
  allCells,
  CALLBACK,
  type Cell,
  type Known,
  RESOURCES,
  type Registered,
  SCOPES,
} from './request-cells.ts';

/** The same requests at an issuer that nobody here wrote and at ours, in Keycloak's form, whose codes are those of the RFCs. */
let program: Program;
let other: OtherIssuer;
let ours: AskedIssuer;
let clients: Registered;
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

beforeAll(async () => {
  program = await startProgram({
    args: ['--method', 'oidc', '--memory', ...FREE_PORTS],
    // Each request comes from a place of its own, or the guesses among them would be limited.
    yaml: 'stagedoor.forwarded: { peers: [127.0.0.1], headers: forwarded }',
  });
  const file = join(program.directory, 'own.jwk');
  writeFileSync(file, JSON.stringify(own.publicKey.export({ format: 'jwk' })));
  const create = async (id: string, ...more: string[]): Promise<{ id: string; secret: string }> => {
    const scopes = SCOPES.flatMap((scope) => ['--scope', scope]);
    const named = [
      'client',
      'create',
      '--json',
      '--name',
      id,
      '--id',
      id,
      ...RESOURCES.flatMap((one) => ['--audience', one]),
    ];
    const { clientSecret } = JSON.parse(await command(program, [...named, ...scopes, ...more]));
    return { id, secret: clientSecret };
  };
  clients = {
    byPost: await create('by-post'),
    byBasic: await create('by-basic'),
    byKey: { ...(await create('by-key', '--key-file', file)), key: own.privateKey },
    ofPeople: await create('of-people', '--redirect-uri', CALLBACK),
    open: await create('open', '--public', '--redirect-uri', CALLBACK),
  };
  const issuer = `${program.issuer}/auth/realms/camunda-platform`;
  ours = { issuer, tokenEndpoint: `${issuer}/protocol/openid-connect/token` };
  other = await openOtherIssuer(clients, own.publicKey.export({ format: 'jwk' }));
});
afterAll(async () => {
  other?.close();
  await program?.stop();
});

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };
let asked = 0;

function ask({ request }: Cell, at: AskedIssuer): Promise<Answer> {
  const { method, contentType, headers, form } = request({ at, clients, stranger } satisfies Known);
  asked += 1;
  const from = { forwarded: `for=10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}` };
  const type = contentType === null ? {} : { 'content-type': contentType };
  const body = method === 'GET' || method === 'HEAD' ? '' : form;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = httpRequest(
    at.tokenEndpoint,
    { method, headers: { ...from, ...type, ...length, ...headers } },
    (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', reject);
    },
  );
  sent.on('error', reject).end(body);
  return promise;
}

/** What a client can tell answers apart by. */
function outcome({ status, headers, text }: Answer): string {
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  const error = typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : '';
  const challenge = headers['www-authenticate']?.split(' ', 1)[0] ?? '';
  return [String(status), /^[a-z_]+$/.test(error) ? error : '', challenge].filter((word) => word !== '').join(' ');
}

it('every request gets from both what the RFCs say, but for the differences that are listed with their reasons', async () => {
  const cells = allCells();
  expect(cells.length).toBeGreaterThan(3_000);
  const unexplained: string[] = [];
  const used = new Set<string>();
  const kept: string[] = [];
  for (const cell of cells) {
    const [theirs, mine] = await Promise.all([ask(cell, other), ask(cell, ours)]);
    if (mine.headers['cache-control'] !== 'no-store') kept.push(cell.name);
    const difference = `${outcome(theirs)} → ${outcome(mine)}`;
    if (outcome(theirs) === outcome(mine)) continue;
    const row = DIFFERENCES.find((one) => one.cells.test(cell.name) && one.outcomes.test(difference));
    if (row === undefined) unexplained.push(`${cell.name}: ${difference}`);
    else used.add(row.line);
  }
  expect(unexplained).toEqual([]);
  // RFC 6749 section 5.1: no answer of ours may be kept by a cache, whatever it says.
  expect(kept).toEqual([]);
  expect(DIFFERENCES.filter(({ line }) => !used.has(line))).toEqual([]);
}, 120_000);
