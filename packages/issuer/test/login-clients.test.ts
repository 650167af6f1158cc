import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedIssuer, openIssuer } from './opened-issuer.ts';

let opened: OpenedIssuer;

beforeEach(async () => {
  opened = await openIssuer();
});
afterEach(() => opened.close());

describe('registering a client that people log in with', () => {
  it.each([
    ['none', []],
    ['http elsewhere', ['http://app.example/']],
    ['a fragment', ['https://app.example/#x']],
    ['a wildcard', ['https://*.example/']],
    ['a relative one', ['/callback']],
    ['a script', ['javascript:alert(1)']],
    ['data', ['data:text/html,x']],
    ['credentials', ['https://a:b@app.example/']],
    ['a code in it', ['https://app.example/?code=1']],
    ['a host that ends a directive of the login page’s policy', ['https://app;script-src.example/']],
    ['a host that ends the policy', ['https://app,example/']],
    ['spaces', ['https://app.example/ x']],
    ['too many', Array.from({ length: 21 }, (_, port) => `https://app.example/${port}`)],
  ])('takes no redirect URIs such as %s', async (_, redirectUris) => {
    const inserted = opened.change((tx) =>
      opened.commands.insertPublicClient(tx, {
        name: 'x',
        scopes: ['operate'],
        login: { redirectUris, postLogoutRedirectUris: [] },
      }),
    );
    await expect(inserted).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('leaves the web pages their id', async () => {
    const inserted = opened.change((tx) =>
      opened.commands.insertClient(tx, { id: 'stagedoor-web', name: 'x', scopes: ['operate'] }),
    );
    await expect(inserted).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it('gives no public client a secret later', async () => {
    const login = { redirectUris: ['https://app.example/'], postLogoutRedirectUris: [] };
    await opened.change((tx) =>
      opened.commands.insertPublicClient(tx, { id: 'spa', name: 'SPA', scopes: ['operate'], login }),
    );
    const rotated = opened.change((tx) => opened.commands.rotateSecret(tx, { id: 'spa', overlapSeconds: 0 }));
    await expect(rotated).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
