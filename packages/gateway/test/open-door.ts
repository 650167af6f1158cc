import { randomBytes, randomUUID } from 'node:crypto';
import type {
  AccessSnapshot,
  Api,
  AuditEntry,
  PasswordVerifier,
  RefusalCode,
  SnapshotRecords,
  TokenSubject,
  TokenVerdict,
  TokenVerifier,
} from '@stagedoor/access';
import { DEFAULT_ID_PATTERN } from '@stagedoor/access';
import type { ClusterPort } from '@stagedoor/cluster';
import { type Identity, IdentityError } from '@stagedoor/identity';
import type { IdentityRecords } from '../src/dialects/orchestration/identity/identity-port.ts';
import {
  type AuthenticationMethod,
  administrationDialect,
  type ClientRegistry,
  Cursors,
  type Dialect,
  type Door,
  type ExplainQuestion,
  type Explanation,
  frontDialect,
  type Gateway,
  listen,
  loginDialect,
  Metrics,
  openGateway,
  operateDialect,
  orchestrationDialect,
  ProviderLogins,
  RegistrationError,
  type SessionSettings,
  Sessions,
  stagedoorDialect,
  zeebeDialect,
} from '../src/index.ts';
import type { ContextPath } from '../src/listening/path-guard.ts';
import { type InMemoryCluster, inMemoryCluster } from './in-memory-cluster.ts';
import { NO_RECORDS } from './no-records.ts';
import { type Answer, type Exchange, exchange } from './raw-http.ts';
import { clientIdOf, snapshotOf, usernameOf, userOf } from './records.ts';

export const CLUSTER_ID = '6ff582aa-a62e-4a28-aac7-4d2224d8c58a';
export const SETUP_CODE = 'code-that-was-printed';
const HALF_HOUR = 30 * 60_000;

type Refused = Parameters<Door['log']['refused']>[0];
type Fault = Parameters<Door['log']['fault']>[0];

export type DoorOptions = {
  readonly method?: AuthenticationMethod;
  readonly records?: Partial<SnapshotRecords>;
  readonly sessions?: Partial<SessionSettings>;
  readonly passwords?: PasswordVerifier;
  readonly tokens?: TokenVerifier;
  readonly cluster?: Partial<ClusterPort>;
  readonly context?: Partial<ContextPath>;
  readonly hosts?: readonly string[];
  readonly setupCode?: string;
  readonly tenantChecks?: boolean;
  readonly explaining?: boolean;
  /** Real records in the place of `records`: what decides, and what the identity API shows and changes. */
  readonly identity?: Identity;
  /** In place of all dialects. */
  readonly dialects?: readonly Dialect[];
};

export type OpenDoor = {
  readonly port: number;
  readonly door: Door;
  readonly dialects: readonly Dialect[];
  readonly cluster: InMemoryCluster;
  readonly clock: MovableClock;
  readonly ended: Set<string>;
  readonly refused: Refused[];
  readonly faults: Fault[];
  readonly audited: AuditEntry[];
  /** Without credentials unless they are said, and from a place of its own. */
  explain(question: Pick<ExplainQuestion, 'method' | 'target'> & Partial<ExplainQuestion>): Promise<Explanation>;
  /** Swaps the snapshot, as a changed record does. */
  change(records: Partial<SnapshotRecords>): void;
  send(request: Exchange): Promise<Answer>;
};

