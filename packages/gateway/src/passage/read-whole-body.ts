import type { RawRequest } from '../door.ts';
import { Failure } from '../failure.ts';

/** What an operation reads of a body at most. */
export const BODY_LIMIT = 4 * 1024 * 1024;
/** What everybody may send who has not shown who he is: a login, the first set-up. */
export const ANONYMOUS_BODY_LIMIT = 64 * 1024;

/** Reads a body whole, up to a limit: one that announces more is refused unread, one that turns out longer is cut off. */
export function readWholeBody(request: RawRequest, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const cut = () => reject(new Failure('malformed', 'the request ended early'));
    // One that was cut off while its caller was looked at will not say so again.
    if (request.destroyed) return cut();
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data').pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', cut);
    request.once('close', cut);
  });
}

/** The rest of the body is not waited for: the connection ends with the answer. */
function tooLarge(): Failure {
  return new Failure('too-large', 'the body is larger than is read here', { headers: { connection: 'close' } });
}
