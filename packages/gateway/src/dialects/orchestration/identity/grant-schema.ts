import { OWNER_TYPES, RESOURCE_PERMISSIONS, RESOURCE_TYPES } from '@stagedoor/access';
import type { GrantField, StoredAuthorization } from '@stagedoor/identity';
import { listOf, nullableText, object, objectWith, oneOf, text } from '../../../schema.ts';
import type { SearchDescription } from '../search/search-description.ts';

const PERMISSION_TYPES = [...new Set(Object.values(RESOURCE_PERMISSIONS).flat())].sort();
const ownerType = oneOf(...OWNER_TYPES);
const resourceType = oneOf(...RESOURCE_TYPES);
/** More than there are permissions is a list of repetitions. */
const permissionTypes = { ...listOf(oneOf(...PERMISSION_TYPES)), maxItems: PERMISSION_TYPES.length } as const;

/** A grant as it is asked for. That it names either an id or a property is for the records to say. */
export const NEW_GRANT = objectWith(
  { ownerId: text, ownerType, resourceId: text, resourcePropertyName: text, resourceType, permissionTypes },
  ['ownerId', 'ownerType', 'resourceType', 'permissionTypes'],
);

export const GRANT = object({
  authorizationKey: text,
  ownerId: text,
  ownerType,
  resourceType,
  resourceId: nullableText,
  resourcePropertyName: nullableText,
  permissionTypes,
});

export const GRANTS: SearchDescription<GrantField> = {
  fields: {
    ownerId: { type: 'text', of: 'ownerId', filter: 'plain', sort: true },
    ownerType: { type: { oneOf: OWNER_TYPES }, of: 'ownerType', filter: 'plain', sort: true },
    resourceIds: { type: 'text', of: 'resourceId', filter: 'list' },
    resourcePropertyNames: { type: 'text', of: 'resourcePropertyName', filter: 'list' },
    resourceType: { type: { oneOf: RESOURCE_TYPES }, of: 'resourceType', filter: 'plain', sort: true },
    resourceId: { type: 'text', of: 'resourceId', sort: true },
    resourcePropertyName: { type: 'text', of: 'resourcePropertyName', sort: true },
  },
};

export function writeGrant(grant: StoredAuthorization): object {
  const { authorizationKey, ownerId, ownerType, resourceType, permissionTypes } = grant;
  const { resourceId = null, resourcePropertyName = null } = grant;
  return { authorizationKey, ownerId, ownerType, resourceType, resourceId, resourcePropertyName, permissionTypes };
}
