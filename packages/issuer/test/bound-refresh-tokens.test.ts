import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PresentedCertificate } from '../src/presented-certificate.ts';
import { AUTHORIZE, Browser, newPkce, redirectOf } from './browser.ts';
import { OTHER, READER } from './client-certificates.ts';
import { type OpenedIssuer, openIssuer, SAAS } from './opened-issuer.ts';

const CALLBACK = 'https://app.example/callback';
const shown = (pem: string): PresentedCertificate => ({ der: new X509Certificate(pem).raw, trusted: true });
let opened: OpenedIssuer;
let certificate: PresentedCertificate | null;

beforeEach(async () => {
  certificate = shown(READER);
  opened = await openIssuer({ certificate: () => certificate });
  opened.people.set('demo', 'demo-password');
  const login = { redirectUris: [CALLBACK], postLogoutRedirectUris: [] };
  const registered = { id: 'spa', name: 'SPA', scopes: ['orchestration'], bindTokens: 'certificate', login };
  await opened.change((tx) => opened.commands.insertPublicClient(tx, registered));
});
afterEach(() => opened.close());

async function refreshToken(): Promise<string> {
  const { challenge, verifier } = newPkce();
  const browser = new Browser(opened, AUTHORIZE.saas);
  const asked = { client_id: 'spa', redirect_uri: CALLBACK, response_type: 'code' };
  await browser.open({ ...asked, code_challenge: challenge, code_challenge_method: 'S256' });
  const { code = '' } = redirectOf(await browser.submit('demo', 'demo-password')).parameters;
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK };
  const answer = await opened.post(SAAS, { ...grant, client_id: 'spa' });
  expect(answer.status).toBe(200);
  return (answer.json as { refresh_token: string }).refresh_token;
}

const refresh = (refresh_token: string) =>
  opened.post(SAAS, { grant_type: 'refresh_token', client_id: 'spa', refresh_token });

// RFC 8705 section 4: nothing else keeps the refresh token of a client that has no secret.
it.each([
  ['another certificate', shown(OTHER)],
  ['no certificate', null],
])('a refresh token that is bound to a certificate is worth nothing with %s', async (_, other) => {
  const token = await refreshToken();
  certificate = other;
  expect((await refresh(token)).status).toBe(400);
  certificate = shown(READER);
  expect((await refresh(token)).status).toBe(200);
});
