import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Forge, jwkOf, keys } from '../hostile-tokens/forge.ts';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { openMovingIssuer } from './moving-issuer.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const published = JSON.stringify({ keys: [jwkOf(keys.rsa, { use: 'sig' })] });

async function programWith(issuer: string, more: string, directory?: string): Promise<Program> {
  const program = await startProgram({
    args: [...FREE_PORTS, '--memory'],
    ...(directory === undefined ? {} : { directory }),
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer}", audiences: [hostile-api], client-id-claim: client_id${more}
`,
  });
  opened.push(() => program.stop());
  return program;
}

function ask({ rest }: Program, token: string): Promise<Response> {
  return fetch(`${rest}/v2/topology`, { headers: bearer(token) });
}

/** An issuer whose key set is answered as the test says. */
async function issuerThat(answers: (response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer((request, response) => {
    if (request.url === '/keys') answers(response);
    else response.end(JSON.stringify({ issuer: origin, jwks_uri: `${origin}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  opened.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return origin;
}

it('an issuer that cannot be reached: the program starts, and its tokens are answered with 503 and the time to wait', async () => {
  // Nothing listens on the port of discard.
  const issuer = 'http://127.0.0.1:9';
  const program = await programWith(issuer, ' }');
  const answer = await ask(program, new Forge(issuer, issuer).with({}));
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await answer.json()).toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
  // What can be decided without a key is decided.
  expect((await ask(program, new Forge('https://issuer.example', issuer).with({}))).status).toBe(401);
});

it('an issuer that never ends its answer: nobody waits for it for ever', async () => {
  const issuer = await issuerThat((response) => response.writeHead(200).write('{"keys":['));
  const program = await programWith(issuer, ' }');
  const token = new Forge(issuer, issuer).with({});
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(program, token)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
});

it('an issuer whose keys are in a file is never asked, and its tokens are told from others as ever', async () => {
  let asked = 0;
  const issuer = await issuerThat((response) => {
    asked += 1;
    response.end('{"keys":[]}');
  });
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
  opened.push(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'keys.json'), published);
  const program = await programWith(issuer, ' }\nstagedoor.oidc.providers.oidc.jwk-set-file: ./keys.json', directory);
  const forge = new Forge(issuer, issuer);
  expect((await ask(program, forge.with({}))).status).toBe(200);
  expect((await ask(program, forge.under({ kid: 'rsa' }, keys.attacker))).status).toBe(401);
  expect((await ask(program, forge.with({ iss: 'https://issuer.example' }))).status).toBe(401);
  expect((await ask(program, forge.with({ aud: 'another' }))).status).toBe(401);
  expect(asked).toBe(0);
});

it('an issuer whose keys are in a file that is not there: an outage that is named, and no reason not to start', async () => {
  const issuer = 'https://issuer.example';
  const program = await programWith(issuer, ' }\nstagedoor.oidc.providers.oidc.jwk-set-file: ./keys.json');
  expect((await ask(program, new Forge(issuer, issuer).with({}))).status).toBe(503);
  expect(program.output()).toContain('./keys.json: cannot be read');
});

it('keys of additional sets count as the issuer’s own, and a set that is away takes no other with it', async () => {
  const own = await openMovingIssuer(jwkOf(keys.rsa));
  const more = await openMovingIssuer(jwkOf(keys.anyRsa));
  opened.push(() => own.close());
  const program = await programWith(
    own.origin,
    `, additional-jwk-set-uris: ["${more.origin}/keys", "http://127.0.0.1:9/keys"] }`,
  );
  const forge = new Forge(own.origin, own.origin);
  expect((await ask(program, forge.under({}, keys.rsa))).status).toBe(200);
  expect((await ask(program, forge.under({ kid: keys.anyRsa.kid }, keys.anyRsa))).status).toBe(200);
  // A key in none of the sets may be in the one that is away; a wrong signature is a wrong signature.
  expect((await ask(program, forge.under({ kid: 'attacker' }, keys.attacker))).status).toBe(503);
  expect((await ask(program, forge.under({ kid: keys.anyRsa.kid }, keys.attacker))).status).toBe(401);
  await more.close();
  expect((await ask(program, forge.with({ jti: 'another' }))).status).toBe(200);
});
