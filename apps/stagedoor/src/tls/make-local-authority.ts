// The library below takes its parts from a container that needs this first.
import 'reflect-metadata';
import { createPrivateKey, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export type Pem = { readonly certificate: string; readonly privateKey: string };

export type LocalAuthorityParts = {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly clients: readonly string[];
  readonly now: number;
};

const DAY = 86_400_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

type Authority = { readonly certificate: X509Certificate; readonly keys: webcrypto.CryptoKeyPair };

/** A CA for a year, and what it signs, by the name of their files: `ca`, `server`, and the clients. Keys are P-256. */
export async function makeLocalAuthority(parts: LocalAuthorityParts): Promise<ReadonlyMap<string, Pem>> {
  const authority = await makeAuthority(parts);
  const made = new Map<string, Pem>([['ca', await pemOf(authority.certificate, authority.keys)]]);
  const hosts = [...new Set([...LOOPBACK, ...parts.hosts])];
  const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  const server = [new SubjectAlternativeNameExtension(names), usage(ExtendedKeyUsage.serverAuth)];
  made.set('server', await issue(authority, hosts[0] ?? 'localhost', server, parts.now));
  for (const client of parts.clients) made.set(client, await issueClient(authority, client, parts.now));
  return made;
}

/** Certificates for more clients of a CA that `makeLocalAuthority` made, as long as it lasts. Rejects where its key is of another kind. */
export async function addClients(
  authority: Pem,
  { clients, now }: Pick<LocalAuthorityParts, 'clients' | 'now'>,
): Promise<ReadonlyMap<string, Pem>> {
  const opened = await openAuthority(authority);
  const made = new Map<string, Pem>();
  for (const client of clients) made.set(client, await issueClient(opened, client, now));
  return made;
}

async function openAuthority({ certificate: pem, privateKey }: Pem): Promise<Authority> {
  const certificate = new X509Certificate(pem);
  const der = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });
  return {
    certificate,
    keys: {
      privateKey: await crypto.subtle.importKey('pkcs8', Uint8Array.from(der), EC, false, ['sign']),
      publicKey: await certificate.publicKey.export(EC, ['verify']),
    },
  };
}

function issueClient(authority: Authority, name: string, now: number): Promise<Pem> {
  return issue(authority, name, [usage(ExtendedKeyUsage.clientAuth)], now);
}

async function makeAuthority({ name, now }: LocalAuthorityParts): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    ...validity(now),
    signingAlgorithm: EC,
    extensions: [
      // It signs certificates, and none that could sign others.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function issue(
  authority: Authority,
  commonName: string,
  extensions: readonly Extension[],
  now: number,
): Promise<Pem> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: authority.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: EC,
    ...validity(now, authority.certificate.notAfter),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
      ...extensions,
    ],
  });
  return pemOf(certificate, keys);
}

/**
 * From an hour ago, since clocks differ; clients such as Apple's refuse more than 398 days, and nobody trusts a certificate for
 * longer than its CA.
 */
function validity(now: number, end = new Date(now + 365 * DAY)): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - DAY / 24), notAfter: new Date(Math.min(now + 365 * DAY, end.getTime())) };
}

function usage(key: string): Extension {
  return new ExtendedKeyUsageExtension([key]);
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(EC, true, ['sign', 'verify']);
}

async function pemOf(certificate: X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): Promise<Pem> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}
