import { createHash, randomBytes } from 'node:crypto';
import type { Answer, OpenedIssuer } from './opened-issuer.ts';

export const AUTHORIZE = {
  saas: '/oauth/authorize',
  keycloak: '/auth/realms/camunda-platform/protocol/openid-connect/auth',
};
export const LOGOUT = {
  saas: '/oauth/logout',
  keycloak: '/auth/realms/camunda-platform/protocol/openid-connect/logout',
};

export type Pkce = { readonly verifier: string; readonly challenge: string };

export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** As much of a browser as the login page needs: one cookie, and what stands in its form. */
export class Browser {
  readonly #opened: OpenedIssuer;
  readonly #path: string;
  cookie: string | undefined;
  page: Answer | undefined;

  constructor(opened: OpenedIssuer, path = AUTHORIZE.saas) {
    this.#opened = opened;
    this.#path = path;
  }

  async open(parameters: Readonly<Record<string, string>> | string): Promise<Answer> {
    const query = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString();
    return this.#keep(await this.#opened.send(`${this.#path}?${query}`, { headers: this.#headers() }));
  }

  /** The hidden field of the page. */
  get request(): string {
    return /name="request" value="([^"]+)"/.exec(this.page?.text ?? '')?.[1] ?? '';
  }

  async submit(username: string, password: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const typed = { request: this.request, username, password };
    return this.#keep(await this.#opened.post(`${this.#path}/login`, typed, { ...this.#headers(), ...headers }));
  }

  #headers(): Readonly<Record<string, string>> {
    return this.cookie === undefined ? {} : { cookie: this.cookie };
  }

  #keep(answer: Answer): Answer {
    const [set] = answer.headers['set-cookie'] ?? [];
    if (set !== undefined) this.cookie = set.split(';', 1)[0];
    this.page = answer;
    return answer;
  }
}

/** Where an answer sends the browser, and with what. */
export function redirectOf({ headers }: Answer): { readonly to: string; readonly parameters: Record<string, string> } {
  const url = new URL(headers.location ?? 'none:');
  return { to: url.href.split('?', 1)[0] ?? '', parameters: Object.fromEntries(url.searchParams) };
}

export function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8'));
}
