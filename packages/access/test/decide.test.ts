import { describe, expect, it } from 'vitest';
import {
  type AccessPolicy,
  allOf,
  anonymous,
  anonymousPrincipal,
  anyOf,
  authenticated,
  decide,
  permission,
  type Requirement,
} from '../src/index.ts';
import { client, grant, member, snapshotOf, user } from './records.ts';

const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const readInvoices = permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found');
const createUsers = permission('USER', 'CREATE', 'everything');
const searchUsers = permission('USER', 'READ', 'visible');
const readUsers = permission('USER', 'READ', 'found');

const invoices = grant(['USER', 'ann'], ['PROCESS_DEFINITION', 'invoice'], 'READ_PROCESS_INSTANCE');
const records = snapshotOf({
  memberships: [member('group', 'clerks', 'user', 'ann'), member('role', 'auditors', 'group', 'clerks')],
  authorizations: [
    invoices,
    grant(['GROUP', 'clerks'], ['PROCESS_DEFINITION', 'order'], 'READ_PROCESS_INSTANCE'),
    grant(['ROLE', 'auditors'], ['DECISION_DEFINITION', '*'], 'READ_DECISION_DEFINITION'),
    grant(['USER', 'root'], ['USER', '*'], 'CREATE', 'READ'),
    grant(['USER', 'ann'], ['USER', 'ann'], 'READ', 'CREATE'),
    grant(['CLIENT', 'worker'], ['PROCESS_DEFINITION', '*'], 'READ_PROCESS_INSTANCE'),
  ],
});
const ann = records.principalOf(user('ann'));
const root = records.principalOf(user('root'));
const found = (...ids: string[]) => ids.map((resourceId) => ({ resourceId }));

