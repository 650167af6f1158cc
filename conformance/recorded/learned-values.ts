import type { Answer } from './recorded-case.ts';

/**
 * What stands here for what stood in the recording: sessions, CSRF tokens, keys of records. Learned from answers, and put into
 * the requests that follow, so that a recorded conversation goes on here.
 */
export class LearnedValues {
  readonly #ours = new Map<string, string>();

  put(recorded: string, ours: string): void {
    if (!this.#ours.has(recorded)) this.#ours.set(recorded, ours);
  }

  learn(recorded: Answer, ours: Answer): void {
    const [before, now] = [cookiesOf(recorded), cookiesOf(ours)];
    for (const [name, value] of before) this.#pair(value, now.get(name));
    this.#pair(recorded.headers.get('x-csrf-token')?.[0], ours.headers.get('x-csrf-token')?.[0]);
    this.#learnKeys(parsed(recorded.body), parsed(ours.body));
  }

  /** A text of the recording, with our values in it. */
  into(text: string): string {
    if (this.#ours.size === 0) return text;
    const known = [...this.#ours.keys()].map((value) => value.replace(/\W/g, '\\$&')).join('|');
    return text.replace(new RegExp(known, 'g'), (value) => this.#ours.get(value) ?? value);
  }

  #pair(recorded: string | undefined, ours: string | undefined): void {
    if (recorded && ours) this.put(recorded, ours);
  }

  #learnKeys(recorded: unknown, ours: unknown): void {
    if (typeof recorded === 'object' && typeof ours === 'object' && recorded !== null && ours !== null) {
      const members = new Map(Object.entries(ours));
      for (const [name, value] of Object.entries(recorded)) this.#learnKeys(value, members.get(name));
    } else if (isKey(recorded) && isKey(ours)) this.put(String(recorded), String(ours));
  }
}

/** Keys of Zeebe begin with the number of their partition, far up in the 64 bits. */
export function isKey(value: unknown): boolean {
  return (
    (typeof value === 'number' || (typeof value === 'string' && /^\d{16,19}$/.test(value))) && Number(value) >= 2 ** 50
  );
}

/** The values that cookies were set to, not those that were cleared. */
function cookiesOf({ headers }: Answer): ReadonlyMap<string, string> {
  const pairs = (headers.get('set-cookie') ?? []).map((cookie) => /^([^=]+)=([^;]+)/.exec(cookie));
  return new Map(pairs.flatMap((pair) => (pair?.[1] && pair[2] ? [[pair[1], pair[2]]] : [])));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // No JSON: there are no keys in it.
    return null;
  }
}