class MovableClock {
  #now = Date.parse('2026-11-23T10:00:00.000Z');
  now(): number {
    return this.#now;
  }
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** Everybody's password is known to nobody else. */
const PASSWORDS: ReadonlyMap<string, string> = new Map([
  ['demo', 'demo'],
  ['reader', 'reader-password'],
  ['mary', 'pässwörd:with:colons'],
]);

export function passwordsOf(snapshot: () => AccessSnapshot): PasswordVerifier {
  return {
    verify(username, password) {
      const user = snapshot().user(username);
      return user !== undefined && PASSWORDS.get(username) === password
        ? { kind: 'verified', user }
        : { kind: 'refused' };
    },
  };
}

function client(id: string): TokenSubject {
  return { subject: { kind: 'client', clientId: clientIdOf(id) }, groups: null, claims: {} };
}

const TOKENS: ReadonlyMap<string, { subject: TokenSubject; apis: readonly Api[] }> = new Map([
  ['worker-token', { subject: client('worker'), apis: ['orchestration', 'operate', 'zeebe', 'administration'] }],
  ['operate-token', { subject: client('worker'), apis: ['operate'] }],
  ['bare-token', { subject: client('bare'), apis: ['orchestration', 'operate', 'zeebe', 'administration'] }],
  ['client-demo-token', { subject: client('demo'), apis: ['orchestration', 'operate'] }],
  [
    'user-demo-token',
    {
      subject: { subject: { kind: 'user', username: usernameOf('demo') }, groups: null, claims: {} },
      apis: ['orchestration'],
    },
  ],
]);
const REFUSED_TOKENS: ReadonlyMap<string, RefusalCode> = new Map([
  ['expired-token', 'TOKEN_EXPIRED'],
  ['large-token', 'TOKEN_TOO_LARGE'],
]);

/** Knows a few tokens and the APIs that each is meant for. */
function tokensOf(clock: MovableClock): TokenVerifier {
  return {
    verify({ token, api, dpop }): TokenVerdict {
      const refused = (code: RefusalCode): TokenVerdict => ({ kind: 'refused', code, operator: `refused as ${code}` });
      if (token === 'issuer-down-token') return { kind: 'unavailable', retryAfterSeconds: 7, operator: 'no answer' };
      const known = TOKENS.get(token);
      // None of these tokens is bound to a key.
      if (dpop !== undefined) return refused('TOKEN_BINDING_REFUSED');
      if (known === undefined) return refused(REFUSED_TOKENS.get(token) ?? 'TOKEN_SIGNATURE_INVALID');
      if (!known.apis.includes(api)) return refused('TOKEN_AUDIENCE_REFUSED');
      return { kind: 'verified', subject: known.subject, issuer: 'here', expiresAt: clock.now() + 300_000 };
    },
  };
}

/** A register of clients in this process. */
function registryOf(): ClientRegistry {
  const clients = new Map<string, { clientId: string; name: string; scopes: readonly ('zeebe' | 'operate')[] }>();
  return {
    async create({ name }) {
      if (name === 'taken') throw new RegistrationError('ALREADY_EXISTS', 'that name is taken');
      if (name === 'greedy')
        throw new RegistrationError('FORBIDDEN', 'a creator cannot give scopes that he does not have');
      const made = { clientId: `client-${clients.size}`, name, scopes: ['zeebe'] as const };
      clients.set(made.clientId, made);
      return { ...made, clientSecret: 'shown-once' };
    },
    list: async () => [...clients.values()],
    async delete(clientId) {
      if (!clients.delete(clientId)) throw new RegistrationError('NOT_FOUND', 'there is no such client');
    },
  };
}

const NOTHING_SENT = {
  headers: [],
  as: null,
  tenantId: null,
  caller: { address: 'nowhere', onGone: () => () => undefined },
};

const open: (() => Promise<void>)[] = [];

/** Closes every door that a test opened. */
export async function closeDoors(): Promise<void> {
  await Promise.all(open.splice(0).map((close) => close()));
}

/** A whole gateway behind a real listener on a free port of 127.0.0.1. */
export async function openDoor(options: DoorOptions = {}): Promise<OpenDoor> {
  const clock = new MovableClock();
  const ended = new Set<string>();
  const refused: Refused[] = [];
  const faults: Fault[] = [];
  const audited: AuditEntry[] = [];
  const cluster = inMemoryCluster(options.cluster);
  let current = snapshotOf(options.records);
  const snapshot = options.identity?.snapshot ?? (() => current);
  const change = (records: Partial<SnapshotRecords>) => {
    current = snapshotOf({ epoch: current.epoch + 1, ...records });
  };
  const door = doorOf(options, { clock, ended, refused, faults, audited, snapshot });
  const dialects =
    options.dialects ??
    dialectsOf(door, cluster, {
      onSetUp: () => change({ administratorHasExisted: true }),
      setupCode: options.setupCode ?? SETUP_CODE,
      identity: options.identity ?? NO_RECORDS,
      explain: (question) => gateway.explain(question),
    });
  const context = { basePath: '', clusterId: CLUSTER_ID, ...options.context };
  const gateway: Gateway = openGateway({ door, dialects, context, hosts: options.hosts ?? [] });
  const listener = await listen(gateway.handler, ['127.0.0.1'], 0);
  const { port } = listener;
  open.push(async () => {
    listener.destroy();
    await listener.drain();
  });
  return {
    port,
    door,
    dialects,
    cluster,
    clock,
    ended,
    refused,
    faults,
    audited,
    explain: (question) => gateway.explain({ ...NOTHING_SENT, ...question }),
    change,
    send: (request) => exchange(port, request),
  };
}

type Inside = Pick<OpenDoor, 'clock' | 'ended' | 'refused' | 'faults' | 'audited'> & {
  readonly snapshot: () => AccessSnapshot;
};

function doorOf(options: DoorOptions, { clock, ended, refused, faults, audited, snapshot }: Inside): Door {
  const { method = 'basic' } = options;
  const randomness = { bytes: (length: number) => randomBytes(length) };
  const sessions = new Sessions({
    settings: {
      secret: randomBytes(32),
      lifetimeMs: HALF_HOUR,
      csrf: true,
      operateCsrf: false,
      secure: false,
      ...options.sessions,
    },
    snapshot,
    ended: {
      has: (id) => ended.has(id),
      end: async (id) => {
        ended.add(id);
      },
    },
    logins: method === 'oidc' ? new ProviderLogins(clock) : null,
    clock,
    randomness,
  });
  return {
    method,
    policy: {
      authorizationsEnabled: true,
      unprotected: method === 'none',
      tenantChecksEnabled: options.tenantChecks ?? false,
    },
    snapshot,
    passwords: options.passwords ?? passwordsOf(snapshot),
    tokens: options.tokens ?? tokensOf(clock),
    sessions,
    clock,
    newId: randomUUID,
    log: { refused: (entry) => refused.push(entry), fault: (entry) => faults.push(entry) },
    metrics: new Metrics(),
    audit: { note: (entry) => audited.push(entry) },
    explaining: options.explaining ?? true,
  };
}

/** All dialects, as the program mounts them: the logins in `none` and `basic` only. */
function dialectsOf(
  door: Door,
  cluster: ClusterPort,
  setUp: {
    readonly onSetUp: () => void;
    readonly setupCode: string;
    readonly identity: IdentityRecords;
    readonly explain: Gateway['explain'];
  },
): readonly Dialect[] {
  const addresses = () => ({ rest: 'http://localhost:8080', issuer: 'http://localhost:18080' });
  const place = { cluster, clusterId: CLUSTER_ID, clusterName: 'here', addresses };
  return [
    orchestrationDialect({
      cluster,
      door,
      identity: setUp.identity,
      cursors: new Cursors(randomBytes(32), { bytes: (length) => randomBytes(length) }),
      idPattern: DEFAULT_ID_PATTERN,
      setUpFirstAdministrator: async (input) => {
        if (input.password === '') throw new IdentityError('INVALID_ARGUMENT', 'No password provided.');
        if (door.snapshot().user(input.username))
          throw new IdentityError('ALREADY_EXISTS', 'that user exists', 'CREATE');
        setUp.onSetUp();
        const { username, name = '', email = '' } = { ...userOf(input.username), ...input };
        return { username: usernameOf(username), name, email };
      },
      setupCode: setUp.setupCode,
    }),
    operateDialect(cluster),
    zeebeDialect(cluster),
    administrationDialect({ ...place, registry: registryOf() }),
    ...(door.method === 'oidc' ? [] : [loginDialect(door)]),
    stagedoorDialect({ door, explain: setUp.explain }),
    frontDialect(
      () => ({
        profile: 'c8run',
        method: door.method,
        clusterId: CLUSTER_ID,
        ...addresses(),
        management: 'http://localhost:9600',
        login: door.method === 'oidc' ? 'http://localhost:8080/login' : null,
        version: '0.1.0',
        commands: [{ about: 'The <topology>', command: `curl "http://localhost:8080/v2/topology" && echo 'done'` }],
      }),
      door,
    ),
  ];
}
