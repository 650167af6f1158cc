import findMyWay, { type HTTPMethod } from 'find-my-way';

export type Params = Readonly<Record<string, string | undefined>>;
export type Found<Entrance> = { readonly entrance: Entrance; readonly params: Params };

const NO_PARAMS: Params = Object.freeze({});
// Beyond what a header block holds: the router never answers in its own words and never before authentication.
const MAX_PARAM_LENGTH = 65_536;

/** Where a method and a path lead. A path without parameters is found letter by letter; the others by Fastify's router. */
export class Routes<Entrance> {
  readonly #exact = new Map<string, Found<Entrance>>();
  readonly #patterns = findMyWay({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: MAX_PARAM_LENGTH });

  /** `path` has its parameters in braces. */
  add(method: string, path: string, entrance: Entrance): void {
    if (!path.includes('{')) this.#exact.set(`${method} ${path}`, { entrance, params: NO_PARAMS });
    else this.#patterns.on(method as HTTPMethod, path.replace(/\{(\w+)\}/g, ':$1'), () => undefined, entrance);
  }

  /** HEAD goes where GET goes. `path` is without a query, and was judged readable in one way only. */
  find(method: string, path: string): Found<Entrance> | null {
    const asked = method === 'HEAD' ? 'GET' : method;
    const exact = this.#exact.get(`${asked} ${path}`);
    if (exact !== undefined) return exact;
    const found = this.#patterns.find(asked as HTTPMethod, path);
    // What is stored beside a route is what `add` put there.
    return found === null ? null : { entrance: found.store as Entrance, params: found.params };
  }
}
