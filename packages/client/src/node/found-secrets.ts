import type { EnvironmentReading, Reading } from '../environment/read-environment.ts';
import type { Secret, SecretSource } from '../secret.ts';
import { fixedSecret } from '../secret.ts';
import type { Complain } from './kept-files.ts';
import { SecretFile } from './secret-file.ts';

type Values = EnvironmentReading['values'];

/** A secret that is named by its text or by its file; undefined where it is not named at all. */
export function secretIn(
  text: Reading | undefined,
  file: Reading | undefined,
  complain: Complain,
): SecretSource | undefined {
  if (file !== undefined) return new SecretFile(file.value.reveal(), complain);
  return text === undefined ? undefined : fixedSecret(text.value.reveal());
}

/** What is missing or too much for a method, a sentence each. */
export function problemsOfSecrets(method: string, values: Values): readonly string[] {
  switch (method) {
    case 'oauth':
      return problemsOfClient(values);
    case 'basic':
      return [
        ...needed(values.username, 'CAMUNDA_BASIC_AUTH_USERNAME', 'basic'),
        ...one(
          [values.password, values.passwordFile],
          'CAMUNDA_BASIC_AUTH_PASSWORD or CAMUNDA_BASIC_AUTH_PASSWORD_FILE',
          'basic',
        ),
      ];
    case 'session':
      return [
        ...needed(values.cookieUsername, 'CAMUNDA_COOKIE_AUTH_USERNAME', 'session'),
        ...needed(values.cookiePassword, 'CAMUNDA_COOKIE_AUTH_PASSWORD', 'session'),
      ];
    case 'token':
      return needed(values.token, 'CAMUNDA_OAUTH_TOKEN', 'token');
    default:
      return [];
  }
}

function problemsOfClient(values: Values): readonly string[] {
  const certificate = values.keystoreFile ?? values.certificateFile ?? values.certificate;
  const shown = [values.clientSecret, values.clientSecretFile, values.assertionKeystoreFile];
  const names =
    'CAMUNDA_CLIENT_SECRET, CAMUNDA_CLIENT_SECRET_FILE, CAMUNDA_CLIENT_ASSERTION_KEYSTORE_PATH or a certificate';
  const found = shown.filter((reading) => reading !== undefined);
  return [
    ...needed(values.clientId, 'CAMUNDA_CLIENT_ID', 'oauth'),
    ...(found.length === 0 && certificate === undefined ? [`oauth needs ${names}`] : []),
    ...(found.length > 1 ? [tooMany(found)] : []),
    ...addressProblems([values.tokenUrl, values.issuer, values.wellKnown], 'https://issuer.example.com/oauth/token'),
  ];
}

function addressProblems(readings: readonly (Reading | undefined)[], example: string): readonly string[] {
  const found = readings.filter((reading) => reading !== undefined);
  return found
    .filter(({ value }) => !isAddress(value.reveal()))
    .map(({ name }) => `${name} is not an absolute URL without a name or password in it, such as ${example}`);
}

/** Such as `localhost:8080` is a URL, too: one of the scheme `localhost`. A name or password in it would be shown. */
function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/** Of addresses of the APIs, whatever the method. */
export function problemsOfAddresses({ restAddress, operateAddress, administrationAddress, cookieUrl }: Values) {
  const readings = [restAddress, operateAddress, administrationAddress, cookieUrl];
  return addressProblems(readings, 'https://zeebe.example.com');
}

function needed(reading: Reading | undefined, name: string, method: string): readonly string[] {
  return reading === undefined ? [`${method} needs ${name}`] : [];
}

function one(readings: readonly (Reading | undefined)[], names: string, method: string): readonly string[] {
  const found = readings.filter((reading) => reading !== undefined);
  if (found.length > 1) return [tooMany(found)];
  return found.length === 0 ? [`${method} needs ${names}`] : [];
}

function tooMany(readings: readonly Reading[]): string {
  return `${readings.map(({ name }) => name).join(' and ')} show the client in different ways: leave one`;
}

/** The same as a text, for what is no secret. */
export function textOf(reading: { readonly value: Secret } | undefined): string | undefined {
  return reading?.value.reveal();
}

export function clearTextHostsIn({ clearTextHosts }: Values): readonly string[] {
  return (textOf(clearTextHosts) ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
}
