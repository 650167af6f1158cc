import { DEFAULT_ID_PATTERN } from '@stagedoor/access';
import { type Bound, bindSettings, type Entry } from './bind.ts';
import { checkContradictions, checkOptions } from './check-contradictions.ts';
import { checkExposure } from './check-exposure.ts';
import { checkProviders } from './check-providers.ts';
import { type ChosenMethod, chooseMethod } from './choose-method.ts';
import type { Configuration, IssuerSettings } from './configuration.ts';
import { type Environment, readEnvironment } from './environment-source.ts';
import { fixedClients } from './fixed-clients.ts';
import { checkForwarding, forwardingOf } from './forwarding.ts';
import { InitializationReader } from './initialization-plan.ts';
import { isLoopback, isName, listenHosts } from './loopback.ts';
import type { Method, Profile } from './matrix.ts';
import { withOperateUsers } from './operate-users.ts';
import { readOptions, type StartOptions } from './option-source.ts';
import { presetProperties } from './preset-layers.ts';
import { Problems } from './problems.ts';
import { profileProperties, withholdsRoles } from './profiles.ts';
import type { Property } from './property.ts';
import { browsersHome } from './provider-login.ts';
import { type ConfiguredProvider, configuredProviders, embeddedOrigin, trustedProviders } from './providers.ts';
import type { Reports } from './reports.ts';
import type { Settings } from './table/index.ts';
import { checkTls, speaksTls, tlsOf } from './tls-settings.ts';
import { readYaml, type YamlFile } from './yaml-source.ts';

export type Sources = {
  readonly options: StartOptions;
  readonly environment: Environment;
  /** The text of `--config FILE`, or of `./application.yaml` where that is there. */
  readonly yaml: YamlFile | null;
};

/** The value of every key and where it comes from, for `describeConfiguration`. */
export type Effective = { readonly profile: Profile; readonly method: Method; readonly entries: readonly Entry[] };

export type Resolution =
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      readonly effective: Effective;
      /** Each deserves a line at every start: something is weaker than it looks, or has no effect. */
      readonly warnings: readonly string[];
      /** Good to know: keys that mean nothing here. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Reads all sources (defaults < profile < presets < file < environment < options) into one configuration, or says everything that is
 * wrong with them at once. Pure. Not checked here: files that it names, ports that are taken, what the data directory holds.
 */
export function resolveConfiguration(sources: Sources): Resolution {
  const reports: Reports = { problems: new Problems(), warnings: new Set(), notes: new Set() };
  const said = readSources(sources, reports);
  if (said.incomplete) {
    bindSettings(said.properties, reports);
    return { ok: false, errors: reports.problems.sorted };
  }
  const { bound, chosen } = bindWithProfile(said.properties, reports);
  const configuration = assemble({ bound, chosen, reports, options: sources.options });
  const errors = reports.problems.sorted;
  if (errors.length > 0) return { ok: false, errors };
  const effective = {
    profile: configuration.profile,
    method: configuration.method,
    entries: entriesOf(bound, configuration),
  };
  return {
    ok: true,
    configuration,
    effective,
    warnings: [...reports.warnings].sort(),
    notes: [...reports.notes].sort(),
  };
}

function readSources(
  { options, environment, yaml }: Sources,
  reports: Reports,
): { properties: Property[]; incomplete: boolean } {
  const { problems } = reports;
  checkOptions(options, reports);
  const file = yaml ? readYaml(yaml, environment, problems) : [];
  const properties = [...(file ?? []), ...readEnvironment(environment, reports), ...readOptions(options)];
  return { properties, incomplete: file === null };
}

/** What people said decides the method, the method decides what the profile says. */
function bindWithProfile(said: readonly Property[], reports: Reports): { bound: Bound; chosen: ChosenMethod } {
  const first = bindSettings(said, { problems: new Problems(), warnings: new Set(), notes: new Set() });
  const chosen = chooseMethod(first, reports.problems);
  const foreignIssuer = configuredProviders(first.settings).some((one) => !one.embedded);
  const cell = { profile: first.settings['stagedoor.profile'], method: chosen.layer, foreignIssuer };
  if (withholdsRoles(cell)) {
    reports.notes.add(
      `the default roles of profile ${cell.profile} are left out, since a foreign issuer may let anybody take their names: say in camunda.security.initialization.default-roles who has which`,
    );
  }
  return {
    bound: bindSettings([...profileProperties(cell), ...presetProperties(first.settings), ...said], reports),
    chosen,
  };
}

type Assembly = {
  readonly bound: Bound;
  readonly chosen: ChosenMethod;
  readonly reports: Reports;
  readonly options: StartOptions;
};

