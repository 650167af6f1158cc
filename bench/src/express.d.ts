/** As much of Express, which has no types of its own, as the bench needs. */
declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http';

  export type Request = IncomingMessage;
  export type Handler = (request: Request, response: ServerResponse, next: (error?: unknown) => void) => unknown;

  type Application = {
    use(handler: Handler): void;
    get(path: string, handler: (request: Request, response: ServerResponse) => void): void;
    listen(port: number, host: string, listening: () => void): Server;
  };

  export default function express(): Application;
}
