import { randomUUID } from 'node:crypto';
import type { Clock, PasswordVerifier, TokenVerifier } from '@stagedoor/access';
import { type Engine, EngineFileError, openEngine } from '@stagedoor/engine';
import {
  administrationDialect,
  behindProxies,
  Cursors,
  clientAddress,
  clientCertificate,
  createManagement,
  type Dialect,
  type Door,
  frontDialect,
  type Gateway,
  Metrics,
  openGateway,
  operateDialect,
  orchestrationDialect,
  ProviderLogins,
  type RequestHandler,
  refuseStrangeHosts,
  Sessions,
  stagedoorDialect,
  zeebeDialect,
} from '@stagedoor/gateway';
import { createPasswordVerifier } from '@stagedoor/identity';
import { createIssuer, type IssuerTables, type WebPages } from '@stagedoor/issuer';
import {
  createTokenVerifier,
  type DpopProofs,
  fileKeyStore,
  type GenerateKey,
  type IssuerPolicy,
  IssuerPolicyError,
  KeyStoreError,
  openSigningKeys,
} from '@stagedoor/tokens';
import packageJson from '../package.json' with { type: 'json' };
import { AuditQueue } from './audit-queue.ts';
import { keepAuditLogShort } from './audit-retention.ts';
import { clusterId } from './cluster-id.ts';
import type { Configuration } from './configuration/index.ts';
import { keepForeignKeysFresh } from './foreign-key-maintenance.ts';
import { frontPage } from './front-page.ts';
import { type House, partOf, viewOf } from './house.ts';
import { keepKeysRotating } from './key-maintenance.ts';
import type { ProgramLog } from './log.ts';
import { memoryKeyStore } from './memory-key-store.ts';
import { OperatorError } from './operator-error.ts';
import type { Origins } from './origins.ts';
import { openLogin } from './relying-party/open-login.ts';
import { sessionKey } from './session-key.ts';
import { clientCertificatesOf } from './tls/client-certificates.ts';
import { type EmbeddedIssuer, tokenPolicies } from './token-policies.ts';
import { allUseCases } from './use-cases/all-use-cases.ts';
import { explainUseCase } from './use-cases/explain-use-case.ts';
import { keyUseCases } from './use-cases/key-use-cases.ts';
import { registeredClients } from './use-cases/registered-clients.ts';
import { withoutIssuer } from './use-cases/without-issuer.ts';
import type { UseCases } from './use-cases.ts';
import { openUsedProofs } from './used-proofs.ts';

/** The version of the APIs that v2 speaks; the topology names it, since clients ask it what they may expect. */
const API_VERSION = '8.10.0';

export type ComposeParts = {
  readonly configuration: Configuration;
  readonly house: House;
  readonly origins: Origins;
  readonly restPort: number;
  readonly log: ProgramLog;
  /** Makes the first signing key, or hands over the one that was begun early. */
  readonly firstKey: GenerateKey;
  /** False while the program drains. */
  readonly accepting: () => boolean;
};

export type Composed = {
  readonly rest: RequestHandler;
  readonly issuer: RequestHandler | null;
  readonly management: RequestHandler;
  readonly useCases: UseCases;
  readonly clusterId: string;
  /** For the first set-up from elsewhere; null where there is or was an administrator. */
  readonly setupCode: string | null;
  close(): Promise<void>;
};

