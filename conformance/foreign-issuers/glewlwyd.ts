import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endWithTheFile } from '../program/end-with-the-file.ts';
import { Browser } from './browser.ts';
import { endOf, PERSON_PASSWORD, PROGRAM_SECRET, type StartIssuer, WEB_SECRET, webAddresses } from './live-issuer.ts';
import { trustingFetch } from './trusting-fetch.ts';

/** Where `install-glewlwyd.sh` was told to put it by `.ci/run`. */
const HOME = join(import.meta.dirname, '../../node_modules/.cache/glewlwyd');
const SCHEMA = join(HOME, 'usr/share/dbconfig-common/data/glewlwyd/install/sqlite3');
/** Of what RFC 8705 section 2.1.2 has clients register, its schema forgets the subject alone. */
const SUBJECTS_ARE_KEPT = `
  UPDATE g_client_module_instance SET gcmi_parameters = json_set(
    gcmi_parameters,
    '$."data-format".tls_client_auth_subject_dn',
    json('{ "multiple": false, "read": true, "write": true }')
  )`;
/** Whom its schema comes with. */
const ADMINISTRATOR = { username: 'admin', password: 'password' };
const START_MILLIS = 20_000;

/** Why there can be no glewlwyd here; undefined where there can. */
export function glewlwydIsMissing(): string | undefined {
  return existsSync(HOME) ? undefined : 'install-glewlwyd.sh has not been run into node_modules/.cache/glewlwyd';
}

