import { compareJson } from './compare-json.ts';
import type { Answer } from './recorded-case.ts';

/** Compared whether or not the original sent them. */
const HEADERS = ['content-type', 'allow', 'accept', 'retry-after', 'location'] as const;
/** Compared where the original sent them: what we send beyond it protects more. */
const PROTECTING_HEADERS = [
  'cache-control',
  'pragma',
  'expires',
  'x-content-type-options',
  'x-frame-options',
  'x-xss-protection',
  'content-security-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-robots-tag',
] as const;

/**
 * Every point in which our answer differs from the recorded one, as `what: recorded → ours`. Another status is another
 * answer, and that alone is the difference then.
 */
export function compareAnswers(recorded: Answer, ours: Answer): readonly string[] {
  if (recorded.status !== ours.status) return [`answer: ${recorded.status} → ${describeAnswer(ours)}`];
  const points = [
    ...HEADERS.map((name) => difference(name, headerOf(recorded, name), headerOf(ours, name))),
    ...PROTECTING_HEADERS.map((name) =>
      recorded.headers.has(name) ? difference(name, headerOf(recorded, name), headerOf(ours, name)) : null,
    ),
    difference('x-csrf-token', presence(recorded, 'x-csrf-token'), presence(ours, 'x-csrf-token')),
    ...compareChallenges(recorded, ours),
    difference('set-cookie', cookiesOf(recorded), cookiesOf(ours)),
    ...compareBodies(recorded, ours),
  ];
  return points.filter((point) => point !== null);
}

/** An answer in short: its status, the code that says why, and what a client should do instead. */
function describeAnswer(answer: Answer): string {
  const content: unknown = isJson(answer.body) ? JSON.parse(answer.body) : null;
  const { code, error = '' } = (content ?? {}) as { code?: unknown; error?: unknown };
  const words = [String(answer.status), ...(answer.status < 400 ? [] : [String(code ?? error)])];
  for (const name of ['allow', 'accept', 'retry-after'] as const) {
    if (answer.headers.has(name)) words.push(`(${name}: ${headerOf(answer, name)})`);
  }
  return words.filter((word) => word !== '').join(' ');
}

function difference(what: string, recorded: string, ours: string): string | null {
  return recorded === ours ? null : `${what}: ${recorded} → ${ours}`;
}

function headerOf({ headers }: Answer, name: string): string {
  const value = headers.get(name)?.join(', ') ?? 'none';
  if (name === 'allow') return value.split(/, ?/).sort().join(', ');
  // JSON is UTF-8 whatever its media type says of a charset (RFC 8259 section 11).
  if (name === 'content-type' && value.includes('json')) return value.replace(/; ?charset=utf-8$/i, '');
  return value;
}

function presence({ headers }: Answer, name: string): string {
  return headers.has(name) ? 'one' : 'none';
}

/** Parameter by parameter (RFC 9110 section 11.6.1). */
function compareChallenges(recorded: Answer, ours: Answer): readonly (string | null)[] {
  const [before, now] = [challengeOf(recorded), challengeOf(ours)];
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].map((name) =>
    difference(`www-authenticate ${name}`, before.get(name) ?? 'none', now.get(name) ?? 'none'),
  );
}

function challengeOf({ headers }: Answer): ReadonlyMap<string, string> {
  const value = headers.get('www-authenticate')?.join(', ');
  if (value === undefined) return new Map();
  const parameters = [...value.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = '', text = '']) => [name, text.replace(/\d{4}-[\d:TZ-]+/, '<time>')] as const,
  );
  return new Map([['scheme', value.split(' ', 1)[0] ?? ''], ...parameters]);
}

/** Names and attributes, in their order; of the values only whether there is one. */
function cookiesOf({ headers }: Answer): string {
  const cookies = (headers.get('set-cookie') ?? []).map((cookie) => cookie.replace(/^([^=]+)=[^;]+/, '$1=<value>'));
  return cookies.join(' + ') || 'none';
}

function compareBodies(recorded: Answer, ours: Answer): readonly (string | null)[] {
  const [before, now] = [formOf(recorded), formOf(ours)];
  if (before !== now) return [before === CUT_JSON && isJson(ours.body) ? null : difference('body', before, now)];
  if (isJson(recorded.body)) return compareJson(withoutStatus(recorded), withoutStatus(ours));
  return [before !== TEXT || recorded.body.trim() === ours.body.trim() ? null : 'body: a text → another text'];
}

const TEXT = 'a text';
const CUT_JSON = 'JSON that was cut';

/** The error bodies that are in use, by the members that tell them. */
const ERROR_FORMS: readonly (readonly [form: string, members: readonly string[]])[] = [
  ["the framework's error", ['timestamp', 'error']],
  ['a problem', ['title', 'status']],
  ["Operate's error", ['message', 'instance', 'type']],
  ['a message', ['message']],
  ["OAuth's error", ['error']],
];

/** What kind of body it is: two of one kind are compared further. */
function formOf({ body, status }: Answer): string {
  if (body === '') return 'nothing';
  if (/^(?:<(?:html )?page[ ,]|<!doctype html)/i.test(body)) return 'a page';
  if (/^<text of /.test(body)) return 'a text that was cut';
  if (!/^[[{]/.test(body)) return TEXT;
  if (!isJson(body)) return CUT_JSON;
  if (body === '{"ok":true}') return "a fixture's ok";
  if (status < 400) return 'JSON';
  const content: unknown = JSON.parse(body);
  const members = typeof content === 'object' && content !== null ? Object.keys(content) : [];
  return ERROR_FORMS.find(([, telling]) => telling.every((name) => members.includes(name)))?.[0] ?? 'JSON';
}

function isJson(body: string): boolean {
  return /^[[{]/.test(body) && !/<…\d+ more characters…>/.test(body);
}

/** A status that stands in the body too is one difference, not two. */
function withoutStatus({ body, status }: Answer): unknown {
  const content: unknown = JSON.parse(body);
  if (typeof content !== 'object' || content === null || !('status' in content) || content.status !== status)
    return content;
  const { status: _, ...rest } = content;
  return rest;
}
