import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../program/make-certificates.ts';
import { command } from '../program/run-command-line.ts';
import { printedJson, runToEnd } from '../program/run-to-end.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

type Variables = Readonly<Record<string, string>>;

const SCRIPT = fileURLToPath(new URL('./adapted-clients.ts', import.meta.url));
const ANSWERED = {
  topology: 1,
  deployment: ['curtain-call'],
  search: 1,
  'topology by the SDK': 1,
  'definitions of Operate by the SDK': 1,
};
const REFUSED = { error: expect.stringMatching(/401|Unauthorized/i) };

async function answersWith(program: Program, variables: Variables): Promise<unknown> {
  const everywhere = {
    HOME: program.directory,
    CAMUNDA_REST_ADDRESS: program.rest,
    ZEEBE_REST_ADDRESS: program.rest,
    CAMUNDA_OPERATE_BASE_URL: program.rest,
  };
  const env = { ...everywhere, ...variables };
  return printedJson(await runToEnd(process.execPath, [SCRIPT], { cwd: program.directory, env }));
}

/** What the environment says beside where the APIs are, for each method of the pages that needs no TLS. */
const WAYS: readonly (readonly [string, 'none' | 'basic' | 'oidc', (program: Program) => Promise<Variables>])[] = [
  ['nothing', 'none', async () => ({ CAMUNDA_AUTH_STRATEGY: 'NONE' })],
  [
    'a name and a password',
    'basic',
    async () => ({ CAMUNDA_BASIC_AUTH_USERNAME: 'demo', CAMUNDA_BASIC_AUTH_PASSWORD: 'demo' }),
  ],
  [
    'a session',
    'basic',
    async () => ({
      // Without the strategy: `@camunda8/orchestration-cluster-api` 9.1.5 reads it in every search, and knows no COOKIE.
      CAMUNDA_COOKIE_AUTH_USERNAME: 'demo',
      CAMUNDA_COOKIE_AUTH_PASSWORD: 'demo',
    }),
  ],
  [
    'a token',
    'oidc',
    async (program) => {
      const lines = await command(program, ['client', 'create', '--name', 'reader', '--env']);
      return Object.fromEntries(
        [...lines.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
      );
    },
  ],
];

describe.each(WAYS)('with %s of ours', (_what, method, variablesFor) => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', method, '--memory'] });
  });
  afterAll(() => program?.stop());

  it('both official clients are answered', async () => {
    expect(await answersWith(program, await variablesFor(program))).toEqual(ANSWERED);
  });
});

describe('with a certificate of ours', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-adapted-'));
  const file = (name: string) => join(directory, 'tls', name);
  let program: Program;

  beforeAll(async () => {
    await makeCertificates(join(directory, 'tls'), 'reader');
    const tls = `certificate: ./tls/server.pem, certificate-private-key: ./tls/server-key.pem, trust-certificate: ./tls/ca.pem`;
    program = await startProgram({
      directory,
      args: ['--method', 'oidc', '--data', './data', ...FREE_PORTS],
      yaml: `server.ssl: { ${tls}, client-auth: want }`,
    });
    for (const [id, binding] of [
      ['bound', 'certificate'],
      ['free', 'none'],
    ] as const)
      await command(program, [
        ...['client', 'create', '--name', id, '--id', id, '--certificate-subject', 'CN=reader'],
        ...['--bind-tokens', binding],
      ]);
  });
  afterAll(async () => {
    await program?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const variables = (clientId: string): Variables => ({
    CAMUNDA_CLIENT_ID: clientId,
    CAMUNDA_OAUTH_URL: `${program.issuer}/oauth/token`,
    CAMUNDA_TOKEN_AUDIENCE: 'orchestration-api',
    CAMUNDA_OPERATE_OAUTH_AUDIENCE: 'operate-api',
    CAMUNDA_CUSTOM_CERT_CHAIN_PATH: file('reader.pem'),
    CAMUNDA_CUSTOM_PRIVATE_KEY_PATH: file('reader-key.pem'),
    CAMUNDA_CUSTOM_ROOT_CERT_PATH: file('ca.pem'),
  });

  it('both are answered where the token is not bound to it', async () => {
    expect(await answersWith(program, variables('free'))).toEqual(ANSWERED);
  });

  it('the one that calls through our fetch is answered where it is, and the SDK, which shows no certificate, is not', async () => {
    expect(await answersWith(program, variables('bound'))).toEqual({
      ...ANSWERED,
      'topology by the SDK': REFUSED,
      'definitions of Operate by the SDK': REFUSED,
    });
  });
});
