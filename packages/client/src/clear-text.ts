import { UnusableCredentialsError } from './errors.ts';

/**
 * RFC 6749 section 3.2: a secret is sent over TLS, unless its packets never leave the machine, or leave it for a host that was
 * named as one where that is wanted: in a network of containers there is seldom a certificate.
 *
 * @throws UnusableCredentialsError for any other address, and for one that has a secret in itself
 */
export function refuseClearText(address: URL, what: string, clearTextHosts: readonly string[] = []): void {
  // Addresses are shown wherever something goes wrong; these must not be.
  if (address.username !== '' || address.password !== '')
    throw new UnusableCredentialsError(
      `${what} at ${address.host} has a name or password in its address: leave it out`,
    );
  if (address.protocol === 'https:') return;
  const onLoopback = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(address.hostname);
  if (address.protocol === 'http:' && (onLoopback || clearTextHosts.includes(address.hostname))) return;
  throw new UnusableCredentialsError(
    `${what} ${address.href} is not https: a secret would be sent in the clear (hosts where that is wanted are named in STAGEDOOR_CLEAR_TEXT_HOSTS)`,
  );
}