/** The one place where ports meet adapters. */
export async function compose(parts: ComposeParts): Promise<Composed> {
  const { configuration, house, log } = parts;
  const id = await clusterId(viewOf(house.records), configuration.cluster.id);
  const metrics = new Metrics();
  const audit = openAudit(parts, metrics);
  const proofs = await openUsedProofs(parts);
  const passwords = openPasswords(parts);
  const [embedded, engine] = await Promise.all([openIssuer(parts), openCluster(parts, id)]);
  const secret = sealingSecret(parts);
  const tokens = openTokens(parts, embedded, proofs);
  const door = openDoor(parts, tokens.verifier, { metrics, audit: audit.queue, passwords, secret });
  const stopRotating = embedded === null ? async () => undefined : rotateKeys(parts, embedded, audit.queue);
  const useCases: UseCases = {
    ...allUseCases(house),
    ...(embedded === null ? {} : openKeyUseCases(parts, embedded, audit.queue)),
    explain: explainUseCase({ door, explain: (question) => gateway.explain(question) }),
  };
  const setupCode = randomUUID();
  const login = await openLogin(door, { ...tokens, ...loginPlace(parts), embedded, secret });
  const { loginAt } = login;
  const page = frontPage({ ...parts.origins, loginAt, configuration, clusterId: id, version: packageJson.version });
  const gateway: Gateway = openGateway({
    door,
    dialects: [
      frontDialect(() => page, door),
      orchestrationDialect({
        cluster: engine,
        door,
        identity: house.identity,
        cursors: new Cursors(secret, house.randomness),
        idPattern: configuration.idPattern,
        setUpFirstAdministrator: (input) => house.identity.setUpFirstAdministrator(input),
        setupCode,
      }),
      zeebeDialect(engine),
      administrationDialect({
        cluster: engine,
        clusterId: id,
        clusterName: configuration.cluster.name,
        registry: embedded === null ? null : registeredClients((actor) => allUseCases(house, actor), embedded.issuer),
        addresses: () => parts.origins,
      }),
      ...login.dialects,
      operateDialect(engine, configuration.operate),
      stagedoorDialect({ door, explain: (question) => gateway.explain(question) }),
    ] satisfies Dialect[],
    context: { basePath: configuration.server.contextPath, clusterId: id },
    hosts: configuration.allowedHosts,
  });
  const health = { live: () => true, ready: async () => parts.accepting() && (await engine.healthy()) };
  return {
    rest: behind(configuration, gateway.handler),
    issuer:
      embedded === null
        ? null
        : behind(
            configuration,
            refuseStrangeHosts(configuration.allowedHosts, (request, response) =>
              embedded.issuer.handler(request, response),
            ),
          ),
    management: createManagement({ health, metrics, hosts: configuration.allowedHosts }),
    useCases: embedded === null ? withoutIssuer(useCases) : useCases,
    clusterId: id,
    setupCode: door.method !== 'oidc' && !house.identity.snapshot().administratorHasExisted ? setupCode : null,
    close: async () => {
      tokens.close();
      await stopRotating();
      await audit.close();
      await proofs.close();
      engine.close();
    },
  };

  async function openIssuer({ origins: { issuer: origin } }: ComposeParts): Promise<EmbeddedIssuer | null> {
    if (configuration.issuer === null || origin === null) return null;
    const store = configuration.data.kind === 'memory' ? memoryKeyStore() : fileKeyStore(house.directory.keys);
    const signingKeys = await openKeys(() =>
      openSigningKeys({
        store,
        clock: house.clock,
        algorithm: configuration.issuer?.algorithm ?? 'RS256',
        rotateAfter: configuration.issuer?.keyRotationMilliseconds ?? 0,
        generateFirst: parts.firstKey,
      }),
    );
    const issuer = await createIssuer({
      origin: configuration.issuer.origin ?? origin,
      db: partOf<IssuerTables>(house.records.db),
      change: (work) => viewOf<IssuerTables>(house.records).change(work),
      signingKeys,
      proofs,
      clock: house.clock,
      randomness: house.randomness,
      secrets: house.clientSecrets,
      people: { passwords, user: (username) => house.identity.snapshot().user(username) },
      webPages: webPages(parts),
      tokenLifetimeSeconds: configuration.issuer.tokenLifetimeSeconds,
      audit: audit.queue,
      addressOf: clientAddress,
      clientCertificates: clientCertificatesOf(configuration),
      certificateOf: clientCertificate,
      onFault: (error) => log.fault(error, 'the token issuer failed'),
      onRefused: (refused) => log.door.refused({ ...refused, step: 'issuer' }),
    });
    house.records.onCommitted(() => issuer.refresh());
    return { origin: configuration.issuer.origin ?? origin, signingKeys, issuer };
  }
}

/** The page at the root, as browsers address it. */
function homeOf({ configuration, origins }: ComposeParts): string {
  return configuration.browsersHome ?? `${origins.rest}${configuration.server.contextPath}/`;
}

/** Where the embedded issuer sends people back to. */
function webPages(parts: ComposeParts): WebPages {
  const home = homeOf(parts);
  return { redirectUris: [`${home}sso-callback`], postLogoutRedirectUris: [home] };
}

function loginPlace(parts: ComposeParts) {
  const { providers, session } = parts.configuration;
  const { randomness } = parts.house;
  return { providers, home: homeOf(parts), secureCookies: session.secureCookies, randomness };
}

function openKeyUseCases({ house: { clock } }: ComposeParts, { signingKeys }: EmbeddedIssuer, audit: AuditQueue) {
  return keyUseCases({ open: async () => signingKeys, clock, note: (entry) => audit.note(entry) });
}

/** Nothing waits for it, also not the start. */
function rotateKeys({ house, log }: ComposeParts, { signingKeys }: EmbeddedIssuer, audit: AuditQueue) {
  return keepKeysRotating({
    keys: signingKeys,
    clock: house.clock,
    timer: { after: afterMillisecondsInBackground },
    audit,
    onFault: (error) => log.fault(error, 'the signing keys could not be rotated'),
  });
}

/** What sessions and the cursors of searches are sealed with, each under a key of its own made of it. */
function sealingSecret({ configuration, house: { directory, randomness } }: ComposeParts): Uint8Array {
  return configuration.data.kind === 'memory' ? randomness.bytes(32) : sessionKey(directory.sessionKey, randomness);
}

