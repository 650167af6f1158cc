import type { Wire } from '../dialect.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The reason phrase of a status. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? 'Error';
}

/** The error body of 8.6 for everything that no controller answered: unknown paths, methods, media types (recorded). */
export function bootError(status: number, path: string, now: number): Wire {
  const timestamp = new Date(now).toISOString().replace('Z', '+00:00');
  return { type: 'application/json', body: { timestamp, status, error: reasonOf(status), path } };
}
