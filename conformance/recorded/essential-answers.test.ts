import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type EssentialAnswer, TOKENS, UNPROTECTED, WITH_PASSWORDS } from './essential-answers.ts';
import type { Answer } from './recorded-case.ts';
import { sendRequest } from './send-request.ts';

const CLIENT = 'stagedoor: { clients: [{ id: reader, secret: reader-secret }] }\n';

/** What matters most of the recordings, in our own words: checked on machines that do not have them. */
describe.each([
  ['none', '', UNPROTECTED],
  ['basic', '', WITH_PASSWORDS],
  ['oidc', CLIENT, TOKENS],
] as const)('started with --method %s, the program', (method, yaml, answers: readonly EssentialAnswer[]) => {
  let program: Program | undefined;
  beforeAll(async () => {
    program = await startProgram({ args: ['--method', method, '--memory', ...FREE_PORTS], yaml });
  });
  afterAll(() => program?.stop());

  it.each(answers)('answers $to', async ({ request, status, headers = {}, body }) => {
    const { method: verb = 'GET', path, headers: lines = {}, body: sent } = request;
    const answer = await sendRequest(originOf(program, answers), {
      method: verb,
      target: path,
      headers: Object.entries(lines),
      body: sent === undefined ? null : Buffer.from(sent),
    });
    expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
    for (const [name, value] of Object.entries(headers)) expect([name, headerOf(answer, name)]).toEqual([name, value]);
    if (body !== undefined) expect(JSON.parse(answer.body)).toEqual(matching(body));
  });
});

describe('a session', () => {
  it('without its CSRF token is refused at v1 with the framework’s error, and our reason', async () => {
    const program = await startProgram({ args: ['--method', 'basic', '--memory', ...FREE_PORTS] });
    const form = new URLSearchParams({ username: 'demo', password: 'demo' });
    const login = await fetch(`${program.rest}/login`, { method: 'POST', body: form });
    const [session = ''] = login.headers.getSetCookie();
    const path = '/v1/process-definitions/search';
    const headers = { cookie: session.split(';', 1)[0] ?? '', 'content-type': 'application/json' };
    const answer = await fetch(program.rest + path, { method: 'POST', headers, body: '{}' });
    expect([login.status, answer.status, answer.headers.get('content-type')]).toEqual([204, 403, 'application/json']);
    expect(await answer.json()).toEqual({
      timestamp: expect.stringMatching(/\+00:00$/),
      status: 403,
      error: 'Forbidden',
      path,
      message: 'the CSRF token of the session is missing or wrong',
      code: 'CSRF_MISSING',
    });
    await program.stop();
  });
});

function originOf(program: Program | undefined, answers: readonly EssentialAnswer[]): string {
  const origin = answers === TOKENS ? program?.issuer : program?.rest;
  if (origin === undefined || origin === null) throw new Error('the program did not start');
  return origin;
}

/** Cookies without their values. */
function headerOf({ headers }: Answer, name: string): string | null {
  const values = headers.get(name) ?? null;
  return name === 'set-cookie' && values !== null
    ? values.map((cookie) => cookie.replace(/^([^=]+)=[^;]+/, '$1=…')).join(' + ')
    : (values?.join(', ') ?? null);
}

function matching(body: NonNullable<EssentialAnswer['body']>): object {
  const entries = Object.entries(body).map(([name, value]) => [
    name,
    value instanceof RegExp ? expect.stringMatching(value) : value,
  ]);
  return Object.fromEntries(entries);
}
