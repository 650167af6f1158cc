import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, RecordedCase, RecordedRequest, RecordedToken } from './recorded-case.ts';
import { withoutEllipsis } from './without-ellipsis.ts';

/** What real systems answered. The files are not a part of this repository and may be absent. */
const DIRECTORY = join(import.meta.dirname, '../../../shared/reference/golden');

/** The recordings that are replayed, in this order. */
export const RECORDINGS = [
  'camunda-8.6-zeebe-none',
  'camunda-8.6-operate-cookie',
  'camunda-8.6-operate-cookie-csrf',
  'camunda-8.6-operate-data',
  'spring-security-6.5-basic',
  'camunda-8.6-zeebe-oidc',
  'camunda-8.6-zeebe-oidc-issuer-down',
  'camunda-8.6-operate-oidc',
  'spring-security-6.5-oidc',
  'keycloak-token-endpoint',
  'keycloak-discovery',
] as const;
export type Recording = (typeof RECORDINGS)[number];

/** Recordings that no request can be replayed from, and why. */
export const NOT_REPLAYED: Readonly<Record<string, string>> = {
  'keycloak-key-rotation':
    'a diary of what an administrator did to the keys of Keycloak, without requests: key-rotation.test.ts goes by it',
};

export const recordingsDirectory = existsSync(DIRECTORY) ? DIRECTORY : null;

/** The cases of a recording, in their order; null where the recordings are not at hand. */
export function readRecording(recording: Recording): readonly RecordedCase[] | null {
  if (recordingsDirectory === null) return null;
  const content: unknown = JSON.parse(readFileSync(join(recordingsDirectory, `${recording}.json`), 'utf8'));
  if (recording === 'keycloak-discovery') return readDocuments(content);
  if (!Array.isArray(content)) throw new TypeError(`${recording} is not a list of cases`);
  return content.map((item: unknown) => readCase(item));
}

function readCase(item: unknown): RecordedCase {
  const { name, request, response } = objectOf(item, 'a case');
  const sending = objectOf(request, 'a request');
  const { status, headers, body = '', decoded } = objectOf(response, 'a response');
  const asked = {
    name: textOf(name, 'a name'),
    request: readRequest(textOf(name, 'a name'), sending),
    sent: readTokens(sending.decoded),
  };
  if (typeof status !== 'number') return { ...asked, answer: null, issued: null };
  const answer: Answer = { status, headers: readHeaders(headers), body: withoutEllipsis(textOf(body, 'a body')) };
  return { ...asked, answer, issued: readTokens(decoded)[0] ?? null };
}

function readRequest(name: string, request: Record<string, unknown>): RecordedRequest {
  const pairs = Array.isArray(request.headers)
    ? request.headers.map((pair: unknown) => listOf(pair, 'a header'))
    : Object.entries(objectOf(request.headers ?? {}, 'headers'));
  const headers = pairs.flatMap(([header, value]) =>
    linesOf(name, String(value)).map((line) => [String(header), withoutEllipsis(line)] as const),
  );
  const target = textOf(request.path ?? request.url, `the target of ${name}`);
  const body = request.body === null || request.body === undefined ? null : textOf(request.body, 'a body');
  return {
    method: textOf(request.method, 'a method'),
    target,
    headers,
    body: body === null ? null : readBody(name, body),
  };
}

/** Two lines of one header were written down as one. */
function linesOf(name: string, value: string): readonly string[] {
  return name === 'two Authorization headers' ? value.split(/,(?=Basic )/) : [value];
}

/** Bodies that were too long to be written down are made again from what the recording says about them. */
function readBody(name: string, body: string): Uint8Array {
  if (name === 'big body 5MB') {
    return Buffer.from(JSON.stringify({ processDefinitionId: 'lab-se', variables: { a: 'x'.repeat(5_000_000) } }));
  }
  if (name === '2000 unknown parameters') {
    const unknown = Array.from({ length: 2000 }, (_, index) => `p${index}=1`);
    return Buffer.from([body.slice(0, body.indexOf('&p0=')), ...unknown].join('&'));
  }
  const latin1 = /^latin1:(.*)$/s.exec(body)?.[1];
  return latin1 === undefined ? Buffer.from(withoutEllipsis(body)) : Buffer.from(latin1, 'latin1');
}

function readHeaders(headers: unknown): Answer['headers'] {
  const entries = Object.entries(objectOf(headers ?? {}, 'headers'));
  return new Map(
    entries.map(([name, value]) => [name.toLowerCase(), (Array.isArray(value) ? value : [value]).map(String)]),
  );
}

function readTokens(decoded: unknown): readonly RecordedToken[] {
  return (Array.isArray(decoded) ? decoded : []).map((token: unknown) => {
    const { header, claims } = objectOf(token, 'a token');
    return { header: objectOf(header, 'a header'), claims: objectOf(claims, 'claims') };
  });
}

const REALM = '/auth/realms/camunda-platform';
const DOCUMENTS = [
  ['discovery', `${REALM}/.well-known/openid-configuration`],
  ['oauthAuthorizationServer', `${REALM}/.well-known/oauth-authorization-server`],
  ['certs', `${REALM}/protocol/openid-connect/certs`],
] as const;

/** The documents of one file, as cases: what a GET of each was answered with. */
function readDocuments(content: unknown): readonly RecordedCase[] {
  const documents = objectOf(content, 'the documents');
  const unread = Object.keys(documents).filter((name) => !DOCUMENTS.some(([known]) => known === name));
  if (unread.length > 0) throw new TypeError(`no address is known for the documents ${unread.join(', ')}`);
  return DOCUMENTS.map(([name, target]) => {
    const headers = new Map([['content-type', ['application/json']]]);
    const answer = { status: 200, headers, body: JSON.stringify(readDocument(objectOf(documents[name], name))) };
    return { name, request: { method: 'GET', target, headers: [], body: null }, sent: [], answer, issued: null };
  });
}

/** Of the keys, only what we publish too: the one that RS256 tokens are signed with. */
function readDocument(document: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(document.keys)) return document;
  const keys = document.keys.map((key: unknown) => objectOf(key, 'a key'));
  return { keys: keys.filter(({ alg }) => alg === 'RS256') };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new TypeError(`${what} of a recording is not an object`);
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${what} of a recording is not a list`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${what} of a recording is not a text`);
}
