import { RESOURCE_PERMISSIONS, type Requirement, type ResourceType } from '@stagedoor/access';

/** `RESOURCE_TYPE:PERMISSION`, on everything. */
export type GrantName = `${string}:${string}`;

export const EVERY_GRANT: readonly GrantName[] = Object.entries(RESOURCE_PERMISSIONS).flatMap(([type, permissions]) =>
  permissions.map((permission) => `${type as ResourceType}:${permission}` as const),
);

/** The sets of grants each of which is just enough. */
export function enough(requirement: Requirement): readonly (readonly GrantName[])[] {
  switch (requirement.kind) {
    case 'anonymous':
    case 'authenticated':
      return [[]];
    case 'permission':
      return [[`${requirement.resourceType}:${requirement.permissionType}`]];
    case 'resolved':
      return requirement.from.flatMap(enough);
    case 'any-of':
      return requirement.requirements.flatMap(enough);
    case 'all-of':
      return requirement.requirements
        .map(enough)
        .reduce((sets, more) => sets.flatMap((set) => more.map((other) => [...set, ...other])));
  }
}

/** The sets of grants without any one of which all the others together are not enough. */
export function indispensable(requirement: Requirement): readonly (readonly GrantName[])[] {
  switch (requirement.kind) {
    case 'anonymous':
    case 'authenticated':
      return [];
    case 'all-of':
      return requirement.requirements.flatMap(indispensable);
    default:
      return [enough(requirement).flat()];
  }
}