describe('decide', () => {
  it('lets anybody through where nothing is required', () => {
    expect(decide(records, POLICY, anonymousPrincipal, anonymous)).toMatchObject({
      allowed: true,
      because: 'anonymous-allowed',
    });
  });

  it.each([
    authenticated,
    readInvoices,
    createUsers,
    searchUsers,
    anyOf(authenticated),
    allOf(searchUsers),
  ] as Requirement[])('refuses an anonymous caller at %j', (requirement) => {
    expect(decide(records, POLICY, anonymousPrincipal, requirement, found('invoice'))).toEqual({
      allowed: false,
      because: 'not-authenticated',
    });
  });

  it('refuses an anonymous caller although the checks are off', () => {
    const policy = { ...POLICY, authorizationsEnabled: false };
    expect(decide(records, policy, anonymousPrincipal, createUsers)).toMatchObject({ because: 'not-authenticated' });
  });

  it('lets an anonymous caller through where the API is unprotected', () => {
    expect(decide(records, { ...POLICY, unprotected: true }, anonymousPrincipal, createUsers)).toMatchObject({
      allowed: true,
      because: 'unprotected',
    });
  });

  it('asks nothing of the grants where the checks are off', () => {
    expect(decide(records, { ...POLICY, authorizationsEnabled: false }, ann, createUsers)).toMatchObject({
      because: 'checks-off',
    });
  });

  it('refuses a principal without grants and names what is missing', () => {
    expect(decide(records, POLICY, records.principalOf(user('nobody')), readInvoices, found('b', 'a'))).toEqual({
      allowed: false,
      because: 'permission-missing',
      missing: [
        { resourceType: 'PROCESS_DEFINITION', permissionType: 'READ_PROCESS_INSTANCE', resourceIds: ['a', 'b'] },
      ],
    });
  });

  it('grants an item by its id and says which grant did it', () => {
    expect(decide(records, POLICY, ann, readInvoices, found('invoice'))).toEqual({
      allowed: true,
      because: 'granted',
      by: [{ authorizationKey: invoices.authorizationKey, ownerType: 'USER', ownerId: 'ann', resourceId: 'invoice' }],
    });
  });

  it('grants several items by grants of several owners', () => {
    expect(decide(records, POLICY, ann, readInvoices, found('invoice', 'order'))).toMatchObject({ allowed: true });
  });

  it('refuses several items of which one is not reached, and names that one', () => {
    expect(decide(records, POLICY, ann, readInvoices, found('invoice', 'payroll'))).toMatchObject({
      allowed: false,
      missing: [{ resourceIds: ['payroll'] }],
    });
  });

  it.each(['INVOICE', 'invoic', 'invoice2', '*', ''])(
    'refuses %j where the grant is on "invoice": ids match exactly',
    (id) => {
      expect(decide(records, POLICY, ann, readInvoices, found(id))).toMatchObject({ allowed: false });
    },
  );

  it('refuses an item where none was found, wildcard or not', () => {
    expect(decide(records, POLICY, ann, readInvoices)).toMatchObject({ allowed: false });
    expect(decide(records, POLICY, root, readUsers)).toMatchObject({ allowed: false });
  });

  it('refuses what needs a wildcard to a grant on one id, whatever items are named', () => {
    expect(decide(records, POLICY, ann, createUsers, found('ann'))).toMatchObject({
      allowed: false,
      missing: [{ resourceIds: [] }],
    });
  });

  it('grants what needs a wildcard by a wildcard', () => {
    expect(decide(records, POLICY, root, createUsers)).toMatchObject({
      allowed: true,
      by: [{ ownerType: 'USER', ownerId: 'root', resourceId: '*' }],
    });
  });

  it('grants through a role of a group', () => {
    const requirement = permission('DECISION_DEFINITION', 'READ_DECISION_DEFINITION', 'found');
    expect(decide(records, POLICY, ann, requirement, found('any'))).toMatchObject({
      by: [{ ownerType: 'ROLE', ownerId: 'auditors' }],
    });
  });

  it('refuses a user the grants of a client with the same name, and the other way round', () => {
    expect(decide(records, POLICY, records.principalOf(user('worker')), readInvoices, found('x'))).toMatchObject({
      allowed: false,
    });
    expect(decide(records, POLICY, records.principalOf(client('ann')), readInvoices, found('invoice'))).toMatchObject({
      allowed: false,
    });
  });

  it('refuses another permission on the same resource, and the same permission on another resource', () => {
    expect(decide(records, POLICY, root, permission('USER', 'DELETE', 'everything'))).toMatchObject({ allowed: false });
    expect(decide(records, POLICY, root, permission('ROLE', 'CREATE', 'everything'))).toMatchObject({ allowed: false });
  });

  it('lets a collection through, since its query is narrowed instead', () => {
    expect(decide(records, POLICY, ann, searchUsers)).toMatchObject({ allowed: true });
  });

  it('takes one of several requirements, and names all that would have done', () => {
    expect(decide(records, POLICY, root, anyOf(readInvoices, createUsers), found('x'))).toMatchObject({
      allowed: true,
    });
    const refused = decide(
      records,
      POLICY,
      records.principalOf(user('nobody')),
      anyOf(readInvoices, createUsers),
      found('x'),
    );
    expect(refused).toMatchObject({
      allowed: false,
      missing: [{ resourceType: 'PROCESS_DEFINITION' }, { resourceType: 'USER' }],
    });
  });

  it('takes all of several requirements, and names only what is missing', () => {
    expect(decide(records, POLICY, root, allOf(createUsers, readUsers), found('x'))).toMatchObject({ allowed: true });
    expect(decide(records, POLICY, root, allOf(createUsers, readInvoices), found('x'))).toMatchObject({
      allowed: false,
      missing: [{ resourceType: 'PROCESS_DEFINITION' }],
    });
  });

  it('refuses an empty list of requirements, should one be made past the types', () => {
    const none = JSON.parse('[]');
    expect(decide(records, POLICY, root, { kind: 'all-of', requirements: none })).toMatchObject({ allowed: false });
    expect(decide(records, POLICY, root, { kind: 'any-of', requirements: none })).toMatchObject({ allowed: false });
  });
});
