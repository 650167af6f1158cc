import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { camundaSession } from './log-in.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { headerOf } from './raw-http.ts';

afterEach(closeDoors);

describe('the front page', () => {
  it('loads nothing from anywhere, runs nothing and sends nothing: its policy says so, and it keeps to it', async () => {
    const { send } = await openDoor();
    const answer = await send({ path: '/' });
    expect(headerOf(answer, 'content-type')).toBe('text/html; charset=utf-8');
    const style = /<style>(.*)<\/style>/s.exec(answer.body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headerOf(answer, 'content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`,
    );
    expect(answer.body).not.toMatch(/<script|<img|<link|<form|<iframe| on\w+=| src=| style=|@import|url\(/i);
  });

  it('writes what it is given as text', async () => {
    const { send } = await openDoor();
    const { body } = await send({ path: '/' });
    expect(body).toContain('The &lt;topology&gt;');
    expect(body).toContain('curl &quot;http://localhost:8080/v2/topology&quot; &amp;&amp; echo &#39;done&#39;');
    expect(body).not.toContain('The <topology>');
  });

  it('tells a user who is logged in that he is, and as whom', async () => {
    const open = await openDoor({ method: 'basic' });
    const { session } = await camundaSession(open);
    expect((await open.send({ path: '/', headers: [session] })).body).toContain('You are logged in as demo.');
    expect((await open.send({ path: '/', headers: [session] })).body).not.toContain('<form');
    expect((await open.send({ path: '/' })).body).not.toContain('logged in');
  });

  it('offers the login where people log in with a page, to whom it does not know', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    expect((await send({ path: '/' })).body).toContain('<a href="http://localhost:8080/login">Log in</a>');
  });

  it('is there in every method, and says which', async () => {
    for (const method of ['none', 'basic', 'oidc'] as const) {
      const { send } = await openDoor({ method });
      expect((await send({ path: '/' })).body).toContain(`<dd>${method}</dd>`);
    }
  });
});
