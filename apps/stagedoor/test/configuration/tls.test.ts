import { describe, expect, it } from 'vitest';
import { accepted, refused } from './resolve-with.ts';

const PEM = 'server.ssl.certificate: server.pem\nserver.ssl.certificate-private-key: server-key.pem\n';
const MATERIAL = { kind: 'pem', certificate: 'server.pem', privateKey: 'server-key.pem' };

function tlsOf(yaml: string) {
  const { server, issuer, management } = accepted({ yaml }).configuration;
  return { rest: server.tls, issuer: issuer?.listen.tls, management: management.tls };
}

describe('TLS by configuration', () => {
  it('is off where nothing speaks of it', () => {
    expect(tlsOf('')).toEqual({ rest: null, issuer: null, management: null });
  });

  it('is on for every listener where the REST APIs have a certificate', () => {
    const tls = { material: MATERIAL, clientAuth: 'none', trustCertificate: null };
    expect(tlsOf(PEM)).toEqual({ rest: tls, issuer: tls, management: tls });
    expect(accepted({ yaml: PEM }).configuration.issuer?.origin).toBe('https://localhost:18080');
  });

  it('is off where a listener says so, whatever else stands there', () => {
    const off = tlsOf(`${PEM}management.server.ssl.enabled: false\nstagedoor.issuer.ssl.enabled: false\n`);
    expect([off.rest === null, off.issuer, off.management]).toEqual([false, null, null]);
    expect(accepted({ yaml: `${PEM}stagedoor.issuer.ssl.enabled: false` }).configuration.issuer?.origin).toBe(
      'http://localhost:18080',
    );
    expect(tlsOf(`${PEM}server.ssl.enabled: false\nserver.ssl.client-auth: need\n`)).toEqual({
      rest: null,
      issuer: null,
      management: null,
    });
  });

  it('takes the certificate and the client certificates of one listener apart', () => {
    const { rest, issuer, management } = tlsOf(
      `${PEM}server.ssl.client-auth: need\nserver.ssl.trust-certificate: ca.pem\n` +
        'stagedoor.issuer.ssl.client-auth: want\nmanagement.server.ssl.client-auth: none\n' +
        'management.server.ssl.key-store: m.p12\nmanagement.server.ssl.key-store-password: s3cret-of-it\n',
    );
    expect(rest).toEqual({ material: MATERIAL, clientAuth: 'need', trustCertificate: 'ca.pem' });
    expect(issuer).toEqual({ material: MATERIAL, clientAuth: 'want', trustCertificate: 'ca.pem' });
    expect(management).toMatchObject({ material: { kind: 'pkcs12', keyStore: 'm.p12' }, clientAuth: 'none' });
    expect(JSON.stringify(management)).not.toContain('s3cret-of-it');
  });

  it.each([
    ['server.ssl.enabled: true', 'server.ssl.enabled (application.yaml:1) needs a certificate'],
    ['server.ssl.certificate: a.pem', 'server.ssl.certificate (application.yaml:1) needs its private key'],
    [
      'server.ssl.certificate-private-key: a.pem',
      'server.ssl.certificate-private-key (application.yaml:1) needs its certificate',
    ],
    ['server.ssl.key-store-password: x', 'server.ssl.key-store-password (application.yaml:1) is the password of no'],
    [`server.ssl.key-store: a.p12\n${PEM}`, 'server.ssl.key-store (application.yaml:1) stands beside a certificate'],
    ['server.ssl.client-auth: want', 'server.ssl.client-auth (application.yaml:1) needs TLS'],
    [`server.ssl.client-auth: need\n${PEM}`, 'server.ssl.client-auth (application.yaml:1) is need'],
    [`server.ssl.client-auth: yes\n${PEM}`, 'server.ssl.client-auth (application.yaml:1) must be none, want or need'],
    [`server.ssl.trust-certificate: ca.pem\n${PEM}`, 'server.ssl.trust-certificate (application.yaml:1) is not looked'],
    ['server.ssl.trust-certificate: ca.pem', 'server.ssl.trust-certificate (application.yaml:1) is not looked at'],
    [
      'stagedoor.issuer.ssl.certificate: a.pem',
      'stagedoor.issuer.ssl.certificate (application.yaml:1) needs its private key',
    ],
    ['management.server.ssl.enabled: true', 'management.server.ssl.enabled (application.yaml:1) needs a certificate'],
    [
      `stagedoor.issuer.ssl.client-auth: need\n${PEM}`,
      'stagedoor.issuer.ssl.client-auth (application.yaml:1) is need: name the CAs',
    ],
  ])('refuses the start at %j', (yaml, sentence) => {
    expect(refused({ yaml })).toContainEqual(expect.stringContaining(sentence));
  });
});
