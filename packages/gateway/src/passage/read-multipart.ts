import type { RawRequest } from '../door.ts';
import { Failure } from '../failure.ts';
import type { Multipart } from '../operation.ts';

const LIMITS = {
  fileSize: 4 * 1024 * 1024,
  files: 100,
  fields: 100,
  fieldSize: 64 * 1024,
  fieldNameSize: 100,
  headerPairs: 20,
};
/** Of the whole body, as for every other kind of body: parts that are each small enough are not together. */
export const MULTIPART_LIMIT = 4 * 1024 * 1024 + 64 * 1024;

/** Reads a multipart body, bounded in every direction; loaded at the first one, since most programs never see any. */
export async function readMultipart(request: RawRequest): Promise<Multipart> {
  const { Busboy } = await import('@fastify/busboy');
  const files: { field: string; name: string; content: Uint8Array }[] = [];
  const fields = new Map<string, string>();
  return await new Promise((resolve, reject) => {
    let received = 0;
    const count = (chunk: Buffer) => {
      received += chunk.length;
      if (received > MULTIPART_LIMIT) fail(new Failure('too-large', `the body exceeds ${MULTIPART_LIMIT} bytes`));
    };
    /** What still comes is let go of: the listener ends a connection on which it goes on coming. */
    const fail = (failure: Failure) => {
      request.unpipe();
      request.off('data', count);
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
    request.on('data', count);
    const cut = () => fail(new Failure('malformed', 'the request ended early'));
    request.on('aborted', cut);
    // One that was cut off before anybody listened will not say so again.
    if (request.destroyed) cut();
    else request.pipe(reader);
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
