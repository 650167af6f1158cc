import { resolve } from 'node:path';
import type { Environment, EnvironmentReading } from '../environment/read-environment.ts';
import { MEANINGS, type Meaning } from '../environment/variables.ts';
import type { Secret } from '../secret.ts';
import type { AuthorityFiles } from './authorities.ts';
import type { CertificateFiles } from './client-certificate.ts';

type Values = EnvironmentReading['values'];

/** The certificate that the environment names: a keystore of Java, files in PEM, or PEM itself. */
export function certificateIn(values: Values): CertificateFiles | undefined {
  if (values.keystoreFile !== undefined) {
    const secrets = { password: values.keystoreSecret?.value, keyPassword: values.keystoreKeySecret?.value };
    return { kind: 'pkcs12', keystore: values.keystoreFile.value.reveal(), secrets };
  }
  const passphrase = values.keyPassphrase?.value;
  if (values.certificateFile !== undefined && values.keyFile !== undefined)
    return { kind: 'pem', certificate: textOf(values.certificateFile), key: textOf(values.keyFile), passphrase };
  if (values.certificate !== undefined && values.key !== undefined)
    return { kind: 'text', certificate: textOf(values.certificate), key: values.key.value, passphrase };
  return undefined;
}

export function authoritiesIn(values: Values): AuthorityFiles | undefined {
  if (values.authorityFile !== undefined) return { kind: 'pem', path: textOf(values.authorityFile) };
  if (values.truststoreFile !== undefined)
    return { kind: 'pkcs12', path: textOf(values.truststoreFile), password: values.truststoreSecret?.value };
  return values.authority === undefined ? undefined : { kind: 'text', text: textOf(values.authority) };
}

/** What is said about files and does not go together: half a certificate is never taken for none. */
export function contradictionsOfFiles(values: Values): readonly string[] {
  const given = {
    keystore: [values.keystoreFile],
    files: [values.certificateFile, values.keyFile],
    text: [values.certificate, values.key],
  };
  const problems = Object.values(given).flatMap((parts) => {
    const there = parts.filter((part) => part !== undefined);
    return there.length === 0 || there.length === parts.length
      ? []
      : [`${there[0]?.name} stands alone: name certificate and key`];
  });
  const kinds = Object.values(given).flatMap(([first]) => (first === undefined ? [] : [first.name]));
  if (kinds.length > 1) problems.push(`${kinds.join(' and ')} name a certificate each: leave one`);
  const authorities = [values.authorityFile, values.truststoreFile, values.authority].filter(
    (one) => one !== undefined,
  );
  if (authorities.length > 1)
    problems.push(`${authorities.map(({ name }) => name).join(' and ')} name CAs each: leave one`);
  return problems;
}

function textOf({ value }: { readonly value: Secret }): string {
  return value.reveal();
}

/** Meanings whose values are paths. */
const PATHS: ReadonlySet<Meaning> = new Set<Meaning>([
  'clientSecretFile',
  'passwordFile',
  'certificateFile',
  'keyFile',
  'keystoreFile',
  'authorityFile',
  'truststoreFile',
  'assertionKeystoreFile',
  'cacheDirectory',
]);

/** All that was understood, under one name each and with paths that mean the same wherever they are read. */
export function whatIsSaid(values: Values): Environment {
  const said = MEANINGS.flatMap((meaning): [string, string][] => {
    const reading = values[meaning];
    if (reading === undefined) return [];
    const text = textOf(reading);
    return [[reading.name, PATHS.has(meaning) ? resolve(text) : text]];
  });
  return Object.fromEntries(said);
}
