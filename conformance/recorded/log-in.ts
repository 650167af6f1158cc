import type { LearnedValues } from './learned-values.ts';

export type RecordedSession = {
  /** The recorded cookies and the header that the new session stands for. */
  readonly session?: string;
  readonly csrfCookie?: string;
  readonly csrfHeader?: string;
  /** The recorded session that was sent along, and ends. */
  readonly instead?: string;
};

/** Logs a user in whose password is his name, where the recording goes on with a session whose beginning it does not show. */
export async function logIn(
  { origin, learned }: { readonly origin: string; readonly learned: LearnedValues },
  user: string,
  recorded: RecordedSession,
): Promise<void> {
  const headers = recorded.instead === undefined ? {} : { cookie: learned.into(`OPERATE-SESSION=${recorded.instead}`) };
  const answer = await fetch(`${origin}/api/login?username=${user}&password=${user}`, { method: 'POST', headers });
  if (answer.status !== 204) throw new Error(`the login of ${user} was answered with ${answer.status}`);
  const cookies = answer.headers.getSetCookie().map((cookie) => /^([^=]+)=([^;]*)/.exec(cookie));
  const cookieValue = (name: string) => cookies.find((cookie) => cookie?.[1] === name)?.[2];
  const pairs = [
    [recorded.session, cookieValue('OPERATE-SESSION')],
    [recorded.csrfCookie, cookieValue('X-CSRF-TOKEN')],
    [recorded.csrfHeader, answer.headers.get('x-csrf-token')],
  ] as const;
  for (const [before, now] of pairs) {
    if (before === undefined) continue;
    if (now === undefined || now === null)
      throw new Error(`the login of ${user} gave no counterpart of what was recorded`);
    learned.put(before, now);
  }
}
