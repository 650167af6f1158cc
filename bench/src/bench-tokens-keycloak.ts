import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onItsProcessor } from './processors.ts';
import { freePort, onceAnswering, type Running } from './programs.ts';

/** Where `conformance/foreign-issuers/install-keycloak.sh` puts it, or wherever the environment says that it is. */
const HOME = process.env.KEYCLOAK_HOME ?? join(import.meta.dirname, '../../node_modules/.cache/keycloak');
const ADMINISTRATOR = { username: 'administrator', password: 'password-of-the-administrator' };
const REALM = 'bench';

export type Client = { readonly clientId: string; readonly clientSecret: string };

/** Keycloak over plain HTTP, its database in memory, with a realm whose tokens are signed so; null where it is not installed. */
export async function startKeycloak(algorithm: 'RS256' | 'ES256', client: Client): Promise<Running | null> {
  if (!existsSync(HOME)) return null;
  const scratch = mkdtempSync(join(tmpdir(), 'keycloak-'));
  const port = await freePort();
  const [command, all] = onItsProcessor('java', commandLine(port, scratch));
  const child = spawn(command, all, {
    env: {
      PATH: process.env.PATH,
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMINISTRATOR.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMINISTRATOR.password,
    },
    stdio: 'ignore',
  });
  const running = await onceAnswering(child, { port, directory: scratch, patience: 120_000 });
  await createRealm(`http://127.0.0.1:${port}/auth`, algorithm, client);
  return running;
}

export const KEYCLOAK_TOKEN_PATH = `/auth/realms/${REALM}/protocol/openid-connect/token`;

/** What `kc.sh start` runs, without the shell in between, whose CPU nobody asks for. */
function commandLine(port: number, scratch: string): string[] {
  return [
    ...['-Xms64m', '-Xmx512m', '-Duser.language=en', `-Djava.io.tmpdir=${scratch}`],
    '--add-opens=java.base/java.util=ALL-UNNAMED',
    '--add-opens=java.base/java.util.concurrent=ALL-UNNAMED',
    '--add-opens=java.base/java.security=ALL-UNNAMED',
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
    '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
    `-Dkc.home.dir=${HOME}`,
    ...['-cp', join(HOME, 'lib/quarkus-run.jar'), 'io.quarkus.bootstrap.runner.QuarkusEntryPoint'],
    ...['start', '--optimized', '--cache=local', '--hostname-strict=false'],
    ...['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`],
    '--db-url=jdbc:h2:mem:keycloak;NON_KEYWORDS=VALUE;DB_CLOSE_DELAY=-1',
  ];
}

async function createRealm(base: string, algorithm: string, { clientId, clientSecret }: Client): Promise<void> {
  const form = { grant_type: 'password', client_id: 'admin-cli', ...ADMINISTRATOR };
  const token = await fetch(`${base}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const client = { clientId, secret: clientSecret, publicClient: false, serviceAccountsEnabled: true };
  const answer = await fetch(`${base}/admin/realms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      realm: REALM,
      enabled: true,
      sslRequired: 'none',
      defaultSignatureAlgorithm: algorithm,
      clients: [client],
    }),
  });
  if (answer.status !== 201) throw new Error(`Keycloak has no realm: ${answer.status} ${await answer.text()}`);
}
