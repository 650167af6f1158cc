import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { TLSSocket } from 'node:tls';
import { issuerAddressIn, UnusableCredentialsError } from '@stagedoor/client';
import { type ConnectionMaterial, SecretFile } from '@stagedoor/client/node';
import { type Note, type Said, Wrong } from './finding.ts';
import { networkTrouble } from './network-trouble.ts';
import type { Patient } from './patient.ts';

const TIMEOUT = 10_000;
const SOON = 14 * 86_400_000;

/** Files that the variables name: read, whole, and not out of date. */
export async function lookAtFiles({
  values,
  credentials,
}: Patient): Promise<Said & { readonly material: ConnectionMaterial }> {
  const secrets = [values.clientSecretFile, values.passwordFile].filter((reading) => reading !== undefined);
  try {
    for (const { value } of secrets) await new SecretFile(value.reveal(), () => undefined).read();
    const material = await credentials.transport.material();
    const { certificate, ca } = material;
    const leaf = certificate === undefined ? undefined : leafOf(certificate.options.cert);
    const says = [
      ...secrets.map(({ name }) => `${name} holds a secret`),
      ...(leaf === undefined ? [] : [`the client certificate is ${oneLine(leaf.subject)}, until ${dayOf(leaf)}`]),
      ...(ca === undefined ? [] : ['CAs of the environment are trusted, and no others']),
    ];
    const notes = leaf === undefined ? [] : agedNotes(leaf);
    return says.length === 0 ? { says: ['none is named'], skipped: true, material } : { says, notes, material };
  } catch (error) {
    if (error instanceof UnusableCredentialsError)
      throw new Wrong(error.message, 'Mend the file, or the variable that names it; "stagedoor env" shows which does.');
    throw error;
  }
}

function leafOf(cert: unknown): X509Certificate | undefined {
  return typeof cert === 'string' || cert instanceof Uint8Array ? new X509Certificate(cert) : undefined;
}

function agedNotes(leaf: X509Certificate): readonly Note[] {
  const left = leaf.validToDate.getTime() - Date.now();
  const fix = 'Have a new client certificate issued; it is used as soon as it lies in the place of the old one.';
  if (left <= 0) throw new Wrong(`the client certificate ${oneLine(leaf.subject)} expired on ${dayOf(leaf)}`, fix);
  return left > SOON ? [] : [{ says: `the client certificate expires on ${dayOf(leaf)}`, fix }];
}

function dayOf({ validToDate }: X509Certificate): string {
  return validToDate.toISOString().slice(0, 10);
}

/** Node writes a distinguished name on several lines. */
function oneLine(name: string | undefined): string {
  return (name ?? '(no name)').split('\n').join(', ');
}

/** Every origin that is called: those of the APIs, and where tokens or sessions come from. */
export function originsOf({ values, credentials, apis }: Patient): readonly URL[] {
  const login = values.cookieUrl?.value.reveal();
  const urls = [
    ...(credentials.method === 'oauth' ? [issuerUrl(values)] : []),
    ...(credentials.method === 'session' && login !== undefined ? [new URL(login)] : []),
    ...apis.map((api) => new URL(credentials.addressOf(api))),
  ];
  return [...new Map(urls.map((url) => [url.origin, new URL(url.origin)])).values()];
}

function issuerUrl(values: Patient['values']): URL {
  const address = issuerAddressIn(values);
  return address.kind === 'endpoint' ? address.endpoint : address.document;
}

/** Names are resolved and ports are open. */
export async function lookAtAddresses(origins: readonly URL[]): Promise<Said> {
  const says: string[] = [];
  const notes: Note[] = [];
  for (const { origin, protocol, hostname, port } of origins) {
    const host = hostname.replace(/^\[|\]$/g, '');
    const found = await lookup(host, { all: true }).catch((error: unknown) => {
      throw networkTrouble(origin, error);
    });
    await knock(host, Number(port) || (protocol === 'https:' ? 443 : 80)).catch((error: unknown) => {
      throw networkTrouble(origin, error);
    });
    says.push(`${origin} is open, at ${found.map(({ address }) => address).join(' and ')}`);
    if (protocol === 'http:' && !found.every(({ address }) => /^(?:127\.|::1$)/.test(address)))
      notes.push({
        says: `${origin} is called in the clear: whoever is on the way reads the credentials`,
        fix: 'Use https where the network is not all yours.',
      });
  }
  return { says, notes };
}

function knock(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, autoSelectFamily: true, timeout: TIMEOUT });
    const end = (): void => void socket.destroy();
    socket.once('connect', () => resolve(end()));
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}

/** TLS as calls will have it: by the same CAs, with the same certificate, up to an answer. */
export async function lookAtCertificates(origins: readonly URL[], material: ConnectionMaterial): Promise<Said> {
  const secured = origins.filter(({ protocol }) => protocol === 'https:');
  if (secured.length === 0) return { says: ['no address is https'], skipped: true };
  const says: string[] = [];
  for (const url of secured) {
    const certificate = await shakeHands(url, material).catch((error: unknown) => {
      throw networkTrouble(url.origin, error);
    });
    says.push(
      `${url.origin} is ${oneLine(certificate?.subject)}, until ${certificate === undefined ? '?' : dayOf(certificate)}`,
    );
  }
  return { says };
}

/** A server may refuse the certificate of a client as late as at the first request (TLS 1.3), so one is sent. */
function shakeHands(url: URL, { certificate, ca }: ConnectionMaterial): Promise<X509Certificate | undefined> {
  const trusted = ca === undefined ? {} : { ca };
  const options = { ...certificate?.options, ...trusted, minVersion: 'TLSv1.2', agent: false, method: 'HEAD' } as const;
  return new Promise((resolve, reject) => {
    const asking = request(url, { ...options, signal: AbortSignal.timeout(TIMEOUT) }, (response) => {
      const { socket } = response;
      resolve(socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined);
      response.destroy();
    });
    asking.once('error', reject).end();
  });
}
