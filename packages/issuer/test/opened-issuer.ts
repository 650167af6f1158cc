import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import {
  type Api,
  type AuditEntry,
  type Clock,
  type PasswordVerifier,
  parseId,
  type Randomness,
  type TokenVerdict,
  type UserRecord,
} from '@stagedoor/access';
import { createTokenVerifier, openDpopProofs, openSigningKeys, type StoredKey } from '@stagedoor/tokens';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import {
  type ClientCommands,
  ClientSecrets,
  clientCommands,
  createIssuer,
  embeddedPolicy,
  type Issuer,
  type IssuerDatabase,
  type IssuerOptions,
  type IssuerTables,
  issuerMigrations,
  type People,
  type SlowHashing,
} from '../src/index.ts';
import type { PresentedCertificate } from '../src/presented-certificate.ts';
import type { RefusedRequest } from '../src/refused-request.ts';

type MovableClock = Clock & { move(milliseconds: number): void };

function movableClock(start = Date.UTC(2026, 10, 22, 12)): MovableClock {
  let now = start;
  return {
    now: () => now,
    move: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export const randomness: Randomness = { bytes: (length) => Uint8Array.from(randomBytes(length)) };

/** Real slow hashing, counted. */
type CountedHashing = SlowHashing & { readonly verified: string[]; hold: (() => Promise<void>) | undefined };

function scryptHashing(): CountedHashing {
  // The lowest cost there is: the tests count hashes and never wait for one.
  const derive = promisify((secret: string, salt: string, done: (error: Error | null, key: Buffer) => void) =>
    scrypt(secret, salt, 32, { N: 2 }, done),
  );
  const hashed = async (secret: string, salt: string) =>
    `${salt}$${(await derive(secret, salt)).toString('base64url')}`;
  const dummy = `dummy$${randomBytes(32).toString('base64url')}`;
  return {
    verified: [],
    hold: undefined,
    hash: (secret) => hashed(secret, randomBytes(8).toString('base64url')),
    async verify(hash, secret) {
      this.verified.push(secret);
      await this.hold?.();
      return timingSafeEqual(Buffer.from(await hashed(secret, hash.split('$')[0] ?? '')), Buffer.from(hash));
    },
    dummy: () => dummy,
  };
}

async function openDatabase(): Promise<IssuerDatabase> {
  const sqlite = new DatabaseSync(':memory:');
  const db = new Kysely<IssuerTables>({
    dialect: new SqliteDialect({
      database: {
        close: () => sqlite.close(),
        prepare: (sql) => {
          const statement = sqlite.prepare(sql);
          const parameters = (values: readonly unknown[]) => values as (string | number | null)[];
          return {
            reader: statement.columns().length > 0,
            all: (values) => statement.all(...parameters(values)),
            run: (values) => statement.run(...parameters(values)),
            iterate: (values) => statement.iterate(...parameters(values)),
          };
        },
      },
    }),
  });
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => issuerMigrations },
  }).migrateToLatest();
  if (error !== undefined) throw error;
  return db;
}

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
};
export type Sent = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
};

