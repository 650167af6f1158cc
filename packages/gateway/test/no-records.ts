import type { IdentityRecords } from '../src/dialects/orchestration/identity/identity-port.ts';

const none = async () => null;
const empty = async () => ({ items: [], first: null, last: null, total: 0 });

/** Identity records for doors whose tests are about something else: there is nothing in them, and nothing can be put there. */
export const NO_RECORDS: IdentityRecords = {
  by: () => {
    throw new Error('these records cannot be changed');
  },
  user: none,
  role: none,
  group: none,
  tenant: none,
  mappingRule: none,
  grant: none,
  searchUsers: empty,
  searchRoles: empty,
  searchGroups: empty,
  searchTenants: empty,
  searchMappingRules: empty,
  searchGrants: empty,
  searchMembers: empty,
  searchMemberRoles: empty,
  searchMemberMappingRules: empty,
  audit: { search: empty, entry: none },
};
