import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithTheFile } from '../program/end-with-the-file.ts';
import { keyProvider, REALM, realmWith, scopes } from './keycloak-realm.ts';
import { endOf, PERSON_PASSWORD, type StartIssuer, type WebAddresses, waitFor, webAddresses } from './live-issuer.ts';
import { type TrustingFetch, trustingFetch } from './trusting-fetch.ts';

/** Where `install-keycloak.sh` was told to put it by `.ci/run`. */
const HOME = join(import.meta.dirname, '../../node_modules/.cache/keycloak');
const ADMINISTRATOR = { username: 'administrator', password: 'password-of-the-administrator' };

/** Why there can be no Keycloak here; undefined where there can. */
export function keycloakIsMissing(): string | undefined {
  if (!existsSync(HOME)) return 'install-keycloak.sh has not been run into node_modules/.cache/keycloak';
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no java';
  }
}

/** Keycloak as in production, with TLS from `authority`, its database in memory and a realm of its own. */
export const startKeycloak: StartIssuer = async (authority, pages) => {
  const scratch = mkdtempSync(join(tmpdir(), 'keycloak-'));
  const child = spawn('java', commandLine(authority, scratch), {
    env: {
      PATH: process.env.PATH,
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMINISTRATOR.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMINISTRATOR.password,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cleanUp = () => rmSync(scratch, { recursive: true, force: true });
  endWithTheFile(child, cleanUp);
  const [, origin = ''] = await waitFor(child, /Listening on: (https:\/\/127\.0\.0\.1:\d+)/);
  const admin = new Administration(`${origin}/auth`, trustingFetch(authority));
  await admin.createRealm(webAddresses(pages));
  return {
    issuer: `${origin}/auth/realms/${REALM}`,
    oidc: 'audiences: [stage]',
    own: 'preset: keycloak',
    login: 'scope: [openid, stage]',
    ours: { scope: 'stage' },
    elsewhere: {},
    rotate: () => admin.addKey(),
    retire: () => admin.disableKeysBefore(),
    logIn: async (browser, authorization, until) => {
      const page = await browser.open(authorization, until);
      return browser.submit(page, { username: 'person', password: PERSON_PASSWORD }, until);
    },
    endLogins: () => admin.endLogins('person'),
    stop: async () => {
      child.kill('SIGTERM');
      await endOf(child);
      cleanUp();
    },
  };
};

/** What `kc.sh start` runs, without the shell in between, which would survive a test that is killed. */
function commandLine(authority: string, scratch: string): string[] {
  return [
    '-Xms64m',
    '-Xmx400m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '--add-opens=java.base/java.util=ALL-UNNAMED',
    '--add-opens=java.base/java.util.concurrent=ALL-UNNAMED',
    '--add-opens=java.base/java.security=ALL-UNNAMED',
    '-Duser.language=en',
    `-Djava.io.tmpdir=${scratch}`,
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
    '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
    `-Dkc.home.dir=${HOME}`,
    ...['-cp', join(HOME, 'lib/quarkus-run.jar'), 'io.quarkus.bootstrap.runner.QuarkusEntryPoint'],
    ...['start', '--optimized', '--cache=local', '--hostname-strict=false'],
    ...['--http-host=127.0.0.1', '--https-port=0'],
    `--https-certificate-file=${join(authority, 'server.pem')}`,
    `--https-certificate-key-file=${join(authority, 'server-key.pem')}`,
    // Whom it asks, as for the end of a login.
    `--truststore-paths=${join(authority, 'ca.pem')}`,
    `--https-trust-store-file=${join(authority, 'ca.pem')}`,
    '--db-url=jdbc:h2:mem:keycloak;NON_KEYWORDS=VALUE;DB_CLOSE_DELAY=-1',
  ];
}

/** The administration's REST API, as far as a realm and its keys need it. */
class Administration {
  readonly #base: string;
  readonly #fetch: TrustingFetch;
  #keys = 0;

  constructor(base: string, fetch: TrustingFetch) {
    this.#base = base;
    this.#fetch = fetch;
  }

  async createRealm(web: WebAddresses): Promise<void> {
    const { clients, ...rest } = realmWith(web);
    await this.#ask('POST', '/admin/realms', rest);
    for (const scope of scopes) await this.#ask('POST', `/admin/realms/${REALM}/client-scopes`, scope);
    for (const client of clients) await this.#ask('POST', `/admin/realms/${REALM}/clients`, client);
  }

  async addKey(): Promise<void> {
    this.#keys += 1;
    const { id } = await this.#ask('GET', `/admin/realms/${REALM}`);
    // The keys that Keycloak makes for a new realm have the priority 100.
    const key = keyProvider(`rotated-${this.#keys}`, String(id), 100 + this.#keys);
    await this.#ask('POST', `/admin/realms/${REALM}/components`, key);
  }

  /** Of those that sign with RS256, all but the one that signs. */
  async disableKeysBefore(): Promise<void> {
    const { keys, active } = await this.#ask('GET', `/admin/realms/${REALM}/keys`);
    const { RS256: signing } = active as Record<string, string>;
    for (const { providerId, kid, algorithm } of keys as Record<string, string>[]) {
      if (algorithm !== 'RS256' || kid === signing) continue;
      const path = `/admin/realms/${REALM}/components/${providerId}`;
      const component = await this.#ask('GET', path);
      const config = { ...(component.config as object), enabled: ['false'], active: ['false'] };
      await this.#ask('PUT', path, { ...component, config });
    }
  }

  async endLogins(username: string): Promise<void> {
    const found = await this.#ask('GET', `/admin/realms/${REALM}/users?exact=true&username=${username}`);
    for (const { id } of Object.values(found) as Record<string, string>[])
      await this.#ask('POST', `/admin/realms/${REALM}/users/${id}/logout`);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.#fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to ${method} ${path}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  /** They last for a minute, which a realm on a busy machine may outlive: one for each request. */
  async #token(): Promise<string> {
    const answer = await this.#fetch(`${this.#base}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...ADMINISTRATOR }),
    });
    const { access_token: token } = (await answer.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`Keycloak knows no administrator: ${answer.status}`);
    return token;
  }
}
