import type { ServerResponse } from 'node:http';
import { refuse } from '@stagedoor/access';
import { answerError, answerRefusal, rememberTarget } from './answering/answer.ts';
import type { RawRequest } from './door.ts';
import { type ExplainQuestion, explain } from './explaining/explain.ts';
import type { Explanation } from './explaining/explanation.ts';
import type { RequestHandler } from './listening/listener.ts';
import { Passage } from './passage/passage.ts';
import { type GatewayParts, WayIn } from './passage/way-in.ts';

export type Gateway = {
  /** Of the REST listener. */
  readonly handler: RequestHandler;
  /** Replays a credential and an operation without doing it. Who may ask is not checked here. */
  readonly explain: (question: ExplainQuestion) => Promise<Explanation>;
};

export function openGateway(parts: GatewayParts): Gateway {
  const { door } = parts;
  const way = new WayIn(parts);
  const handler = (request: RawRequest, response: ServerResponse) => {
    const led = way.lead(request);
    switch (led.kind) {
      case 'refused':
        answerRefusal(door, way.fallback, request, response, refuse(led.code));
        return;
      case 'failed':
        answerError(door, way.fallback, request, response, led.failure);
        return;
      case 'row': {
        const { url: written = '' } = request;
        if (led.url !== written) {
          rememberTarget(request, written);
          request.url = led.url;
        }
        new Passage(led.entrance, request, response, led.params).begin();
      }
    }
  };
  return { handler, explain: (question) => explain(way, question) };
}

/** Builds the handler of the REST listener: host, path and method are judged first, then the route begins its passage. */
export function createGateway(parts: GatewayParts): RequestHandler {
  return openGateway(parts).handler;
}
