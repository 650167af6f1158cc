import { connect } from 'node:net';

/** Writes these bytes (Latin-1) as they are, with no client in between that mends them; what came back until the connection ended. */
export function sendRaw(port: number, bytes: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, host);
    let failure: Error | null = null;
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that refuses early resets a connection that is still writing: what it said before that is its answer.
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      if (chunks.length === 0 && failure !== null) reject(failure);
      else resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}
