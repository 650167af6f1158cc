import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Forge, type Json, jwkOf, keys } from '../hostile-tokens/forge.ts';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type MovingIssuer, openMovingIssuer } from './moving-issuer.ts';

/** Tokens in the shapes that the providers document, and what becomes of each under the preset of its provider. */
type Vendor = {
  readonly preset: string;
  readonly oidc?: string;
  readonly own?: string;
  /** What is in every good token beside the issuer and the times; null leaves a claim of the forge's out. */
  readonly always: Json;
  readonly user: Json;
  readonly client: Json;
  readonly refused: readonly (readonly [why: string, claims: Json])[];
};

const TENANT = '0f0f0f0f-1111-2222-3333-444444444444';
const NOTHING: Json = { sub: undefined, client_id: undefined, tid: undefined, jti: undefined };

const VENDORS: readonly Vendor[] = [
  {
    preset: 'keycloak',
    oidc: 'audiences: [stage]',
    // As it is called inside of its network.
    own: 'issuer-aliases: ["http://keycloak:8080/realms/stage"]',
    always: { ...NOTHING, aud: ['stage', 'account'], typ: 'Bearer', azp: 'program' },
    user: { sub: '3f1c', preferred_username: 'person' },
    client: {
      iss: 'http://keycloak:8080/realms/stage',
      sub: '9a2b',
      preferred_username: 'service-account-program',
      client_id: 'program',
    },
    refused: [
      ['an ID token', { preferred_username: 'person', typ: 'ID', aud: 'stage' }],
      ['another name', { preferred_username: 'person', iss: 'http://keycloak:8080/realms/master' }],
      ['a refresh token', { preferred_username: 'person', typ: 'Refresh' }],
      ['a token for another client', { preferred_username: 'person', aud: 'account' }],
    ],
  },
  {
    preset: 'entra-v1',
    oidc: 'audiences: ["api://stage"]',
    own: `pins: { tid: ${TENANT} }`,
    always: {
      ...NOTHING,
      aud: 'api://stage',
      ver: '1.0',
      tid: TENANT,
      appid: 'program',
      oid: 'person',
      sub: 'pairwise',
    },
    user: { scp: 'access_as_user', upn: 'person@example.com' },
    client: { roles: ['Reader'], appidacr: '1' },
    refused: [
      ['a token of another tenant', { scp: 'access_as_user', tid: '0f0f0f0f-1111-2222-3333-555555555555' }],
      ['a token of version 2', { ver: '2.0' }],
      ['a token without a version', { ver: undefined }],
      ['a client that is not named', { appid: undefined }],
    ],
  },
  {
    preset: 'entra-v2',
    oidc: 'audiences: [stage]',
    own: `pins: { tid: ${TENANT} }`,
    always: { ...NOTHING, aud: 'stage', ver: '2.0', tid: TENANT, azp: 'program', oid: 'person', sub: 'pairwise' },
    user: { scp: 'access_as_user', preferred_username: 'Person@example.com' },
    client: { roles: ['Reader'], azpacr: '1' },
    refused: [
      ['a token of another tenant', { tid: '0f0f0f0f-1111-2222-3333-555555555555' }],
      ['a token of version 1', { ver: '1.0' }],
      ['a token of the same tenant under another name', { iss: `https://sts.windows.net/${TENANT}/` }],
      ['a user who is not named', { scp: 'access_as_user', oid: undefined }],
    ],
  },
  {
    preset: 'auth0',
    oidc: 'audiences: [stage]',
    always: { ...NOTHING, aud: 'stage', azp: 'program', scope: 'read' },
    user: { sub: 'person', aud: ['stage', 'https://tenant.example/userinfo'] },
    client: { sub: 'program@clients', gty: 'client-credentials' },
    refused: [['a token for the profile alone', { sub: 'person', aud: 'https://tenant.example/userinfo' }]],
  },
  {
    preset: 'okta',
    oidc: 'audiences: [stage]',
    always: { ...NOTHING, aud: 'stage', cid: 'program', ver: 1, jti: 'AT.x' },
    user: { sub: 'person', uid: '00u1', scp: ['openid'] },
    client: { sub: 'program', scp: ['stage'] },
    refused: [
      ['an ID token', { sub: 'person', aud: 'program', at_hash: 'x', ver: 1 }],
      ['a client that is not named', { sub: 'program', cid: undefined }],
    ],
  },
  {
    preset: 'cognito',
    own: 'pins: { client_id: [program, web] }',
    always: { ...NOTHING, aud: undefined, token_use: 'access', client_id: 'program', version: 2 },
    user: { sub: '7b1e', username: 'person', client_id: 'web' },
    client: { sub: 'program', scope: 'stage/read' },
    refused: [
      ['an ID token', { token_use: 'id', aud: 'program', 'cognito:username': 'person' }],
      ['a token of another application of the pool', { client_id: 'other' }],
      ['a token that does not say its kind', { token_use: undefined }],
    ],
  },
  {
    preset: 'camunda-saas',
    oidc: 'audiences: [zeebe.camunda.io]',
    own: 'pins: { "https://example.com/orgId": ours, "https://example.com/clusterId": this }',
    always: {
      ...NOTHING,
      aud: 'zeebe.camunda.io',
      azp: 'program',
      'https://example.com/orgId': 'ours',
      'https://example.com/clusterId': 'this',
    },
    user: { sub: 'person' },
    client: { sub: 'program@clients', gty: 'client-credentials' },
    refused: [
      ['a token of another organization', { sub: 'person', 'https://example.com/orgId': 'theirs' }],
      ['a token for another cluster', { sub: 'person', 'https://example.com/clusterId': undefined }],
    ],
  },
];

