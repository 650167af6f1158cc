import type { Secret } from '../secret.ts';
import { firstCertificate } from './client-certificate.ts';
import { readTruststore } from './keystore.ts';

/** Where the CAs are that are trusted instead of those of Node. */
export type AuthorityFiles =
  | { readonly kind: 'pem'; readonly path: string }
  | { readonly kind: 'pkcs12'; readonly path: string; readonly password: Secret | undefined }
  | { readonly kind: 'text'; readonly text: string };

export function authorityPaths(files: AuthorityFiles): readonly string[] {
  return files.kind === 'text' ? [] : [files.path];
}

/** In PEM. @throws UnusableCredentialsError that names the file: one without a CA would trust nobody, or everybody */
export async function readAuthorities(files: AuthorityFiles, content: Buffer): Promise<string> {
  switch (files.kind) {
    case 'pkcs12':
      return readTruststore(files.path, content, files.password);
    case 'pem':
      return checked(files.path, content.toString());
    case 'text':
      return checked('the CA that was given', files.text);
  }
}

function checked(name: string, text: string): string {
  firstCertificate(name, text);
  return text;
}