function assemble({ bound, chosen, reports, options }: Assembly): Configuration {
  const { settings } = bound;
  const { method } = chosen;
  const providers = configuredProviders(settings);
  const idPattern = idPatternOf(settings);
  const planned = new InitializationReader(bound, reports, idPattern).read();
  const initialization = withOperateUsers(planned, bound, reports, idPattern);
  const clients = fixedClients(bound, reports, initialization, idPattern);
  const consent = options.exposeUnprotected === true;
  checkContradictions({ bound, reports, chosen });
  checkTls(bound, reports);
  checkForwarding(bound, reports);
  if (method !== 'basic') checkProviders({ bound, reports, providers });
  checkExposure({ bound, reports, method, initialization, clients, consent });
  const issuer = issuerOf(settings, providers);
  if (!issuer && clients.length > 0) refuseClients(bound, reports);
  return {
    profile: settings['stagedoor.profile'],
    method,
    ...listeners(settings),
    browsersHome: browsersHome(settings),
    data: options.memory === true ? { kind: 'memory' } : { kind: 'directory', path: settings['stagedoor.data'] },
    cluster: {
      id: settings['stagedoor.cluster-id'] ?? null,
      name: settings['stagedoor.cluster-name'],
      region: settings['stagedoor.region'],
    },
    forwarding: forwardingOf(settings),
    exposeUnprotected: consent,
    issuer,
    providers: trustedProviders(bound, providers),
    authorizationsEnabled: settings['camunda.security.authorizations.enabled'],
    tenantChecksEnabled: settings['camunda.security.multi-tenancy.checks-enabled'],
    idPattern,
    csrf: {
      enabled: settings['camunda.security.csrf.enabled'],
      operatePrevention: settings['camunda.operate.csrfPreventionEnabled'],
    },
    session: {
      maxInactiveSeconds: Math.floor(settings['camunda.security.session.max-inactive-interval'] / 1000),
      secureCookies: settings['server.servlet.session.cookie.secure'] ?? speaksTls(settings, 'server.ssl.'),
    },
    audit: { retentionMilliseconds: settings['stagedoor.audit.retention'] },
    explaining: settings['stagedoor.explain.enabled'],
    operate: { rfc3339Dates: settings['camunda.operate.rfc3339ApiDateFormat'] },
    initialization,
    clients,
  };
}

function listeners(settings: Settings): Pick<Configuration, 'server' | 'management' | 'allowedHosts' | 'reachable'> {
  const address = settings['server.address'];
  const contextPath = settings['server.servlet.context-path'];
  const origin = embeddedOrigin(settings);
  const own = [address, ...(origin ? [new URL(origin).hostname.replace(/^\[|\]$/g, '')] : [])];
  const names = [...settings['stagedoor.hosts'], ...own.filter((host) => isName(host) && !isLoopback(host))];
  return {
    server: {
      hosts: listenHosts(address),
      port: settings['server.port'],
      tls: tlsOf(settings, 'server.ssl.'),
      contextPath: contextPath === '/' ? '' : contextPath,
    },
    management: {
      hosts: listenHosts(settings['management.server.address'] ?? address),
      port: settings['management.server.port'],
      tls: tlsOf(settings, 'management.server.ssl.'),
    },
    allowedHosts: [...new Set(names.map((name) => name.toLowerCase()))],
    reachable: !isLoopback(address),
  };
}

/** It runs in every method, unless foreign issuers are configured and it is not among them. */
function issuerOf(settings: Settings, providers: readonly ConfiguredProvider[]): IssuerSettings | null {
  if (providers.length > 0 && !providers.some((one) => one.embedded)) return null;
  return {
    listen: {
      hosts: listenHosts(settings['server.address']),
      port: settings['stagedoor.issuer.port'],
      tls: tlsOf(settings, 'stagedoor.issuer.ssl.'),
    },
    origin: embeddedOrigin(settings),
    tokenLifetimeSeconds: Math.floor(settings['stagedoor.issuer.token-lifetime'] / 1000),
    algorithm: settings['stagedoor.issuer.algorithm'],
    keyRotationMilliseconds: settings['stagedoor.issuer.key-rotation'],
  };
}

function refuseClients(bound: Bound, { problems }: Reports): void {
  const key = 'stagedoor.clients';
  problems.addUnless(
    [],
    key,
    bound.originOf(key),
    'are clients of the embedded issuer, which does not run beside a foreign one: register them there, and remove them here',
  );
}

/** Camunda matches the whole id; a pattern without anchors must not be weaker than it reads. */
function idPatternOf(settings: Settings): RegExp {
  const source = settings['camunda.security.id-validation-pattern'];
  return source === '' || source === DEFAULT_ID_PATTERN.source ? DEFAULT_ID_PATTERN : new RegExp(`^(?:${source})$`);
}

function entriesOf({ entries }: Bound, { data }: Configuration): Entry[] {
  const memory: Partial<Entry> = { shown: '(memory)', origin: { kind: 'option', option: '--memory' } };
  return entries
    .map((entry) => (entry.key === 'stagedoor.data' && data.kind === 'memory' ? { ...entry, ...memory } : entry))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
