import type { IncomingMessage } from 'node:http';

/** 128 kB, Keycloak's. */
const BODY_LIMIT = 131_072;

/** The body is longer than is read here. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The body ended before it was whole. */
export class BodyCutOff extends Error {
  override readonly name = 'BodyCutOff';
}

/** Reads a body whole: one that announces more than the limit is refused unread, one that turns out longer is cut off. */
export function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) return Promise.reject(new BodyTooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      else {
        request.removeAllListeners('data').pause();
        reject(new BodyTooLarge());
      }
    });
    const cut = () => reject(new BodyCutOff());
    request.once('error', cut);
    request.once('close', cut);
    request.once('end', () => {
      // Every request is closed at some time: an error that nobody hears of costs as much as one that somebody does.
      request.off('close', cut);
      resolve(Buffer.concat(chunks));
    });
  });
}
