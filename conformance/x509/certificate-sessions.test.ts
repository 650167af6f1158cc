import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../program/make-certificates.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** Clients known by the subject of their certificate, over sessions that are resumed, after a CA is gone, and behind a proxy. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-certificate-sessions-'));
const [OURS, OTHERS] = [join(directory, 'tls'), join(directory, 'other')];
const file = (dir: string, name: string) => readFileSync(join(dir, name));

beforeAll(async () => {
  for (const dir of [OURS, OTHERS]) await makeCertificates(dir, 'reader', 'thief');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function register(program: Program): Promise<void> {
  const create = ['client', 'create', '--name', 'reader', '--scope', 'operate'];
  await command(program, [...create, '--id', 'named', '--certificate-subject', 'CN=reader']);
  await command(program, [...create, '--id', 'pinned', '--certificate', join(OURS, 'reader.pem')]);
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const body = (id: string) => new URLSearchParams({ grant_type: 'client_credentials', client_id: id }).toString();

type Asked = {
  readonly id: 'named' | 'pinned';
  readonly as?: readonly [dir: string, name: string];
  readonly session?: Buffer;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
  readonly trusting?: string;
};
type Answer = { readonly status: number; readonly session: Buffer; readonly resumed: boolean };

/** One request for a token over a connection of its own, with the session that it could be resumed by. */
function ask(program: Program, { id, as, session, version = 'TLSv1.3', trusting = OURS }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let next: Buffer = Buffer.alloc(0);
    const asked = request(`${program.issuer}/oauth/token`, {
      method: 'POST',
      agent: false,
      ca: file(trusting, 'ca.pem'),
      minVersion: version,
      maxVersion: version,
      headers: FORM,
      ...(as === undefined ? {} : { cert: file(as[0], `${as[1]}.pem`), key: file(as[0], `${as[1]}-key.pem`) }),
      ...(session === undefined ? {} : { session }),
    });
    asked.on('socket', (socket) =>
      socket.on('session', (offered: Buffer) => {
        next = offered;
      }),
    );
    asked.on('response', (response) => {
      const resumed = (response.socket as TLSSocket).isSessionReused();
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, session: next, resumed }));
    });
    asked.on('error', reject).end(body(id));
  });
}

const READER = [OURS, 'reader'] as const;

describe('a client that is known by its subject', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is so in a resumed session of %s, and nobody else is', async (version) => {
    const program = await start();
    const own = await ask(program, { id: 'named', as: READER, version });
    expect(own).toMatchObject({ status: 200, resumed: false });
    expect(await ask(program, { id: 'named', as: READER, version, session: own.session })).toMatchObject({
      status: 200,
      resumed: true,
    });
    for (const as of [[OTHERS, 'reader'], [OURS, 'thief'], undefined] as const) {
      const who = as === undefined ? {} : { as };
      const first = await ask(program, { id: 'named', ...who, version });
      expect(first).toMatchObject({ status: 401, resumed: false });
      const again = await ask(program, { id: 'named', ...who, version, session: first.session });
      expect(again).toMatchObject({ status: 401, resumed: true });
    }
    await program.stop();
  });

  it('is nobody any more when its CA is gone, also with a session from before', async () => {
    const program = await start();
    const before = await ask(program, { id: 'named', as: READER });
    expect(before.status).toBe(200);
    copyFileSync(join(OTHERS, 'ca.pem'), join(directory, 'trusted.pem.new'));
    renameSync(join(directory, 'trusted.pem.new'), join(directory, 'trusted.pem'));
    const again = () => ask(program, { id: 'named', as: READER, session: before.session });
    while ((await again()).status === 200) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await again()).toMatchObject({ status: 401, resumed: false });
    expect(await ask(program, { id: 'named', as: [OTHERS, 'reader'] })).toMatchObject({ status: 200 });
    expect(await ask(program, { id: 'pinned', as: READER })).toMatchObject({ status: 200 });
    await program.stop();
  });

  async function start(): Promise<Program> {
    copyFileSync(join(OURS, 'ca.pem'), join(directory, 'trusted.pem'));
    const program = await startProgram({
      args: ['--method', 'oidc', '--memory', ...FREE_PORTS],
      yaml: `
server.ssl: { certificate: ${OURS}/server.pem, certificate-private-key: ${OURS}/server-key.pem }
stagedoor.issuer.ssl: { client-auth: want, trust-certificate: ${directory}/trusted.pem }
`,
    });
    await register(program);
    return program;
  }
});

describe('a client behind a proxy that is believed', () => {
  it.each([
    ['127.0.0.1, ::1', { pinned: 200, named: 401 }],
    ['10.0.0.1', { pinned: 401, named: 401 }],
  ])('is known by the certificate that is handed on, and never by a subject: peers are %s', async (peers, expected) => {
    const program = await startProgram({
      args: ['--method', 'oidc', '--memory', ...FREE_PORTS],
      yaml: `stagedoor.forwarded: { peers: [${peers}], headers: x-forwarded, certificate-header: Client-Cert }\n`,
    });
    await register(program);
    const handedOn = `:${file(OURS, 'reader.pem')
      .toString()
      .replace(/-----[A-Z ]+-----|\n/g, '')}:`;
    const answered = { pinned: await status('pinned'), named: await status('named') };
    expect(answered).toEqual(expected);
    const { token_endpoint_auth_methods_supported: methods } = (await (
      await fetch(`${program.issuer}/.well-known/openid-configuration`)
    ).json()) as { token_endpoint_auth_methods_supported: string[] };
    expect(methods.filter((name) => name.includes('tls'))).toEqual(['self_signed_tls_client_auth']);
    await program.stop();

    function status(id: string): Promise<number> {
      return new Promise((resolve, reject) => {
        const headers = { ...FORM, 'client-cert': handedOn };
        plainRequest(`${program.issuer}/oauth/token`, { method: 'POST', headers, agent: false }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        })
          .on('error', reject)
          .end(body(id));
      });
    }
  });
});
