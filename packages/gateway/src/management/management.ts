import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseStrangeHosts } from '../listening/host-guard.ts';
import type { RequestHandler } from '../listening/listener.ts';
import type { Metrics } from '../metrics.ts';
import { renderMetrics } from './render-metrics.ts';

export type Health = {
  /** The program is up and its loop turns: always true where an answer comes. */
  readonly live: () => boolean;
  /** It takes requests: not before everything is open, and not while it drains. */
  readonly ready: () => Promise<boolean>;
};

export type ManagementParts = { readonly health: Health; readonly metrics: Metrics; readonly hosts: readonly string[] };

type Answer = { readonly status: number; readonly type: string; readonly body: string };

const HEALTH_TYPE = 'application/vnd.spring-boot.actuator.v3+json';

/** The management port, where the original has it: health with its groups, and metrics for Prometheus. Reading only. */
export function createManagement(parts: ManagementParts): RequestHandler {
  return refuseStrangeHosts(parts.hosts, (request, response) => {
    answer(parts, request)
      .catch((): Answer => ({ status: 500, type: 'text/plain', body: 'the answer could not be made\n' }))
      .then((answered) => send(response, request, answered))
      .catch(() => response.destroy());
  });
}

async function answer({ health, metrics }: ManagementParts, request: IncomingMessage): Promise<Answer> {
  const [path] = (request.url ?? '').split('?', 1);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, type: 'text/plain', body: 'only GET and HEAD\n' };
  switch (path) {
    case '/actuator/health': {
      const up = health.live() && (await health.ready());
      return {
        ...upOrDown(up),
        body: JSON.stringify({ status: up ? 'UP' : 'DOWN', groups: ['liveness', 'readiness'] }),
      };
    }
    case '/actuator/health/liveness':
      return upOrDown(health.live());
    case '/actuator/health/readiness':
      return upOrDown(await health.ready());
    case '/actuator/prometheus':
      return { status: 200, ...(await renderMetrics(metrics)) };
    default:
      return { status: 404, type: 'text/plain', body: 'not found\n' };
  }
}

function upOrDown(up: boolean): Answer {
  return { status: up ? 200 : 503, type: HEALTH_TYPE, body: JSON.stringify({ status: up ? 'UP' : 'DOWN' }) };
}

function send(response: ServerResponse, request: IncomingMessage, { status, type, body }: Answer): void {
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
}