/** Debian's glewlwyd with TLS from `authority` and a database of its own. */
export const startGlewlwyd: StartIssuer = async (authority, pages) => {
  const scratch = mkdtempSync(join(tmpdir(), 'glewlwyd-'));
  mkdirSync(join(scratch, 'static'));
  const database = new DatabaseSync(join(scratch, 'database'));
  database.exec(readFileSync(SCHEMA, 'utf8'));
  database.exec(SUBJECTS_ARE_KEPT);
  database.close();
  const port = await freePort();
  const origin = `https://127.0.0.1:${port}`;
  const configuration = join(scratch, 'glewlwyd.conf');
  writeFileSync(configuration, settings(scratch, authority, port));
  const child = spawn(join(HOME, 'usr/bin/glewlwyd'), ['--config-file', configuration], {
    env: { LD_LIBRARY_PATH: libraries() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cleanUp = () => rmSync(scratch, { recursive: true, force: true });
  endWithTheFile(child, cleanUp);
  const administration = new Administration(`${origin}/api`, new Browser(trustingFetch(authority)));
  await administration.logIn(() => child.exitCode === null);
  await administration.createAll(webAddresses(pages).callbacks);
  return {
    issuer: `${origin}/api/oidc`,
    // Without a `resource`, its audience is the list of scopes, as one string.
    oidc: 'audiences: [stage, "openid stage"], client-id-claim: client_id, username-claim: username, prefer-username-claim: true',
    own: 'algorithms: RS256',
    login: 'scope: [openid, stage]',
    ours: { scope: 'stage' },
    elsewhere: { scope: 'elsewhere' },
    rotate: () => administration.addKey(),
    retire: () => administration.forgetKeysBefore(),
    logIn: async (browser, authorization, until) => {
      // What the scripts of its page ask for.
      const api = `${origin}/api/auth`;
      await sendJson(browser, 'POST', `${api}/`, { username: 'person', password: PERSON_PASSWORD });
      await sendJson(browser, 'PUT', `${api}/grant/web`, { scope: 'openid stage' });
      return browser.open(`${authorization}&g_continue`, until);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await endOf(child);
      cleanUp();
    },
  };
};

/** Below `usr/lib` there is one directory for the machine's architecture. */
function libraries(): string {
  const base = join(HOME, 'usr/lib');
  return readdirSync(base)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(base, name))
    .join(':');
}

/** It cannot be asked for the port that it was given: one that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function settings(scratch: string, authority: string, port: number): string {
  const modules = join(HOME, 'usr/lib/glewlwyd');
  return `
port=${port}
bind_address="127.0.0.1"
external_url="https://127.0.0.1:${port}"
login_url="login.html"
api_prefix="api"
static_files_path="${scratch}/static"
log_mode="console"
log_level="ERROR"
cookie_secure=1
session_key="SESSION"
session_expiration=3600
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="${modules}/user"
client_module_path="${modules}/client"
user_auth_scheme_module_path="${modules}/scheme"
plugin_module_path="${modules}/plugin"
use_secure_connection=true
secure_connection_key_file="${authority}/server-key.pem"
secure_connection_pem_file="${authority}/server.pem"
secure_connection_ca_file="${authority}/ca.pem"
hash_algorithm="SHA512"
database={ type="sqlite3"; path="${scratch}/database"; };
`;
}

async function sendJson(browser: Browser, method: string, url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await browser.ask(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`glewlwyd answered ${answer.status} to ${method} ${url}: ${await answer.text()}`);
}

/** Its REST API, as its own administration page uses it. */
class Administration {
  readonly #api: string;
  readonly #browser: Browser;
  #made = 0;
  #keys = [newKey(0)];

  constructor(api: string, browser: Browser) {
    this.#api = api;
    this.#browser = browser;
  }

  /** Waits until it listens, as it says nothing of that. */
  async logIn(running: () => boolean): Promise<void> {
    const until = Date.now() + START_MILLIS;
    for (;;) {
      try {
        return await sendJson(this.#browser, 'POST', `${this.#api}/auth/`, ADMINISTRATOR);
      } catch (cause) {
        if (!running() || Date.now() > until) throw cause;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async createAll(callbacks: readonly string[]): Promise<void> {
    for (const name of ['stage', 'elsewhere'])
      await this.#send('POST', '/scope/', { name, display_name: name, description: name, password_required: false });
    const client = (clientId: string, grant: string, scope: readonly string[], more: object) =>
      this.#send('POST', '/client/', {
        client_id: clientId,
        name: clientId,
        confidential: true,
        enabled: true,
        authorization_type: [grant],
        scope,
        ...more,
      });
    const methods = ['client_secret_basic', 'client_secret_post'];
    const secret = (value: string) => ({ client_secret: value, token_endpoint_auth_method: methods });
    await client('program', 'client_credentials', ['stage', 'elsewhere'], secret(PROGRAM_SECRET));
    await client('machine', 'client_credentials', ['stage'], {
      token_endpoint_auth_method: ['tls_client_auth'],
      tls_client_auth_subject_dn: 'CN=machine',
    });
    await client('web', 'code', ['openid', 'stage'], { ...secret(WEB_SECRET), redirect_uri: callbacks });
    await this.#send('POST', '/user/', {
      username: 'person',
      password: PERSON_PASSWORD,
      scope: ['openid', 'stage'],
      enabled: true,
    });
    await this.#send('POST', '/mod/plugin/', this.#plugin());
  }

  addKey(): Promise<void> {
    this.#made += 1;
    this.#keys = [newKey(this.#made), ...this.#keys];
    return this.#reload();
  }

  forgetKeysBefore(): Promise<void> {
    this.#keys = this.#keys.slice(0, 1);
    return this.#reload();
  }

  async #reload(): Promise<void> {
    await this.#send('PUT', '/mod/plugin/oidc', this.#plugin());
    await this.#send('PUT', '/mod/plugin/oidc/reset', {});
  }

  #plugin() {
    return {
      module: 'oidc',
      name: 'oidc',
      display_name: 'oidc',
      enabled: true,
      parameters: {
        iss: `${this.#api}/oidc`,
        'jwks-private': JSON.stringify({ keys: this.#keys }),
        'default-kid': `key-${this.#made}`,
        'jwks-show': true,
        'access-token-duration': 3600,
        'refresh-token-duration': 3600,
        'code-duration': 60,
        // A program that asks for itself has no use for the scope `openid`.
        'allow-non-oidc': true,
        'auth-type-client-enabled': true,
        'auth-type-code-enabled': true,
        'auth-type-refresh-enabled': true,
        'subject-type': 'public',
        'allowed-scope': ['openid'],
        'pkce-allowed': true,
        'oauth-as-iss-id': true,
        'client-cert-source': 'TLS',
        'oauth-dpop-allowed': true,
        'oauth-dpop-iat-duration': 60,
        // Tokens of users say how they are called.
        'additional-parameters': [{ 'user-parameter': 'username', 'token-parameter': 'username' }],
      },
    };
  }

  #send(method: string, path: string, body: unknown): Promise<void> {
    return sendJson(this.#browser, method, `${this.#api}${path}`, body);
  }
}

function newKey(number: number) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${number}`, use: 'sig', alg: 'RS256' };
}
