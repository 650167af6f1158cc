import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';
import { proofKey } from './proof-key.ts';

/** RFC 9449 section 7, with tokens that a foreign issuer bound to the key of their client. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-dpop-'));
const key = proofKey();
const thief = proofKey();
let issuer: ForeignIssuer;
let program: Program;
let bound: string;

const start = () =>
  startProgram({
    directory,
    args: ['--data', './data', ...FREE_PORTS],
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.origin}", audiences: [stage], client-id-claim: client_id }
`,
  });

beforeAll(async () => {
  issuer = await openForeignIssuer();
  program = await start();
  bound = issuer.token({ aud: 'stage', client_id: 'reader', cnf: { jkt: key.thumbprint } });
});
afterAll(async () => {
  await program?.stop();
  await issuer?.close();
  rmSync(directory, { recursive: true, force: true });
});

const url = () => `${program.rest}/v2/topology`;
const proofOf = (claims: Readonly<Record<string, unknown>> = {}, by = key, token = bound) =>
  by.proof({ method: 'GET', url: url(), token, claims });

async function ask(headers: Readonly<Record<string, string>>, at = url()) {
  const answer = await fetch(at, { headers });
  const { code } = (await answer.json()) as { code?: string };
  return { status: answer.status, code, challenge: answer.headers.get('www-authenticate') };
}
const withProof = (proof: string, token = bound) => ask({ authorization: `DPoP ${token}`, dpop: proof });
const REFUSED = {
  status: 401,
  code: 'PROOF_REFUSED',
  challenge: expect.stringMatching(/^DPoP algs="[^"]+", error="invalid_dpop_proof"/),
};
const REPLAYED = { ...REFUSED, code: 'PROOF_REPLAYED' };
const UNBOUND = { status: 401, code: 'TOKEN_BINDING_REFUSED' };

describe('a token that is bound to a key', () => {
  it('opens the API with a proof for each request', async () => {
    for (let time = 0; time < 3; time += 1) expect(await withProof(proofOf())).toMatchObject({ status: 200 });
  });

  it('is sent by oauth4webapi as it is', async () => {
    const handle = oauth.DPoP({}, await oauth.generateKeyPair('ES256', { extractable: true }));
    const options = { DPoP: handle, [oauth.allowInsecureRequests]: true };
    const token = issuer.token({ aud: 'stage', client_id: 'reader', cnf: { jkt: await handle.calculateThumbprint() } });
    for (let time = 0; time < 3; time += 1) {
      const answer = await oauth.protectedResourceRequest(token, 'GET', new URL(url()), undefined, null, options);
      expect(answer.status).toBe(200);
    }
    const post = new Headers({ 'content-type': 'application/json' });
    const search = new URL(`${program.rest}/v2/process-instances/search`);
    expect((await oauth.protectedResourceRequest(token, 'POST', search, post, '{}', options)).status).toBe(200);
  });

  it('is refused of scheme Bearer, with and without a proof beside it', async () => {
    expect(await ask(bearer(bound))).toMatchObject(UNBOUND);
    expect(await ask({ ...bearer(bound), dpop: proofOf() })).toMatchObject(UNBOUND);
  });

  it.each([
    ['for another method', { htm: 'POST' }],
    ['for another path', { htu: 'http://localhost/v2/license' }],
    ['for another server', { htu: 'https://evil.example/v2/topology' }],
    ['for another token', { ath: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['of yesterday', { iat: Math.floor(Date.now() / 1000) - 86_400 }],
    ['of tomorrow', { iat: Math.floor(Date.now() / 1000) + 86_400 }],
    ['without an id', { jti: undefined }],
  ])('is refused with a proof %s', async (_what, claims) => {
    expect(await withProof(proofOf(claims))).toMatchObject(REFUSED);
  });

  it('is refused without a proof, with two, and with that of a thief', async () => {
    expect(await ask({ authorization: `DPoP ${bound}` })).toMatchObject(REFUSED);
    expect(await withProof(`${proofOf()}, ${proofOf()}`)).toMatchObject(REFUSED);
    expect(await withProof(proofOf({}, thief))).toMatchObject(REFUSED);
  });

  it('is refused with a proof that was used before, and with one that is used twice at once', async () => {
    const proof = proofOf();
    expect(await withProof(proof)).toMatchObject({ status: 200 });
    expect(await withProof(proof)).toMatchObject(REPLAYED);
    const other = proofOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => withProof(other)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'PROOF_REPLAYED')).toHaveLength(19);
  });

  it('is refused under a name that leads elsewhere: a proof for another server, brought here with its Host', async () => {
    const { port } = new URL(program.rest);
    for (const host of ['localhost:9', '127.0.0.1', `10.1.2.3:${port}`]) {
      const proof = key.proof({ method: 'GET', url: `http://${host}/v2/topology`, token: bound });
      expect(await askUnder(host, proof)).toBe('PROOF_REFUSED');
    }
    const proof = key.proof({ method: 'GET', url: `http://127.0.0.1:${port}/v2/topology`, token: bound });
    expect(await askUnder(`127.0.0.1:${port}`, proof)).toBeUndefined();
  });
});

/** What the API says of a request with this Host, which fetch does not let anybody choose. */
async function askUnder(host: string, proof: string): Promise<string | undefined> {
  const { hostname, port } = new URL(program.rest);
  const headers = { host, authorization: `DPoP ${bound}`, dpop: proof };
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: '/v2/topology', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve((JSON.parse(Buffer.concat(chunks).toString()) as { code?: string }).code));
    })
      .on('error', reject)
      .end();
  });
}

describe('a token that is not bound to a key', () => {
  it('is refused of scheme DPoP, whatever proof stands beside it', async () => {
    const token = issuer.token({ aud: 'stage', client_id: 'reader' });
    expect(await ask(bearer(token))).toMatchObject({ status: 200 });
    expect(await withProof(proofOf({}, key, token), token)).toMatchObject(UNBOUND);
  });
});

describe('a program that was killed', () => {
  it('remembers the proofs that it took: none is good after the next start', async () => {
    const used = Array.from({ length: 30 }, () => proofOf());
    const [unused = ''] = [proofOf()];
    const { port } = new URL(program.rest);
    expect(await Promise.all(used.map((proof) => withProof(proof)))).toMatchObject(used.map(() => ({ status: 200 })));
    await program.kill();
    program = await startProgram({ directory, args: ['--data', './data', ...FREE_PORTS, '--port', port] });
    for (const proof of used) expect(await withProof(proof)).toMatchObject(REPLAYED);
    expect(await withProof(unused)).toMatchObject({ status: 200 });
    await program.stop();
    program = await startProgram({ directory, args: ['--data', './data', ...FREE_PORTS, '--port', port] });
    for (const proof of [...used, unused]) expect(await withProof(proof)).toMatchObject(REPLAYED);
  });

  it('wrote down neither a token nor a proof', () => {
    const files = readdirSync(join(directory, 'data', 'used-proofs')).map((name) =>
      join(directory, 'data', 'used-proofs', name),
    );
    const written = files.map((file) => readFileSync(file, 'utf8')).join('') + program.output();
    expect(written).toMatch(/\n[A-Za-z0-9_-]{43} \d{13}/);
    expect(written).not.toContain('eyJ');
    expect(written).not.toContain(key.thumbprint);
  });
});
