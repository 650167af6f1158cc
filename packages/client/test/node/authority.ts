import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function isPresent(tool: string, argument: string): boolean {
  try {
    execFileSync(tool, [argument], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export type Certified = { readonly certificate: string; readonly key: string };

/** A CA in a directory of its own, made by OpenSSL. */
export class Authority {
  readonly directory = mkdtempSync(join(tmpdir(), 'stagedoor-client-'));
  readonly authorities = join(this.directory, 'ca.pem');

  readonly trusted = { kind: 'pem', path: this.authorities } as const;

  constructor(name: string) {
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      this.path('ca-key.pem'),
      '-out',
      this.authorities,
      '-subj',
      `/CN=${name}`,
    );
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A certificate and its key in files of that name, over older ones. */
  issue(name: string, use: 'serverAuth' | 'clientAuth' = 'clientAuth'): Certified {
    const [certificate, key, request, more] = [`${name}.pem`, `${name}-key.pem`, `${name}.csr`, `${name}.ext`].map(
      (file) => this.path(file),
    ) as [string, string, string, string];
    writeFileSync(more, `extendedKeyUsage=${use}\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n`);
    this.#openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    const by = ['-CA', this.authorities, '-CAkey', this.path('ca-key.pem'), '-CAcreateserial'];
    this.#openssl('x509', '-req', '-in', request, ...by, '-extfile', more, '-out', certificate);
    return { certificate, key };
  }

  /** The same in PKCS#12. */
  keystore({ certificate, key }: Certified, password: string, name = 'entry'): string {
    const out = `${certificate}.p12`;
    const chain = ['-certfile', this.authorities, '-name', name, '-passout', `pass:${password}`];
    this.#openssl('pkcs12', '-export', '-in', certificate, '-inkey', key, ...chain, '-out', out);
    return out;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'ignore' });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
