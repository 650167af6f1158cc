import type { Bound } from './bind.ts';
import type { TlsSettings } from './configuration.ts';
import { isSaid } from './property.ts';
import type { Reports } from './reports.ts';
import type { Settings } from './table/index.ts';
import { TLS_PREFIXES, type TlsPrefix } from './table/tls.ts';

const REST = 'server.ssl.';

/** Whether the listener speaks TLS. One that says nothing of its own does as the REST APIs do. */
export function speaksTls(settings: Settings, prefix: TlsPrefix): boolean {
  const own = settings[`${prefix}enabled`];
  if (own !== undefined) return own;
  if (namesCertificate(settings, prefix)) return true;
  return prefix !== REST && speaksTls(settings, REST);
}

/** What one listener's TLS is made of; null for plain HTTP. Complete once `checkTls` has found nothing wrong. */
export function tlsOf(settings: Settings, prefix: TlsPrefix): TlsSettings | null {
  if (!speaksTls(settings, prefix)) return null;
  const from = materialAt(settings, prefix);
  const keyStore = settings[`${from}key-store`];
  return {
    material:
      keyStore === undefined
        ? {
            kind: 'pem',
            certificate: settings[`${from}certificate`] ?? '',
            privateKey: settings[`${from}certificate-private-key`] ?? '',
          }
        : { kind: 'pkcs12', keyStore, password: settings[`${from}key-store-password`] ?? null },
    clientAuth: clientAuth(settings, prefix),
    trustCertificate: trustCertificate(settings, prefix),
  };
}

type Rule = {
  readonly key:
    | 'enabled'
    | 'certificate'
    | 'certificate-private-key'
    | 'key-store'
    | 'key-store-password'
    | 'client-auth'
    | 'trust-certificate';
  readonly broken: (listener: Listener) => boolean;
  readonly sentence: (prefix: TlsPrefix) => string;
};

/** One listener as the rules see it: `said` is what stands below its own prefix. */
type Listener = {
  readonly said: (key: Rule['key']) => boolean;
  readonly tls: boolean;
  readonly hasCertificate: boolean;
  readonly clientAuth: TlsSettings['clientAuth'];
  readonly hasAuthorities: boolean;
};

const RULES: readonly Rule[] = [
  {
    key: 'key-store',
    broken: ({ said }) => said('key-store') && (said('certificate') || said('certificate-private-key')),
    sentence: (prefix) => `stands beside a certificate in PEM: keep ${prefix}key-store or ${prefix}certificate`,
  },
  {
    key: 'certificate',
    broken: ({ said }) => said('certificate') && !said('certificate-private-key'),
    sentence: (prefix) => `needs its private key: name the PEM file in ${prefix}certificate-private-key`,
  },
  {
    key: 'certificate-private-key',
    broken: ({ said }) => said('certificate-private-key') && !said('certificate') && !said('key-store'),
    sentence: (prefix) => `needs its certificate: name the PEM file in ${prefix}certificate`,
  },
  {
    key: 'key-store-password',
    broken: ({ said }) => said('key-store-password') && !said('key-store'),
    sentence: (prefix) => `is the password of no key store: name the file in ${prefix}key-store`,
  },
  {
    key: 'enabled',
    broken: ({ tls, hasCertificate }) => tls && !hasCertificate,
    sentence: (prefix) =>
      `needs a certificate: name the PEM files in ${prefix}certificate and ${prefix}certificate-private-key`,
  },
  {
    key: 'client-auth',
    broken: ({ said, tls, clientAuth }) => said('client-auth') && !tls && clientAuth !== 'none',
    sentence: (prefix) => `needs TLS: name a certificate in ${prefix}certificate`,
  },
  {
    key: 'client-auth',
    broken: ({ tls, clientAuth, hasAuthorities }) => tls && clientAuth === 'need' && !hasAuthorities,
    sentence: (prefix) => `is need: name the CAs whose client certificates are taken in ${prefix}trust-certificate`,
  },
  {
    key: 'trust-certificate',
    broken: ({ said, tls, clientAuth }) => said('trust-certificate') && (!tls || clientAuth === 'none'),
    sentence: (prefix) => `is not looked at: say want or need in ${prefix}client-auth, or remove it`,
  },
];

/** Keys of TLS that say opposite things, or half of something. Not checked here: the files that they name. */
export function checkTls({ settings, originOf }: Bound, { problems }: Reports): void {
  for (const prefix of TLS_PREFIXES) {
    // What is switched off in so many words may stand there all the same, as in Spring.
    if (settings[`${prefix}enabled`] === false) continue;
    const listener: Listener = {
      said: (key) => isSaid(originOf(prefix + key)),
      tls: speaksTls(settings, prefix),
      hasCertificate: namesCertificate(settings, materialAt(settings, prefix)),
      clientAuth: clientAuth(settings, prefix),
      hasAuthorities: trustCertificate(settings, prefix) !== null,
    };
    for (const { key, broken, sentence } of RULES)
      if (broken(listener)) problems.addUnless([], prefix + key, originOf(prefix + key), sentence(prefix));
  }
}

function namesCertificate(settings: Settings, prefix: TlsPrefix): boolean {
  return settings[`${prefix}certificate`] !== undefined || settings[`${prefix}key-store`] !== undefined;
}

function materialAt(settings: Settings, prefix: TlsPrefix): TlsPrefix {
  return namesCertificate(settings, prefix) ? prefix : REST;
}

function clientAuth(settings: Settings, prefix: TlsPrefix): TlsSettings['clientAuth'] {
  return settings[`${prefix}client-auth`] ?? settings[`${REST}client-auth`] ?? 'none';
}

function trustCertificate(settings: Settings, prefix: TlsPrefix): string | null {
  if (clientAuth(settings, prefix) === 'none') return null;
  return settings[`${prefix}trust-certificate`] ?? settings[`${REST}trust-certificate`] ?? null;
}
