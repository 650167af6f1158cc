import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, type Client, requestToken, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const yaml = (password: string, secret: string) => `
camunda.security.initialization:
  users: [{ username: conductor, password: "${password}" }]
  default-roles.admin.users: [conductor]
stagedoor.clients:
  - { id: in-words, secret: "${secret}" }
  - { id: in-a-file, secret-file: ./secret }
`;

function start(method: string, password: string, secret: string): Promise<Program> {
  writeFileSync(join(directory, 'secret'), `${secret} of a file\n`);
  return startProgram({
    args: [...FREE_PORTS, '--method', method, '--data', './data'],
    yaml: yaml(password, secret),
    directory,
  });
}

const client = (clientId: string, clientSecret: string): Client => ({ clientId, clientSecret });

/** What is stored of every secret, by the name of its owner. */
function storedSecrets(): Readonly<Record<string, string>> {
  const records = new DatabaseSync(join(directory, 'data', 'records.sqlite'), { readOnly: true });
  const users = records.prepare('SELECT username AS name, password_hash AS stored FROM users').all();
  const clients = records.prepare('SELECT client_id AS name, digest AS stored FROM issuer_client_secrets').all();
  records.close();
  return Object.fromEntries([...users, ...clients].map(({ name, stored }) => [String(name), String(stored)]));
}

describe('secrets', () => {
  let first: Program;
  let made: Client;
  let token: string;

  beforeAll(async () => {
    first = await start('basic', 'the leaked password', 'the leaked secret');
    made = JSON.parse(await command(first, ['client', 'create', '--name', 'reader', '--json']));
    token = await tokenOf(first.issuer, client('in-words', 'the leaked secret'));
    expect((await requestToken(first.issuer, client('in-a-file', 'the leaked secret of a file'))).status).toBe(200);
    expect(
      (await fetch(`${first.rest}/v2/topology`, { headers: basic('conductor', 'the leaked password') })).status,
    ).toBe(200);
    await first.stop();
  });

  it('of people and of the configuration are stored as argon2id, and only ours as SHA-256', () => {
    const { [made.clientId]: ours, ...chosen } = storedSecrets();
    expect(ours).toMatch(/^[\w-]{43}$/);
    expect(Object.keys(chosen).sort()).toEqual(['conductor', 'in-a-file', 'in-words']);
    for (const stored of Object.values(chosen)) expect(stored).toMatch(/^\$argon2id\$v=19\$m=\d{5,},t=[2-9],p=1\$/);
    expect(made.clientSecret).toMatch(/^[\w-]{43}$/);
  });

  it('that are configured otherwise than they are stored replace what is stored, loudly', async () => {
    const program = await start('basic', 'the new password', 'the new secret');
    expect(program.output()).toMatch(
      /^warning: the password of user conductor is now the configured one; his sessions have ended$/m,
    );
    expect(program.output()).toMatch(
      /^warning: the secret of client in-words is now the configured one; the old one is refused$/m,
    );
    expect(program.output()).toMatch(/^warning: the secret of client in-a-file is now/m);
    expect(program.output()).not.toMatch(/the (?:leaked|new) (?:password|secret)/);
    const status = async (password: string) =>
      (await fetch(`${program.rest}/v2/topology`, { headers: basic('conductor', password) })).status;
    expect([await status('the leaked password'), await status('the new password')]).toEqual([401, 200]);
    for (const id of ['in-words', 'in-a-file']) {
      const end = id === 'in-a-file' ? ' of a file' : '';
      expect((await requestToken(program.issuer, client(id, `the leaked secret${end}`))).status).toBe(401);
      expect((await requestToken(program.issuer, client(id, `the new secret${end}`))).status).toBe(200);
    }
    expect((await requestToken(program.issuer, made)).status).toBe(200);
    await program.stop();
  });

  it('that are configured as they are stored are left alone, in silence', async () => {
    const before = storedSecrets();
    const program = await start('basic', 'the new password', 'the new secret');
    expect(program.output()).not.toContain('warning');
    await program.stop();
    expect(storedSecrets()).toEqual(before);
  });

  it('of a deleted client do not come back with the configuration', async () => {
    const program = await start('oidc', 'the new password', 'the new secret').catch((error: Error) => error.message);
    expect(program).toContain('Creation of initial users is not supported with `OIDC`');
    const house = await start('basic', 'the new password', 'the new secret');
    await command(house, ['client', 'delete', 'in-words']);
    await house.stop();
    const again = await start('basic', 'the new password', 'the new secret');
    expect(again.output()).toMatch(/^warning: client in-words was deleted and stays so/m);
    expect((await requestToken(again.issuer, client('in-words', 'the new secret'))).status).toBe(401);
    expect((await fetch(`${again.rest}/admin-api/clusters`, { headers: bearer(token) })).status).toBe(401);
    await again.stop();
  });
});
