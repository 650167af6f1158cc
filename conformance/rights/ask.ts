import type { Program } from '../program/start-program.ts';

/** What somebody has to show: an `Authorization` header, or a cookie, or nothing. */
export type Credentials = Readonly<Record<string, string>>;

export type Asked = {
  readonly as: Credentials;
  readonly method?: string;
  readonly body?: unknown;
};

export type Answer = {
  readonly status: number;
  /** The body as JSON, or as text where it is none; null where there is no body. */
  readonly body: unknown;
};

/** One request of a program, with a body of JSON or of a form. */
export async function ask({ rest }: Program, path: string, { as, method = 'GET', body }: Asked): Promise<Answer> {
  const form = body instanceof FormData;
  const answer = await fetch(`${rest}${path}`, {
    method,
    headers: body === undefined || form ? as : { ...as, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: parsed(await answer.text()) };
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The same, where it has to succeed: the members of its body. */
export async function done(program: Program, path: string, asked: Asked): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await ask(program, path, asked);
  if (status >= 300) throw new Error(`${asked.method ?? 'GET'} ${path}: ${status} ${JSON.stringify(body)}`);
  return (body ?? {}) as Readonly<Record<string, unknown>>;
}

/** What a search shows. */
export async function found(
  program: Program,
  path: string,
  as: Credentials,
  body: object = {},
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { items } = await done(program, path, { as, method: 'POST', body });
  if (!Array.isArray(items)) throw new Error(`${path} is no search`);
  return items;
}