export type OpenedIssuer = {
  readonly issuer: Issuer;
  readonly commands: ClientCommands;
  readonly secrets: ClientSecrets;
  readonly db: IssuerDatabase;
  readonly clock: MovableClock;
  readonly hashing: CountedHashing;
  readonly faults: unknown[];
  /** What its operator heard of. */
  readonly refusals: RefusedRequest[];
  readonly audited: AuditEntry[];
  readonly people: OpenedPeople;
  /** Waited for before anything is signed. */
  readonly signing: { hold: (() => Promise<unknown>) | undefined };
  /** The constant that the issuer was told, which is not the address that the tests reach it at. */
  readonly origin: string;
  readonly port: number;
  /** As the program does it: one transaction, then everybody reads again. */
  change<R>(work: (tx: IssuerDatabase) => Promise<R>): Promise<R>;
  send(path: string, sent?: Sent): Promise<Answer>;
  /** A form, as curl's --data-urlencode makes it. */
  post(path: string, parameters: Readonly<Record<string, string>>, headers?: Sent['headers']): Promise<Answer>;
  verify(token: string, api: Api): TokenVerdict | Promise<TokenVerdict>;
  /** The issuer is opened anew from the same records, as after a crash. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export const SAAS = '/oauth/token';
export const INTROSPECTION = {
  saas: '/oauth/introspect',
  keycloak: '/auth/realms/camunda-platform/protocol/openid-connect/token/introspect',
};
export const REVOCATION = {
  saas: '/oauth/revoke',
  keycloak: '/auth/realms/camunda-platform/protocol/openid-connect/revoke',
};
export const KEYCLOAK = '/auth/realms/camunda-platform/protocol/openid-connect/token';
export const FORM = 'application/x-www-form-urlencoded';

/** The users of a test, with the port that identity has: what counts here is what the issuer makes of its verdicts. */
class OpenedPeople implements People {
  readonly #users = new Map<string, { readonly password: string; readonly user: UserRecord }>();
  limited = false;
  readonly passwords: PasswordVerifier = {
    verify: (username, password) => {
      if (this.limited) return { kind: 'limited', retryAfterSeconds: 7 };
      const found = this.#users.get(username);
      return found?.password === password ? { kind: 'verified', user: found.user } : { kind: 'refused' };
    },
  };

  set(name: string, password: string): void {
    const username = parseId('username', name);
    if (!username.ok) throw new Error(username.problem);
    const user = { username: username.value, name, email: '', passwordHash: password, credentialVersion: password };
    this.#users.set(name, { password, user });
  }

  delete(name: string): void {
    this.#users.delete(name);
  }

  user(name: string): UserRecord | undefined {
    return this.#users.get(name)?.user;
  }
}

let signingKey: StoredKey[] = [];

type Opening = {
  /** Whether the proofs that are used can be written down. */
  readonly canRemember?: () => boolean;
  /** The client certificate of the next request. */
  readonly certificate?: () => PresentedCertificate | null;
  readonly clientCertificates?: IssuerOptions['clientCertificates'];
};

export async function openIssuer({
  canRemember = (): boolean => true,
  certificate = () => null,
  clientCertificates = 'none',
}: Opening = {}): Promise<OpenedIssuer> {
  const clock = movableClock();
  const db = await openDatabase();
  const hashing = scryptHashing();
  const secrets = new ClientSecrets({ randomness, hashing });
  // One key for all tests: generating RSA takes its time.
  const store = {
    load: async () => signingKey,
    save: async (keys: readonly StoredKey[]) => {
      signingKey = [...keys];
    },
  };
  const signingKeys = await openSigningKeys({ store, clock });
  const signing: OpenedIssuer['signing'] = { hold: undefined };
  const sign = signingKeys.sign.bind(signingKeys);
  signingKeys.sign = async (...what) => {
    await signing.hold?.();
    return sign(...what);
  };
  const origin = 'http://localhost:18080';
  const faults: unknown[] = [];
  const refusals: RefusedRequest[] = [];
  const proofs = await openDpopProofs({
    clock,
    store: {
      load: async () => [],
      append: async () => {
        if (!canRemember()) throw new Error('the disk is full');
      },
      turn: async () => undefined,
      close: async () => undefined,
    },
    onFault: (error) => faults.push(error),
  });
  const audited: AuditEntry[] = [];
  const people = new OpenedPeople();
  const change: OpenedIssuer['change'] = async (work) => {
    const result = await db.transaction().execute(work);
    await issuer.refresh();
    return result;
  };
  const open = () =>
    createIssuer({
      origin,
      db,
      change,
      signingKeys,
      proofs,
      clock,
      randomness,
      secrets,
      people,
      audit: { note: (entry) => audited.push(entry) },
      certificateOf: certificate,
      clientCertificates,
      onFault: (error) => faults.push(error),
      onRefused: (refused) => refusals.push(refused),
    });
  let issuer = await open();
  const server = createServer((request, response) => issuer.handler(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const send = (path: string, sent: Sent = {}) => exchange(port, path, sent);
  const verifier = createTokenVerifier({
    policies: [
      embeddedPolicy({
        origin,
        signingKeys,
        isRegistered: (id) => issuer.isRegistered(id),
        isRevoked: (...of) => issuer.isRevoked(...of),
        userStands: (...of) => issuer.userStands(...of),
      }),
    ],
    clock,
  });
  return {
    issuer,
    people,
    signing,
    restart: async () => {
      issuer = await open();
    },
    commands: clientCommands({ clock, randomness, secrets }),
    secrets,
    db,
    clock,
    hashing,
    faults,
    refusals,
    audited,
    origin,
    port,
    change,
    send,
    post: (path, parameters, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': FORM, ...headers },
        body: new URLSearchParams(parameters).toString(),
      }),
    verify: (token, api) => verifier.verify({ token, api, method: 'GET', url: '/' }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.destroy();
    },
  };
}

/** By hand, because fetch sends neither two equal headers, nor every method, nor a body of its own length. */
function exchange(port: number, path: string, { method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers: { ...headers } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
    });
    response.on('error', reject);
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}
