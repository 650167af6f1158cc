import type { Asked, TrustingFetch } from './trusting-fetch.ts';

export type Page = { readonly url: string; readonly status: number; readonly text: string };

const MOST_REDIRECTS = 20;

/** A browser without scripts: it keeps cookies for each origin, follows redirects and sends forms. */
export class Browser {
  readonly #fetch: TrustingFetch;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(fetch: TrustingFetch) {
    this.#fetch = fetch;
  }

  /** The page at the end of the redirects, or the redirect to `until`, which is not followed and has an empty page. */
  async open(url: string, until: string, asked: Asked = {}): Promise<Page> {
    let next = { url, asked };
    for (let count = 0; count < MOST_REDIRECTS; count += 1) {
      if (next.url.startsWith(until)) return { url: next.url, status: 0, text: '' };
      const answer = await this.ask(next.url, next.asked);
      const location = answer.headers.get('location');
      if (location === null) return { url: next.url, status: answer.status, text: await answer.text() };
      next = { url: new URL(location, next.url).href, asked: {} };
    }
    throw new Error(`too many redirects from ${url}`);
  }

  /** Fills in the first form of the page, whose own hidden fields stay as they are, and sends it. */
  submit(page: Page, fields: Readonly<Record<string, string>>, until: string): Promise<Page> {
    const form = /<form\b[^>]*>[\s\S]*?<\/form>/i.exec(page.text)?.[0];
    if (form === undefined) throw new Error(`${page.status} without a form at ${page.url}`);
    const body = new URLSearchParams();
    for (const [input] of form.matchAll(/<input\b[^>]*>/gi)) {
      const name = attribute(input, 'name');
      if (name === undefined) continue;
      const value = fields[name] ?? (attribute(input, 'type') === 'hidden' ? attribute(input, 'value') : undefined);
      if (value !== undefined) body.set(name, value);
    }
    const action = new URL(attribute(form, 'action') ?? '', page.url).href;
    return this.open(action, until, { method: 'POST', body });
  }

  /** One request with the cookies of its origin, of which the answer may set more or take some away. */
  async ask(url: string, asked: Asked = {}): Promise<Response> {
    const jar = this.#jarOf(new URL(url).origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#fetch(url, {
      ...asked,
      headers: { ...asked.headers, ...(cookie === '' ? {} : { cookie }) },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '' || /;\s*max-age=0/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  #jarOf(origin: string): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]?.replaceAll('&amp;', '&');
}
