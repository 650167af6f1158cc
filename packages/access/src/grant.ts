import type { PermissionType, ResourceType } from './permissions.ts';

export type OwnerType = 'USER' | 'CLIENT' | 'ROLE' | 'GROUP' | 'MAPPING_RULE';
export const OWNER_TYPES = ['USER', 'CLIENT', 'ROLE', 'GROUP', 'MAPPING_RULE'] as const satisfies readonly OwnerType[];

/** What a user task says about people, and a grant can be made on instead of an id. Only `USER_TASK` has properties. */
export type ResourceProperty = 'assignee' | 'candidateUsers' | 'candidateGroups';
export const RESOURCE_PROPERTIES = [
  'assignee',
  'candidateUsers',
  'candidateGroups',
] as const satisfies readonly ResourceProperty[];

/** `*` or an id, matched exactly; or a property, matched where it names the caller or one of his groups. */
export type GrantTarget =
  | { readonly resourceId: string; readonly resourcePropertyName?: never }
  | { readonly resourceId?: never; readonly resourcePropertyName: ResourceProperty };

/** A grant: never a denial. One on a property of anything but a `USER_TASK` reaches nothing. */
export type Authorization = {
  readonly ownerType: OwnerType;
  readonly ownerId: string;
  readonly resourceType: ResourceType;
  readonly permissionTypes: readonly PermissionType[];
} & GrantTarget;

/** A grant with the key that it is changed and removed by. */
export type KeyedAuthorization = Authorization & { readonly authorizationKey: string };

/** The part of a grant that a decision names: whose it is, on what, and its key. */
export type Grant = {
  readonly authorizationKey: string;
  readonly ownerType: OwnerType;
  readonly ownerId: string;
} & GrantTarget;

export function isResourceProperty(text: string): text is ResourceProperty {
  return (RESOURCE_PROPERTIES as readonly string[]).includes(text);
}
