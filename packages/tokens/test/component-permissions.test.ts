import { AccessSnapshot, decide, permission } from '@stagedoor/access';
import { describe, expect, it } from 'vitest';
import { createTokenVerifier, type IssuerPolicy } from '../src/index.ts';
import { foreignPolicy, ISSUER, jwkOf, movableClock, mutableKeys, rsaKey, sign } from './foreign-issuer.ts';

const rsa = rsaKey('rsa');
const POLICY = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const READ = permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'everything');
const NOBODY = { epoch: 1, users: [], groups: [], roles: [], tenants: [], mappingRules: [], memberships: [] };

/** The principal that a token with these claims makes, and whether he may read process instances. */
async function principalOf(claims: Readonly<Record<string, unknown>>, policy: Partial<IssuerPolicy>) {
  const clock = movableClock();
  const keys = mutableKeys();
  await keys.publish(jwkOf(rsa));
  const exp = Math.floor(clock.now() / 1000) + 300;
  const token = sign({ iss: ISSUER, client_id: 'old', aud: 'operate-api', exp, ...claims }, rsa);
  const verifier = createTokenVerifier({ policies: [foreignPolicy(keys, policy)], clock });
  const verdict = await verifier.verify({ token, api: 'operate', method: 'GET', url: '/' });
  if (verdict.kind !== 'verified') throw new Error(verdict.operator);
  const records = { ...NOBODY, authorizations: [], administratorHasExisted: true };
  const snapshot = new AccessSnapshot(records, (all, path) => all[path]);
  const principal = snapshot.principalOfToken(verdict.subject);
  if (principal.kind === 'anonymous') throw new TypeError('a token names somebody');
  return { roles: principal.roles, groups: principal.groups, reads: decide(snapshot, POLICY, principal, READ).allowed };
}

const OF_8_6 = { permissions: { 'operate-api': ['read:*', 'write:*'] } };
const TAKEN = { componentPermissions: true };

describe('claims of rights in a foreign token', () => {
  it('grant nothing unless the policy of its issuer says so', async () => {
    const claims = { ...OF_8_6, groups: ['admin'], roles: ['admin', 'operate:read'], scope: 'operate read:*' };
    expect(await principalOf(claims, {})).toEqual({ roles: [], groups: [], reads: false });
    expect(await principalOf(claims, { componentPermissions: false })).toEqual({ roles: [], groups: [], reads: false });
  });

  it('grant what Operate 8.6 granted where it does', async () => {
    const taken = await principalOf(OF_8_6, TAKEN);
    expect(taken).toEqual({ roles: ['operate:read', 'operate:write'], groups: [], reads: true });
  });

  it('name groups and roles no more than before where permissions are taken', async () => {
    const claims = { groups: ['admin'], roles: ['admin', 'operate:read'] };
    expect(await principalOf(claims, TAKEN)).toEqual({ roles: [], groups: [], reads: false });
  });

  it.each([
    ['permissions for another component', { permissions: { 'zeebe-api': ['read:*', 'write:*'] } }],
    ['permissions in a list', { permissions: ['read:*'] }],
    ['permissions in a text', { permissions: 'operate-api read:*' }],
    ['a permission that is no list', { permissions: { 'operate-api': 'read:*' } }],
    ['a role in place of a permission', { permissions: { 'operate-api': ['admin', 'operate:read'] } }],
    ['a number', { permissions: { 'operate-api': [1, null, {}] } }],
    ['nothing', { permissions: null }],
    ['an inherited member', { permissions: { __proto__: { 'operate-api': ['read:*'] } } }],
  ])('grant nothing by %s', async (_, claims) => {
    expect(await principalOf(claims, TAKEN)).toEqual({ roles: [], groups: [], reads: false });
  });

  it('grant a permission that is named twice once', async () => {
    const claims = { permissions: { 'operate-api': ['read:*', 'read:*'] } };
    expect((await principalOf(claims, TAKEN)).roles).toEqual(['operate:read']);
  });
});
