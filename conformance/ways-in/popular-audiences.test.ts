import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { type ForeignIssuer, openForeignIssuer } from './foreign-issuer.ts';

const oidc = (issuer: string, more = '') => `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer}", audiences: [zeebe.camunda.io] }
${more}`;

/** Issuers that many customers share, and what has to be pinned beside their audiences. */
const SHARED = [
  ['Camunda SaaS', 'https://weblogin.cloud.camunda.io/', 'the organization and the claim of the cluster', 'orgId: o'],
  ['Entra ID for any tenant', 'https://login.microsoftonline.com/common/v2.0', 'tid', 'oid: x'],
  [
    'Cognito',
    'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc',
    'client_id and token_use',
    'client_id: c',
  ],
] as const;

describe('an issuer that many share', () => {
  it.each(SHARED)('refuses the start without its second pin: %s', async (_, issuer, lacking, half) => {
    for (const yaml of [oidc(issuer), oidc(issuer, `stagedoor.oidc.pins: { ${half} }`)]) {
      const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], yaml });
      expect(code).toBe(1);
      expect(stderr).toMatch(/names an issuer that many customers share/);
    }
    const { stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], yaml: oidc(issuer) });
    expect(stderr).toContain(lacking);
  });

  it('refuses the start where nothing is checked at all', async () => {
    const yaml = `camunda.security.authentication: { method: oidc, oidc: { issuer-uri: "https://issuer.example.com" } }`;
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], yaml });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('is a foreign issuer whose every token would be taken'),
    ]);
    const unchecked = await refusedStart({
      args: [...FREE_PORTS, '--memory'],
      yaml: `${yaml}\nstagedoor.oidc.audience-check: false`,
    });
    expect([unchecked.code, unchecked.stderr]).toEqual([1, expect.stringContaining('nothing stands in its place')]);
  });
});

describe('a token with the right audience', () => {
  let issuer: ForeignIssuer;
  let program: Program;
  beforeAll(async () => {
    issuer = await openForeignIssuer();
    program = await startProgram({
      args: [...FREE_PORTS, '--memory'],
      yaml: oidc(issuer.origin, 'stagedoor.oidc.pins: { tid: ours }'),
    });
  });
  afterAll(() => Promise.all([issuer.close(), program.stop()]));

  async function status(claims: object): Promise<number> {
    const answer = await fetch(`${program.rest}/v2/topology`, {
      headers: bearer(issuer.token({ sub: 'alice', ...claims })),
    });
    return answer.status;
  }

  it('opens with the pinned claim', async () => {
    expect(await status({ aud: 'zeebe.camunda.io', tid: 'ours' })).toBe(200);
    expect(await status({ aud: ['other', 'zeebe.camunda.io'], tid: 'ours' })).toBe(200);
  });

  it.each([
    ['of another customer', { tid: 'theirs' }],
    ['of nobody in particular', {}],
    ['of several customers', { tid: ['ours', 'theirs'] }],
    ['of a customer of another type', { tid: { ours: true } }],
    ['of a customer written otherwise', { tid: 'Ours' }],
  ])('is refused where it is %s', async (_, claims) => {
    expect(await status({ aud: 'zeebe.camunda.io', ...claims })).toBe(401);
  });

  it('is worth nothing with another audience', async () => {
    expect(await status({ aud: 'another', tid: 'ours' })).toBe(401);
    expect(await status({ tid: 'ours' })).toBe(401);
  });
});
