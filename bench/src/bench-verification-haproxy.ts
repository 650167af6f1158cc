import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDIENCE, type Issuer } from './bench-verification-issuer.ts';
import { onItsProcessor } from './processors.ts';
import { freePort, onceAnswering, type Running, type SameAnswer } from './programs.ts';

/** `HAProxy 2.6.12`; null where it is not installed. */
export function haproxyName(): string | null {
  try {
    return `HAProxy ${/\d+\.\d+\.\d+/.exec(execFileSync('haproxy', ['-v'], { encoding: 'utf8' }))?.[0] ?? ''}`;
  } catch {
    return null;
  }
}

/** HAProxy with the same answer behind `jwt_verify`, told to look at issuer, audience and expiry too; null where it is not installed. */
export async function startHaproxy(issuer: Issuer, answer: SameAnswer): Promise<Running | null> {
  if (haproxyName() === null) return null;
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'haproxy-'));
  const [key, body, file] = ['key.pem', 'body', 'haproxy.cfg'].map((name) => join(directory, name));
  if (key === undefined || body === undefined || file === undefined) throw new TypeError('three names are three files');
  writeFileSync(key, issuer.publicPem);
  writeFileSync(body, answer.body);
  writeFileSync(file, configuration({ port, key, body, issuer, answer }));
  const [command, all] = onItsProcessor('haproxy', ['-db', '-q', '-f', file]);
  const child = spawn(command, all, { stdio: 'ignore' });
  return onceAnswering(child, { port, directory });
}

type Parts = {
  readonly port: number;
  readonly key: string;
  readonly body: string;
  readonly issuer: Issuer;
  readonly answer: SameAnswer;
};

function configuration({ port, key, body, issuer, answer }: Parts): string {
  const { 'content-type': type = 'application/json', ...more } = answer.headers;
  const headers = Object.entries(more).map(([name, value]) => ` hdr ${name} ${JSON.stringify(value)}`);
  return `global
  nbthread 1
  maxconn 1000
defaults
  mode http
  timeout client 60s
  timeout connect 5s
  timeout server 60s
frontend api
  bind 127.0.0.1:${port}
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
  http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
  http-request set-var(txn.aud) var(txn.bearer),jwt_payload_query('$.aud')
  http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless { var(txn.alg) -m str ${issuer.algorithm} }
  http-request deny deny_status 401 unless { var(txn.iss) -m str ${issuer.origin} }
  http-request deny deny_status 401 unless { var(txn.aud) -m str ${AUDIENCE} }
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.alg,"${key}") -m int 1 }
  http-request return status 200 content-type "${type}" file ${body}${headers.join('')}
`;
}
