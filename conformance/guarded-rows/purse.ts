import type { Program } from '../program/start-program.ts';
import { type Credentials, done } from '../rights/ask.ts';
import type { Owner } from '../rights/served-rows.ts';
import type { GrantName } from './needed-grants.ts';

type Held = { readonly key: string; readonly permissions: string };

/** The grants of one caller, changed through the API between two of his requests. */
export class Purse {
  readonly #program: Program;
  readonly #boss: Credentials;
  readonly #owner: Owner;
  readonly #held = new Map<string, Held>();

  constructor(program: Program, boss: Credentials, owner: Owner) {
    this.#program = program;
    this.#boss = boss;
    this.#owner = owner;
  }

  /** Holds exactly these from now on, each on everything. */
  async hold(names: readonly GrantName[]): Promise<void> {
    const wanted = Map.groupBy(names, (name) => name.slice(0, name.indexOf(':')));
    for (const resourceType of this.#held.keys()) if (!wanted.has(resourceType)) await this.#drop(resourceType);
    for (const [resourceType, ones] of wanted) {
      const permissions = [...new Set(ones.map((name) => name.slice(name.indexOf(':') + 1)))].sort();
      await this.#take(resourceType, permissions);
    }
  }

  async #drop(resourceType: string): Promise<void> {
    await this.#ask(`/v2/authorizations/${this.#held.get(resourceType)?.key}`, 'DELETE');
    this.#held.delete(resourceType);
  }

  async #take(resourceType: string, permissionTypes: readonly string[]): Promise<void> {
    const held = this.#held.get(resourceType);
    const permissions = permissionTypes.join();
    if (held?.permissions === permissions) return;
    const grant = { ...this.#owner, resourceType, resourceId: '*', permissionTypes };
    if (held !== undefined) await this.#ask(`/v2/authorizations/${held.key}`, 'PUT', grant);
    const made = held === undefined ? await this.#ask('/v2/authorizations', 'POST', grant) : {};
    const key = held?.key ?? String(made.authorizationKey);
    this.#held.set(resourceType, { key, permissions });
  }

  #ask(path: string, method: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    return done(this.#program, path, { as: this.#boss, method, ...(body === undefined ? {} : { body }) });
  }
}
