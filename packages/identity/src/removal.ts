import { assertNever, type MemberType, type OwnerType, type ResourceType } from '@stagedoor/access';
import { deleteAuthorizations } from './authorization-rows.ts';
import { removeMemberships } from './membership-rows.ts';
import type { RecordChange } from './record-change.ts';

export type RemovedKind = 'user' | 'client' | 'role' | 'group' | 'tenant' | 'mapping-rule';

type Traces = { readonly owner?: OwnerType; readonly resource?: ResourceType; readonly member?: MemberType };

/**
 * Removes what names a record that is going: its memberships, as the container and as the member, its grants, and the grants
 * on it. Whoever gets the same id later shares nothing with it.
 */
export async function removeTraces(change: RecordChange, kind: RemovedKind, id: string): Promise<void> {
  const { owner, resource, member } = tracesOf(kind);
  if (member) await removeMemberships(change, { memberType: member, memberId: id });
  if (kind === 'role' || kind === 'group' || kind === 'tenant') {
    await removeMemberships(change, { containerType: kind, containerId: id });
  }
  if (owner) await deleteAuthorizations(change, { ownerType: owner, ownerId: id });
  if (resource) await deleteAuthorizations(change, { resourceType: resource, resourceId: id });
}

function tracesOf(kind: RemovedKind): Traces {
  switch (kind) {
    case 'user':
      return { owner: 'USER', resource: 'USER', member: 'user' };
    case 'client':
      return { owner: 'CLIENT', member: 'client' };
    case 'role':
      return { owner: 'ROLE', resource: 'ROLE', member: 'role' };
    case 'group':
      return { owner: 'GROUP', resource: 'GROUP', member: 'group' };
    case 'tenant':
      return { resource: 'TENANT' };
    case 'mapping-rule':
      return { owner: 'MAPPING_RULE', resource: 'MAPPING_RULE', member: 'mapping-rule' };
    default:
      return assertNever(kind);
  }
}
