import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileJavaClient, runJavaClient, runTool, type Variables } from '../../java/run-java-client.ts';
import type { StartClient } from './measure.ts';

const PASSWORD = 'changeit';

/** The official Java client. Its files are in `directory`, which outlives it. */
export async function javaClient(directory: string): Promise<StartClient> {
  const classPath = await compileJavaClient(directory);
  return async (variables, meanwhile, signal) => {
    const home = mkdtempSync(join(tmpdir(), 'stagedoor-measured-'));
    const { STAGE_AUTHORITY: authority, ...others } = variables;
    const stores = authority === undefined ? {} : await storesOf(authority, home);
    const run = { classPath, home, variables: { ...others, ...stores }, meanwhile };
    try {
      const ended = signal === undefined ? run : { ...run, signal };
      const answers = await runJavaClient(ended, ['threads', 'pause', 'threads again']);
      return [countsIn(answers.threads), countsIn(answers['threads again'])];
    } catch (error) {
      if (signal?.aborted === true) return [];
      throw error;
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  };
}

async function storesOf(authority: string, home: string): Promise<Variables> {
  const [file, keys, trusted] = [(name: string) => join(authority, name), join(home, 'keys'), join(home, 'trusted')];
  const pem = ['-in', file('reader.pem'), '-inkey', file('reader-key.pem')];
  await runTool('openssl', ['pkcs12', '-export', ...pem, '-passout', `pass:${PASSWORD}`, '-out', keys]);
  const store = ['-storetype', 'PKCS12', '-keystore', trusted, '-storepass', PASSWORD];
  await runTool('keytool', ['-importcert', '-noprompt', ...store, '-alias', 'ca', '-file', file('ca.pem')]);
  return {
    CAMUNDA_CA_CERTIFICATE_PATH: file('ca.pem'),
    CAMUNDA_SSL_CLIENT_TRUSTSTORE_PATH: trusted,
    CAMUNDA_SSL_CLIENT_TRUSTSTORE_SECRET: PASSWORD,
    CAMUNDA_SSL_CLIENT_KEYSTORE_PATH: keys,
    CAMUNDA_SSL_CLIENT_KEYSTORE_SECRET: PASSWORD,
    CAMUNDA_SSL_CLIENT_KEYSTORE_KEY_SECRET: PASSWORD,
  };
}

/** Undefined where all of it failed. */
function countsIn(answer: unknown): Readonly<Record<string, number>> | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  return Object.fromEntries(
    Object.entries(answer).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
