import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeBytes } from '../../packages/gateway/test/raw-http.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { countRefusals } from './count-refusals.ts';

// A bcrypt hash of "brought along", so that users with hashes of two schemes are there to be told apart.
const BCRYPT = '{bcrypt}$2a$10$7EqJtq98hPqEX7fNZaFWoOhi8k2sGsb9mTQ1gqVJ0r0x4Q1k6mW5e';
const YAML = `
camunda.security.initialization:
  users:
    - { username: known, password: a password of its own }
  default-roles.admin.users: [known]
stagedoor.clients:
  - { id: fixed, secret: a secret that somebody chose }
`;

let program: Program;
let rest: number;
let issuer: number;
let generated: string;
beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'], yaml: YAML });
  rest = Number(new URL(program.rest).port);
  issuer = Number(new URL(program.issuer ?? '').port);
  await command(program, ['user', 'create', 'brought', '--password-stdin'], BCRYPT);
  generated = JSON.parse(await command(program, ['client', 'create', '--name', 'reader', '--json'])).clientId;
});
afterAll(() => program.stop());

/** The answer byte by byte, but for the moment at which it was given, and with the name taken out where it was asked for. */
async function answerTo(port: number, request: readonly string[], body = ''): Promise<string> {
  const head = [...request, 'Host: localhost', 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`];
  const answer = await exchangeBytes(port, `${head.join('\r\n')}\r\n\r\n${body}`);
  return answer.replace(/^Date: .*\r\n/m, '').replace(/"timestamp":"[^"]*"/, '"timestamp":""');
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const encoded = (text: string) => Buffer.from(text).toString('base64');

describe('an unknown user is refused byte for byte as a known one with a wrong password', () => {
  const ways: readonly (readonly [string, (name: string) => Promise<string>])[] = [
    [
      'by Basic',
      (name) => answerTo(rest, ['GET /v2/topology HTTP/1.1', `Authorization: Basic ${encoded(`${name}:wrong`)}`]),
    ],
    [
      'by Basic at Operate',
      (name) =>
        answerTo(rest, [
          'POST /v1/process-instances/search HTTP/1.1',
          `Authorization: Basic ${encoded(`${name}:wrong`)}`,
        ]),
    ],
    [
      'at /api/login',
      (name) => answerTo(rest, ['POST /api/login HTTP/1.1', FORM], form({ username: name, password: 'wrong' })),
    ],
    [
      'at /login',
      (name) => answerTo(rest, ['POST /login HTTP/1.1', FORM], form({ username: name, password: 'wrong' })),
    ],
  ];

  it.each(ways)('%s', async (_, ask) => {
    const known = await ask('known');
    expect(known).toMatch(/^HTTP\/1\.1 401 /);
    for (const name of ['nobody', 'brought', 'KNOWN', 'known ', generated, 'fixed'])
      expect([name, await ask(name)]).toEqual([name, known]);
  });

  it('and is counted under one code', async () => {
    const before = await countRefusals(program.management, 'PASSWORD_REFUSED');
    await answerTo(rest, ['GET /v2/topology HTTP/1.1', `Authorization: Basic ${encoded('nobody-else:wrong')}`]);
    expect(await countRefusals(program.management, 'PASSWORD_REFUSED')).toBe(before + 1);
  });
});

describe('an unknown client is refused byte for byte as a known one with a wrong secret', () => {
  const REALM = 'POST /auth/realms/camunda-platform/protocol/openid-connect/token HTTP/1.1';
  const fields = (name: string) => form({ grant_type: 'client_credentials', client_id: name, client_secret: 'wrong' });
  const ways: readonly (readonly [string, (name: string) => Promise<string>])[] = [
    ['in SaaS form', (name) => answerTo(issuer, ['POST /oauth/token HTTP/1.1', FORM], fields(name))],
    [
      'in SaaS form, as JSON',
      (name) =>
        answerTo(
          issuer,
          ['POST /oauth/token HTTP/1.1', 'Content-Type: application/json'],
          JSON.stringify({ grant_type: 'client_credentials', client_id: name, client_secret: 'wrong' }),
        ),
    ],
    ['in Keycloak form', (name) => answerTo(issuer, [REALM, FORM], fields(name))],
    [
      'in Keycloak form, by Basic',
      (name) =>
        answerTo(
          issuer,
          [REALM, FORM, `Authorization: Basic ${encoded(`${name}:wrong`)}`],
          form({ grant_type: 'client_credentials' }),
        ),
    ],
  ];

  it.each(ways)('%s', async (_, ask) => {
    const known = await ask(generated);
    expect(known).toMatch(/^HTTP\/1\.1 401 /);
    for (const name of ['nobody', 'fixed', 'known', generated.toUpperCase()])
      expect([name, await ask(name)]).toEqual([name, known]);
  });

  it('with an audience that it could not have as well', async () => {
    const ask = (name: string) =>
      answerTo(issuer, ['POST /oauth/token HTTP/1.1', FORM], `${fields(name)}&audience=another`);
    expect(await ask('nobody')).toBe(await ask(generated));
  });
});

describe('a name of something else', () => {
  it('is not told from an unknown one before the caller has shown who he is', async () => {
    const paths = [
      '/v2/topology',
      '/v2/nothing-is-here',
      '/v1/process-instances/1',
      '/v1/nothing',
      '/admin-api/clusters',
      '/admin-api/nothing',
    ];
    for (const path of paths)
      expect([path, (await answerTo(rest, [`GET ${path} HTTP/1.1`])).slice(0, 12)]).toEqual([path, 'HTTP/1.1 401']);
  });
});
