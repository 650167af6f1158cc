import { type PermissionType, RESOURCE_PERMISSIONS, RESOURCE_TYPES, type ResourceType } from './permissions.ts';

const NUMBERS: ReadonlyMap<string, number> = new Map(RESOURCE_TYPES.map((type, index) => [type, index]));
const BITS: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  RESOURCE_TYPES.map((type) => [
    type,
    new Map(RESOURCE_PERMISSIONS[type].map((permission, index) => [permission, 1 << index])),
  ]),
);

/** The place of a resource type in the table; `undefined` for a text that is none, should one come past the types. */
export function numberOf(resourceType: ResourceType): number | undefined {
  return NUMBERS.get(resourceType);
}

/** The permission as one bit of sixteen; 0, which no grant has, where the resource type has no such permission. */
export function bitOf(resourceType: ResourceType, permissionType: PermissionType): number {
  return BITS.get(resourceType)?.get(permissionType) ?? 0;
}

export function bitsOf(resourceType: ResourceType, permissionTypes: readonly PermissionType[]): number {
  return permissionTypes.reduce((bits, permissionType) => bits | bitOf(resourceType, permissionType), 0);
}
