import type { ClientId, Clock } from '@stagedoor/access';
import { readClients, readEpoch } from './client-rows.ts';
import { slowHashOf } from './client-secrets.ts';
import type { ClientWithSecrets, RegisteredClient } from './registered-client.ts';
import type { IssuerDatabase } from './tables.ts';

/**
 * The clients as the last change left them, in memory: nothing on the way of a token request or of an API request reads
 * the database. Swapped as a whole by `refresh`.
 */
export class ClientRegistry {
  readonly #db: IssuerDatabase;
  readonly #clock: Clock;
  readonly #builtIn: readonly ClientWithSecrets[];
  #clients: ReadonlyMap<string, ClientWithSecrets> = new Map();
  #hasSlowSecrets = false;
  /** Of the clients that are published; undefined where none are. */
  #epoch: number | undefined;

  /** `builtIn`: clients that are in no record, and in no list of clients. */
  constructor(db: IssuerDatabase, clock: Clock, builtIn: readonly ClientWithSecrets[] = []) {
    this.#db = db;
    this.#clock = clock;
    this.#builtIn = builtIn;
  }

  /**
   * Reads the clients again where they have changed. Where the records cannot be read nobody is registered until they can: a
   * client that was deleted might be among them.
   */
  async refresh(): Promise<void> {
    try {
      const epoch = await readEpoch(this.#db);
      if (epoch === this.#epoch) return;
      this.#publish(await readClients(this.#db));
      this.#epoch = epoch;
    } catch (error) {
      this.#clients = new Map();
      this.#epoch = undefined;
      throw error;
    }
  }

  #publish(clients: readonly ClientWithSecrets[]): void {
    const now = this.#clock.now();
    // Behind the recorded ones: nobody takes the place of a client that is built in.
    this.#clients = new Map([...clients, ...this.#builtIn].map((one) => [one.client.clientId, one]));
    this.#hasSlowSecrets = clients.some((one) => slowHashOf(one, now) !== undefined);
  }

  find(clientId: string): ClientWithSecrets | undefined {
    return this.#clients.get(clientId);
  }

  clients(): readonly RegisteredClient[] {
    const builtIn = this.#builtIn.map((one) => one.client);
    return Array.from(this.#clients.values(), (one) => one.client).filter((client) => !builtIn.includes(client));
  }

  /** False for a deleted client, and for one that has expired. */
  isRegistered(clientId: ClientId): boolean {
    const found = this.#clients.get(clientId);
    return found !== undefined && (found.client.expires === null || found.client.expires > this.#clock.now());
  }

  /** Whether any client has a secret whose check is slow: then every refusal costs what such a check costs. */
  get hasSlowSecrets(): boolean {
    return this.#hasSlowSecrets;
  }
}
