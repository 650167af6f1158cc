import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AUTHORIZE, LOGOUT } from './browser.ts';
import { FORM, INTROSPECTION, KEYCLOAK, type OpenedIssuer, openIssuer, REVOCATION, SAAS } from './opened-issuer.ts';

let opened: OpenedIssuer;
beforeEach(async () => {
  opened = await openIssuer();
});
afterEach(() => opened.close());

/** How a body of no announced length is answered that goes on until somebody stops it. */
function endless(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': FORM, 'transfer-encoding': 'chunked' };
    const sent = request({ host: '127.0.0.1', port: opened.port, path, method: 'POST', headers });
    let written = 0;
    const more = () => {
      written += 1;
      if (written > 1_000) reject(new Error('16 MB were taken'));
      else if (!sent.destroyed) sent.write('x'.repeat(16_384), () => setImmediate(more));
    };
    sent.once('response', ({ statusCode }) => {
      sent.destroy();
      resolve(statusCode);
    });
    sent.once('error', reject);
    more();
  });
}

it.each([
  ...[SAAS, KEYCLOAK, INTROSPECTION.saas, REVOCATION.saas],
  ...[AUTHORIZE.saas, `${AUTHORIZE.saas}/login`, LOGOUT.saas],
])('%s reads no body without an end', async (path) => {
  expect(await endless(path)).toBe(413);
});
