import type { RawRequest } from './door.ts';
import { Failure } from './failure.ts';
import type { Multipart, Operation } from './operation.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*;/i;
const EXPECTED = { json: JSON_TYPE, form: FORM_TYPE, multipart: MULTIPART_TYPE, none: /^/ } as const;

/** Refuses a media type that the operation does not read, before a byte of the body is. */
export function refuseMediaType(operation: Operation, request: RawRequest): Failure | null {
  const { kind, optional } = operation.body;
  if (kind === 'none') return null;
  const type = request.headers['content-type'];
  if (type === undefined)
    return optional && !hasBody(request)
      ? null
      : new Failure('unsupported-media-type', 'the request has no Content-Type');
  if (!EXPECTED[kind].test(type)) return new Failure('unsupported-media-type', `Content-Type must be ${wanted(kind)}`);
  return null;
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
  try {
    return JSON.parse(text, refusePrototypes);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    // Looking for `__proto__` recurses, and runs out of stack before anything behind it could.
    const problem = cause instanceof RangeError ? 'is nested too deeply' : 'is not JSON';
    throw new Failure('malformed', `Failed to read request: the body ${problem}`);
  }
}

/** `__proto__` is nobody's variable. It is refused rather than dropped: nothing a caller sends is lost in silence. */
function refusePrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Failure('malformed', 'Request property [__proto__] cannot be parsed');
  return value;
}

/** RFC 6749 section 3.2 forbids a parameter twice; so does every form here. */
export function formFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name))
      throw new Failure('malformed', `the parameter ${JSON.stringify(name.slice(0, 100))} is there twice`);
    fields.set(name, value);
  }
  return fields;
}

const LIMITS = {
  fileSize: 4 * 1024 * 1024,
  files: 100,
  fields: 100,
  fieldSize: 64 * 1024,
  fieldNameSize: 100,
  headerPairs: 20,
};
/** Of the whole body, as for every other kind of body: parts that are each small enough are not together. */
const MULTIPART_LIMIT = 4 * 1024 * 1024 + 64 * 1024;

/** Reads a multipart body, bounded in every direction; loaded at the first one, since most programs never see any. */
export async function readMultipart(request: RawRequest): Promise<Multipart> {
  const { Busboy } = await import('@fastify/busboy');
  const files: { field: string; name: string; content: Uint8Array }[] = [];
  const fields = new Map<string, string>();
  return await new Promise((resolve, reject) => {
    const fail = (failure: Failure) => {
      request.unpipe();
      request.resume();
      reject(failure);
    };
    const contentType = request.headers['content-type'] ?? '';
    const reader = startBusboy(
      () => new Busboy({ headers: { ...request.headers, 'content-type': contentType }, limits: LIMITS }),
      fail,
    );
    if (reader === null) return;
    reader.on('file', (field, stream, name) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A part that is cut off says so itself, beside its reader; unheard, it would end the process.
      stream.on('error', (cause: unknown) =>
        fail(new Failure('malformed', 'Failed to parse multipart servlet request', { cause })),
      );
      stream.on('limit', () => fail(new Failure('too-large', `a part exceeds ${LIMITS.fileSize} bytes`)));
      stream.on('end', () => files.push({ field, name: name ?? '', content: Buffer.concat(chunks) }));
    });
    reader.on('field', (name, value) => {
      if (fields.has(name)) fail(new Failure('malformed', 'the body has a field twice'));
      fields.set(name, value);
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      reader.on(limit, () => fail(new Failure('too-large', 'the body has too many parts')));
    reader.on('error', (cause: unknown) =>
      fail(new Failure('malformed', 'Failed to parse multipart servlet request', { cause })),
    );
    reader.on('finish', () => resolve({ files, fields }));
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > MULTIPART_LIMIT) fail(new Failure('too-large', `the body exceeds ${MULTIPART_LIMIT} bytes`));
    });
    request.on('aborted', () => fail(new Failure('malformed', 'the request ended early')));
    request.pipe(reader);
  });
}

function startBusboy<T>(start: () => T, fail: (failure: Failure) => void): T | null {
  try {
    return start();
  } catch (cause) {
    fail(new Failure('malformed', 'Failed to parse multipart servlet request', { cause }));
    return null;
  }
}