/** One for the APIs and for the login page of the issuer: a guess counts wherever it is made. */
function openPasswords({ house, log }: ComposeParts): PasswordVerifier {
  const { clock, randomness, identity } = house;
  return createPasswordVerifier({
    snapshot: () => identity.snapshot(),
    hashing: house.hashing,
    clock,
    randomness,
    timer: { after: afterMilliseconds },
    concurrency: house.hashingConcurrency,
    rehash: (user, password) => identity.rehash(user, password),
    onFault: (error) => log.fault(error, 'a password could not be hashed anew'),
  });
}

/** What the configuration and the records make of a request's way. */
function openDoor(
  { configuration, house, log }: ComposeParts,
  tokens: TokenVerifier,
  {
    metrics,
    audit,
    passwords,
    secret,
  }: Pick<Door, 'metrics' | 'audit' | 'passwords'> & { readonly secret: Uint8Array },
): Door {
  const { clock, randomness, identity } = house;
  const snapshot = () => identity.snapshot();
  return {
    method: configuration.method,
    policy: {
      authorizationsEnabled: configuration.authorizationsEnabled,
      unprotected: configuration.method === 'none',
      tenantChecksEnabled: configuration.tenantChecksEnabled,
    },
    snapshot,
    passwords,
    tokens,
    sessions: new Sessions({
      settings: {
        secret,
        lifetimeMs: configuration.session.maxInactiveSeconds * 1000,
        csrf: configuration.csrf.enabled,
        operateCsrf: configuration.csrf.operatePrevention,
        secure: configuration.session.secureCookies,
      },
      snapshot,
      ended: identity.endedSessions,
      logins: configuration.method === 'oidc' ? new ProviderLogins(clock) : null,
      clock,
      randomness,
    }),
    clock,
    newId: randomUUID,
    log: log.door,
    metrics,
    audit,
    explaining: configuration.explaining,
  };
}

/** The audit log's way into the records, and its old lines' way out. */
function openAudit({ configuration, house, log }: ComposeParts, metrics: Metrics) {
  const { clock, identity } = house;
  // Nothing of it keeps the process alive: a start that fails further on ends, and a stop closes the queue itself.
  const timer = { after: afterMillisecondsInBackground };
  const queue = new AuditQueue({
    append: async (entries) => identity.audit.append(entries),
    clock,
    timer,
    metrics,
    onFault: (error) => log.fault(error, 'the audit log could not be written'),
  });
  const stopPruning = keepAuditLogShort({
    prune: async (before) => identity.audit.prune(before),
    retentionMilliseconds: configuration.audit.retentionMilliseconds,
    clock,
    timer,
    onFault: (error) => log.fault(error, 'old lines of the audit log could not be deleted'),
  });
  return {
    queue,
    close: async () => {
      await stopPruning();
      await queue.close();
    },
  };
}

/** Without proxies that are believed, a request comes from whoever is at the other end of its connection. */
function behind({ forwarding }: Configuration, handler: RequestHandler): RequestHandler {
  return forwarding === null ? handler : behindProxies(forwarding, handler);
}

/** What tokens are verified by. Nobody waits for an issuer elsewhere: its keys are on their way when the first request comes. */
function openTokens(
  { configuration: { providers }, house: { clock }, log }: ComposeParts,
  embedded: EmbeddedIssuer | null,
  proofs: DpopProofs,
): { verifier: TokenVerifier; policies: readonly IssuerPolicy[]; close: () => void } {
  const onProblem = (problem: string) => log.warn(problem);
  const { policies, remote } = tokenPolicies({ providers, embedded, clock, onProblem });
  const timer = { after: afterMillisecondsInBackground };
  const verifier = verifierOf(policies, clock, proofs);
  return { verifier, policies, close: keepForeignKeysFresh({ sources: remote, timer }) };
}

/** Policies that cannot be meant are the operator's to mend. */
function verifierOf(policies: readonly IssuerPolicy[], clock: Clock, proofs: DpopProofs): TokenVerifier {
  try {
    return createTokenVerifier({ policies, clock, proofs });
  } catch (error) {
    if (error instanceof IssuerPolicyError)
      throw new OperatorError(error.code, error.problems.join('\n'), { cause: error });
    throw error;
  }
}

async function openCluster({ configuration, house, origins, restPort }: ComposeParts, id: string): Promise<Engine> {
  const file = configuration.data.kind === 'memory' ? ':memory:' : house.directory.cluster;
  const host = new URL(origins.rest).hostname;
  try {
    return openEngine({ file, clusterId: id, host, port: restPort, version: API_VERSION, clock: house.clock });
  } catch (error) {
    if (error instanceof EngineFileError) {
      const fix = 'restore it from a backup, use the version that wrote it, or choose another directory with --data';
      throw new OperatorError(error.code, `${error.message}: ${fix}`, { cause: error });
    }
    throw error;
  }
}

async function openKeys<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof KeyStoreError) throw new OperatorError(error.code, error.message, { cause: error });
    throw error;
  }
}

function afterMilliseconds(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

function afterMillisecondsInBackground(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds).unref();
  return () => clearTimeout(timer);
}