describe.each(VENDORS)('with the preset $preset', ({ preset, oidc = '', own = '', always, user, client, refused }) => {
  let issuer: MovingIssuer;
  let program: Program;
  let forge: Forge;
  beforeAll(async () => {
    issuer = await openMovingIssuer(jwkOf(keys.rsa, { use: 'sig' }), jwkOf(keys.ec));
    forge = new Forge(issuer.origin, issuer.origin);
    program = await startProgram({
      args: [...FREE_PORTS, '--memory'],
      yaml: `
camunda.security.initialization.default-roles.admin.clients: [program]
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.origin}"${oidc === '' ? '' : `, ${oidc}`} }
stagedoor.oidc.providers.oidc: { preset: ${preset}${own === '' ? '' : `, ${own}`} }
`,
    });
  });
  afterAll(async () => {
    await program?.stop();
    await issuer?.close();
  });

  const ask = (token: string) => fetch(`${program.rest}/v2/authentication/me`, { headers: bearer(token) });
  /** The name, and whether it is the client's of that name: only he has the role. */
  const named = async (claims: Json, header: Json = {}) => {
    const answer = await ask(forge.sign(forge.claims({ ...always, ...claims }), keys.rsa, header));
    const { username, roles } = (await answer.json()) as { username?: unknown; roles?: unknown };
    return { status: answer.status, username, roles };
  };
  const USER = { status: 200, username: 'person', roles: [] };
  const CLIENT = { status: 200, username: 'program', roles: ['admin'] };

  it('the token of a user names the user', async () => {
    expect(await named(user)).toEqual(USER);
  });

  it('the token of a client names the client, also without a typ', async () => {
    expect(await named(client)).toEqual(CLIENT);
    expect(await named(client, { typ: undefined })).toEqual(CLIENT);
  });

  it.each(refused)('%s is refused', async (_why, claims) => {
    expect((await named(claims)).status).toBe(401);
  });

  it('a token that is signed with another algorithm is refused where the issuer has but one', async () => {
    const signed = forge.sign(forge.claims({ ...always, ...user }), keys.ec, { alg: 'ES256' });
    expect((await ask(signed)).status).toBe(preset === 'keycloak' ? 200 : 401);
  });
});
