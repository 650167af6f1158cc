import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { endWithTheFile } from '../program/end-with-the-file.ts';

const PAGE = new URL('../../docs/behind-a-proxy.md', import.meta.url);
// Where Debian has servers, which is not on the path of everybody.
const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/** Where a proxy calls from, whose word counts. */
export const PROXY_ADDRESS = '127.0.0.2';

export type RealProxy = { readonly name: 'nginx' | 'haproxy'; readonly version: string };
export const REAL_PROXIES: readonly RealProxy[] = [
  { name: 'nginx', version: '-v' },
  { name: 'haproxy', version: '-v' },
];

export function isPresent({ name, version }: RealProxy): boolean {
  try {
    execFileSync(name, [version], { stdio: 'ignore', env: environment });
    return true;
  } catch {
    return false;
  }
}

/** What a proxy stands between; `directory` has what `stagedoor ca` made. */
export type Between = { readonly directory: string; readonly port: number; readonly backend: URL };

/** Starts it with the lines that docs/behind-a-proxy.md shows, over TLS with client certificates that the CA signed, or none. */
export async function startProxy({ name }: RealProxy, between: Between): Promise<ChildProcess> {
  const file = join(between.directory, `${name}.conf`);
  writeFileSync(file, name === 'nginx' ? nginx(between) : haproxy(between));
  const args = name === 'nginx' ? ['-e', 'stderr', '-p', between.directory, '-c', file] : ['-db', '-f', file];
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment });
  endWithTheFile(child, () => undefined);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!(await listens(between.port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return child;
}

function documented(language: string): string {
  const [, lines] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(readFileSync(PAGE, 'utf8')) ?? [];
  if (lines === undefined) throw new Error(`docs/behind-a-proxy.md has nothing for ${language}`);
  return lines;
}

function nginx({ directory, port, backend }: Between): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${directory};`,
  );
  return `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${directory}/server.pem;
    ssl_certificate_key ${directory}/server-key.pem;
    ssl_client_certificate ${directory}/ca.pem;
    ssl_verify_client optional;
    location / {
      proxy_pass ${backend.origin};
      proxy_bind ${PROXY_ADDRESS};
${documented('nginx')}
    }
  }
}
`;
}

function haproxy({ directory, port, backend }: Between): string {
  const both = join(directory, 'server-and-key.pem');
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  writeFileSync(both, `${read('server.pem')}\n${read('server-key.pem')}`, { mode: 0o600 });
  return `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend door
  bind 127.0.0.1:${port} ssl crt ${both} ca-file ${directory}/ca.pem verify optional
${documented('haproxy')}
  default_backend stage
backend stage
  source ${PROXY_ADDRESS}
  server stage 127.0.0.1:${backend.port}
`;
}

/** One that nobody has at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
