import { connect, type Socket } from 'node:net';

export type Load = {
  readonly port: number;
  readonly connections: number;
  /** The bytes of one request, made anew for each. */
  readonly request: (index: number) => string;
};

export type Answered = {
  readonly answers: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly seconds: number;
};

/** Keep-alive connections that ask again as soon as they are answered, until `enough` says so or `stop` is called. */
export class ClosedLoop {
  readonly #load: Load;
  readonly #sockets: Socket[] = [];
  readonly #byStatus = new Map<number, number>();
  #answers = 0;
  #asked = 0;
  #enough = Number.POSITIVE_INFINITY;
  #done: () => void = () => undefined;

  constructor(load: Load) {
    this.#load = load;
  }

  get answers(): number {
    return this.#answers;
  }

  /** Runs until so many answers have come. */
  async run(enough: number): Promise<Answered> {
    this.#enough = enough;
    const started = performance.now();
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    this.start();
    await done;
    this.stop();
    return { answers: this.#answers, byStatus: this.#byStatus, seconds: (performance.now() - started) / 1000 };
  }

  start(): void {
    for (let index = 0; index < this.#load.connections; index += 1) this.#open();
  }

  /** Hangs up at once, whatever is under way. */
  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(): void {
    const socket = connect({ port: this.#load.port, host: '127.0.0.1', noDelay: true });
    this.#sockets.push(socket);
    let text = '';
    const ask = () => {
      socket.write(this.#load.request(this.#asked));
      this.#asked += 1;
    };
    socket.on('connect', ask);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? '0';
      if (text.length < end + 4 + Number(length)) return;
      this.#count(Number(text.slice(9, 12)));
      text = '';
      if (this.#answers < this.#enough) ask();
    });
  }

  #count(status: number): void {
    this.#answers += 1;
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    if (this.#answers >= this.#enough) this.#done();
  }
}

export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

export function post(path: string, form: Readonly<Record<string, string>>): string {
  const body = new URLSearchParams(form).toString();
  const type = 'Content-Type: application/x-www-form-urlencoded';
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

export function basic(user: string, password: string): Readonly<Record<string, string>> {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
