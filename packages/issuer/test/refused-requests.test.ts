import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORM, INTROSPECTION, KEYCLOAK, type OpenedIssuer, openIssuer, SAAS } from './opened-issuer.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let opened: OpenedIssuer;
let secret: string;
let guestSecret: string;

beforeEach(async () => {
  opened = await openIssuer();
  const keys = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await opened.change(async (tx) => {
    await opened.commands.insertKeyedClient(tx, { id: 'robot', name: 'robot', scopes: ['operate'], keys });
    const ends = opened.clock.now() + 60_000;
    ({ clientSecret: guestSecret } = await opened.commands.insertClient(tx, {
      id: 'guest',
      name: 'guest',
      scopes: ['operate'],
      expires: ends,
    }));
    ({ clientSecret: secret } = await opened.commands.insertClient(tx, {
      id: 'reader',
      name: 'reader',
      scopes: ['operate'],
    }));
  });
});
afterEach(() => opened.close());

const asking = (more: Readonly<Record<string, string>>) => ({
  grant_type: 'client_credentials',
  client_id: 'reader',
  ...more,
});

describe('why a client got no token', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['an id that nobody has', { client_id: 'nobody', client_secret: 'x' }, 'the client is not registered'],
    ['a wrong secret', { client_secret: 'x' }, 'the client shows another secret than its own'],
    ['nothing', {}, 'the client shows nothing but its id'],
    [
      'a secret where a key is registered',
      { client_id: 'robot', client_secret: 'x' },
      'the client shows a secret, and is registered with an assertion',
    ],
    ['half an assertion', { client_assertion: 'x' }, 'the client shows half an assertion, or one of another type'],
    [
      'an assertion that is none',
      { client_assertion: 'x', client_assertion_type: ASSERTION },
      'the client shows an assertion that',
    ],
  ])('is told its operator, and to the client it is one answer: %s', async (_what, shown, reason) => {
    for (const path of [SAAS, KEYCLOAK]) {
      opened.refusals.length = 0;
      const { status, text } = await opened.post(path, asking(shown));
      expect(opened.refusals).toEqual([
        {
          method: 'POST',
          path,
          address: '127.0.0.1',
          code: 'client-refused',
          status,
          reason: expect.stringContaining(reason),
        },
      ]);
      const { text: unknown } = await opened.post(path, asking({ client_id: 'stranger', client_secret: 'y' }));
      expect(text).toBe(unknown);
    }
  });

  it('is told where its time is over', async () => {
    opened.clock.move(61_000);
    await opened.post(SAAS, asking({ client_id: 'guest', client_secret: guestSecret }));
    expect(opened.refusals).toMatchObject([{ reason: 'the client has expired' }]);
  });

  it('is told for what it asked, without what it wrote', async () => {
    const written = 'canary-7f3a';
    await opened.post(SAAS, asking({ client_secret: secret, scope: written }));
    await opened.post(SAAS, asking({ client_secret: written, client_id: written }));
    await opened.post(SAAS, asking({ grant_type: written }));
    await opened.post(INTROSPECTION.saas, { client_id: written, client_secret: written, token: written });
    expect(opened.refusals.map(({ code }) => code)).toEqual([
      'scope-refused',
      'client-refused',
      'grant-type-unsupported',
      'client-refused',
    ]);
    expect(JSON.stringify(opened.refusals)).not.toContain(written);
  });

  it.each([SAAS, KEYCLOAK])(
    'at %s is told with the name of what came twice, where the protocol has that name',
    async (path) => {
      const written = 'canary-7f3a';
      const whole = new URLSearchParams(asking({ client_secret: secret })).toString();
      const headers = { 'content-type': FORM };
      for (const twice of [`scope=${written}&scope=y`, `client_id=${written}`, `${written}=1&${written}=2`]) {
        const answer = await opened.send(path, { method: 'POST', headers, body: `${whole}&${twice}` });
        expect([answer.status, answer.text.includes(written)]).toEqual([400, false]);
      }
      expect(opened.refusals.map(({ reason }) => reason)).toEqual([
        'the parameter scope is given more than once',
        'the parameter client_id is given more than once',
        'a parameter is given more than once',
      ]);
    },
  );

  it('is not told where there is a token', async () => {
    expect((await opened.post(SAAS, asking({ client_secret: secret }))).status).toBe(200);
    expect(opened.refusals).toEqual([]);
  });
});
