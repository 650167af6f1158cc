import { connect } from 'node:net';

export type HeldRequest = {
  /** Sends the rest of the body. */
  finish(): void;
  /** Everything that came back, once the connection has ended. */
  readonly answer: Promise<string>;
};

/** A request whose head has arrived and whose body has not: a log-in of demo, all but its last byte. */
export async function holdRequest(origin: string): Promise<HeldRequest> {
  const { port } = new URL(origin);
  const body = 'username=demo&password=demo';
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  const answer = new Promise<string>((resolve) =>
    socket.once('close', () => resolve(Buffer.concat(chunks).toString())),
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  // Expect makes the server say that it has the head: it is under way from then on.
  const head = `POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`;
  socket.write(head);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(body.slice(0, -1));
  return { answer, finish: () => void socket.write(body.slice(-1)) };
}
