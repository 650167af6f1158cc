import { type Caller, type Parsed, parseForeignId, type Subject } from '@stagedoor/access';
import type { ExplainQuestion } from './explain.ts';

/** What is asked, in the same words by HTTP and by the command line. */
export type ExplainInput = {
  readonly method: string;
  /** Or a whole URL. */
  readonly path: string;
  /** The value of the Authorization header. */
  readonly authorization?: string;
  /** `user:NAME` or `client:ID`, in place of credentials. */
  readonly as?: string;
  /** The tenant that the body would name. */
  readonly tenantId?: string;
  /** Other headers of the request, by their names. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** The headers that a refusal can depend on; others would be read by nobody. */
const HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'forwarded',
  'host',
  'origin',
  'sec-fetch-site',
  'stagedoor-setup-code',
  'via',
  'x-csrf-token',
  'x-forwarded-for',
]);
const MAX_TARGET = 8192;
const MAX_HEADER = 32_768;

/** Reads a question. `problem` is for whoever asked, and repeats nothing of it but names of headers that it does not know. */
export function parseExplainInput(input: ExplainInput, caller: Caller): Parsed<ExplainQuestion> {
  const { method, path, authorization, as, tenantId = null, headers = {} } = input;
  if (!/^[A-Za-z]{1,16}$/.test(method)) return problem('method has to be one such as GET');
  if (path.length > MAX_TARGET || !/^(?:\/|https?:\/\/)/.test(path))
    return problem('path has to begin with / or to be a URL, and to have 8192 characters at most');
  if (as !== undefined && (authorization !== undefined || Object.hasOwn(headers, 'authorization')))
    return problem('authorization and as exclude each other');
  const sent: (readonly [string, string])[] = Object.entries(headers);
  if (authorization !== undefined) sent.unshift(['Authorization', authorization]);
  const strange = sent.find(([name]) => !HEADERS.has(name.toLowerCase()));
  if (strange !== undefined) return problem(`headers may have ${[...HEADERS].join(', ')}`);
  if (sent.some(([, value]) => value.length > MAX_HEADER || /[\u0000-\u001f\u007f]/.test(value)))
    return problem('a header is too long, or has control characters');
  const subject = as === undefined ? ({ ok: true, value: null } as const) : parseSubject(as);
  if (!subject.ok) return subject;
  return { ok: true, value: { method, target: path, headers: sent, as: subject.value, tenantId, caller } };
}

function parseSubject(as: string): Parsed<Subject> {
  const [, kind, id = ''] = /^(user|client):(.+)$/s.exec(as) ?? [];
  if (kind === 'user') {
    const parsed = parseForeignId('username', id);
    return parsed.ok ? { ok: true, value: { kind, username: parsed.value } } : problem('as names no user');
  }
  const parsed = parseForeignId('clientId', id);
  return kind === 'client' && parsed.ok
    ? { ok: true, value: { kind: 'client', clientId: parsed.value } }
    : problem('as has to be user:NAME or client:ID');
}

function problem(text: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: text };
}
