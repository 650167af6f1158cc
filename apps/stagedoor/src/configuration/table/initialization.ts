import { OWNER_TYPES, RESOURCE_PROPERTIES, RESOURCE_TYPES } from '@stagedoor/access';
import { choice, type Fields, listOf, mapOf, record, secret, text } from '../value-type.ts';

const names = { type: listOf(text()), meaning: 'used' } as const;

const members = {
  users: { ...names, documentation: 'User names of the members.' },
  clients: { ...names, documentation: 'Client ids of the members.' },
  mappingRules: { ...names, documentation: 'Ids of the mapping rules whose callers are members.' },
} satisfies Fields;
const groups = { ...names, documentation: 'Ids of the groups that are members.' } as const;
const roles = { ...names, documentation: 'Ids of the roles that are members.' } as const;

const name = {
  type: text(),
  meaning: 'used',
  documentation: 'The name that people read; the id where it is missing.',
} as const;
const description = { type: text(), default: '', meaning: 'used', documentation: 'What it is for.' } as const;
const id = (what: string) =>
  ({ type: text(), required: true, meaning: 'used', documentation: `The id of the ${what}.` }) as const;

const user = record({
  username: { type: text(), required: true, meaning: 'used', documentation: 'The name to log in with.' },
  password: {
    type: secret,
    required: true,
    meaning: 'used',
    documentation: 'The password, in clear. One that is hashed already comes in by `user create`.',
  },
  name: { type: text(), default: '', meaning: 'used', documentation: 'The name that people read.' },
  email: {
    type: text({ rule: 'must be an e-mail address', fits: (address) => /^[^\s@]+@[^\s@]+$/.test(address) }),
    meaning: 'used',
    documentation: 'The e-mail address.',
  },
});

const authorization = record({
  ownerType: { type: choice(OWNER_TYPES), required: true, meaning: 'used', documentation: 'What kind of owner it is.' },
  ownerId: id('owner'),
  resourceType: {
    type: choice(RESOURCE_TYPES),
    required: true,
    meaning: 'used',
    documentation: 'What kind of resource it is.',
  },
  resourceId: {
    type: text(),
    meaning: 'used',
    documentation: 'The id of the resource, or `*` for all. Either this or `resourcePropertyName`.',
  },
  resourcePropertyName: {
    type: choice(RESOURCE_PROPERTIES),
    meaning: 'used',
    documentation: 'Of `USER_TASK` alone, and in the place of an id: what of a task has to name the caller.',
  },
  permissions: { ...names, documentation: 'Permissions that this kind of resource has.' },
});

/** Records that configuration brings along (facts, section 1.3): created at the start where they are missing. */
export const initializationFields = {
  'camunda.security.initialization.users': {
    type: listOf(user),
    meaning: 'used',
    documentation: 'Users of the methods `basic` and `none`. `oidc` refuses them.',
  },
  'camunda.security.initialization.default-roles': {
    type: mapOf(record({ ...members, groups, roles }), 'role', [
      'admin',
      'readonly-admin',
      'connectors',
      'app-integrations',
      'rpa',
      'task-worker',
    ]),
    meaning: 'used',
    documentation: 'Who is a member of a role from the start.',
  },
  'camunda.security.initialization.mappingrules': {
    type: listOf(
      record({
        'mapping-rule-id': id('mapping rule'),
        'claim-name': {
          type: text(),
          required: true,
          meaning: 'used',
          documentation: 'The claim: a plain name or a JSONPath.',
        },
        'claim-value': {
          type: text(),
          required: true,
          meaning: 'used',
          documentation: 'What the claim must be, or contain.',
        },
      }),
    ),
    meaning: 'used',
    documentation: 'Which tokens match which mapping rule.',
  },
  'camunda.security.initialization.authorizations': {
    type: listOf(authorization),
    meaning: 'used',
    documentation: 'Grants. There are no denials.',
  },
  'camunda.security.initialization.groups': {
    type: listOf(record({ groupId: id('group'), name, description, ...members })),
    meaning: 'used',
    documentation: 'Groups and their members.',
  },
  'camunda.security.initialization.roles': {
    type: listOf(record({ roleId: id('role'), name, description, ...members, groups })),
    meaning: 'used',
    documentation: 'Roles and their members.',
  },
  'camunda.security.initialization.tenants': {
    type: listOf(record({ tenantId: id('tenant'), name, description, ...members, groups, roles })),
    meaning: 'used',
    documentation: 'Tenants and their members.',
  },
} satisfies Fields;
