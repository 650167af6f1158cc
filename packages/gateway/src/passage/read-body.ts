import type { RawRequest } from '../door.ts';
import { Failure } from '../failure.ts';
import type { Operation } from '../operation.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*;/i;
/** Of arrays and objects within each other. */
const MAX_DEPTH = 1000;
const EXPECTED = { json: JSON_TYPE, form: FORM_TYPE, multipart: MULTIPART_TYPE, none: /^/ } as const;

/** Refuses a media type that the operation does not read, before a byte of the body is. */
export function refuseMediaType(operation: Operation, request: RawRequest): Failure | null {
  const { kind, optional } = operation.body;
  if (kind === 'none') return null;
  const type = request.headers['content-type'];
  if (type === undefined)
    return optional && !hasBody(request) ? null : unsupported(kind, 'the request has no Content-Type');
  if (!EXPECTED[kind].test(type)) return unsupported(kind, `Content-Type must be ${wanted(kind)}`);
  return null;
}

/** With `Accept`, which says what would be read (RFC 9110 section 15.5.16; recorded). */
function unsupported(kind: 'json' | 'form' | 'multipart', detail: string): Failure {
  return new Failure('unsupported-media-type', detail, { headers: { accept: wanted(kind) } });
}

function wanted(kind: 'json' | 'form' | 'multipart'): string {
  return { json: 'application/json', form: 'application/x-www-form-urlencoded', multipart: 'multipart/form-data' }[
    kind
  ];
}

function hasBody(request: RawRequest): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Decodes a body that was read whole. JSON is `unknown` until a schema has checked it. */
export function decodeBody(operation: Operation, bytes: Buffer | undefined): unknown {
  const { kind, optional } = operation.body;
  if (kind === 'none' || kind === 'multipart') return undefined;
  if (bytes === undefined || bytes.length === 0) {
    if (optional) return kind === 'json' ? {} : new Map();
    throw new Failure('malformed', 'Required request body is missing');
  }
  const text = decodeUtf8(bytes);
  return kind === 'json' ? parseJson(text) : formFields(text);
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('malformed', 'Failed to read request: the body is not UTF-8', { cause });
  }
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure('malformed', 'Failed to read request: the body is not JSON');
  }
  checkTree(value, 0);
  return value;
}

/**
 * `__proto__` is nobody's variable: it is refused rather than dropped, since nothing a caller sends is lost in silence. What
 * is nested deeper could run those behind this out of stack. Not a reviver, which takes fifty times as long as the parser.
 */
function checkTree(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth === MAX_DEPTH) throw new Failure('malformed', 'Failed to read request: the body is nested too deeply');
  if (Array.isArray(value)) {
    for (const item of value) checkTree(item, depth + 1);
    return;
  }
  if (Object.hasOwn(value, '__proto__'))
    throw new Failure('malformed', 'Request property [__proto__] cannot be parsed');
  for (const member of Object.values(value)) checkTree(member, depth + 1);
}

/** RFC 6749 section 3.2 forbids a parameter twice; so does every form here. */
function formFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name))
      throw new Failure('malformed', `the parameter ${JSON.stringify(name.slice(0, 100))} is there twice`);
    fields.set(name, value);
  }
  return fields;
}
