import type { PermissionOf, ResourceType } from './permissions.ts';
import type { NonEmpty } from './vocabulary.ts';

/**
 * What a permission is asked of: `everything` needs a wildcard grant (creating, deploying, the v1 APIs), `visible` lets a
 * collection through and narrows it, `found` asks for the items that the operation looked up.
 */
export type Target = 'everything' | 'visible' | 'found';

export type PermissionRequirement = {
  readonly [R in ResourceType]: {
    readonly kind: 'permission';
    readonly resourceType: R;
    readonly permissionType: PermissionOf<R>;
    readonly of: Target;
  };
}[ResourceType];

/** What an operation asks of its caller. A value, so that documents, tests and `explain` can read it. */
export type Requirement =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'authenticated' }
  | PermissionRequirement
  | { readonly kind: 'any-of'; readonly requirements: NonEmpty<Requirement> }
  | { readonly kind: 'all-of'; readonly requirements: NonEmpty<Requirement> }
  | ResolvedRequirement;

/**
 * For the few operations whose permission depends on what the request hits. Each item that is found names one of `from`, and
 * needs that one; an item that names none of them is denied, and so is an operation that found nothing.
 */
export type ResolvedRequirement = {
  readonly kind: 'resolved';
  /** What the permission depends on, for the documents: `kind of resource`. */
  readonly by: string;
  readonly from: NonEmpty<PermissionRequirement>;
};

export const anonymous: Requirement = { kind: 'anonymous' };
export const authenticated: Requirement = { kind: 'authenticated' };

export function permission<R extends ResourceType>(
  resourceType: R,
  permissionType: PermissionOf<R>,
  of: Target,
): PermissionRequirement {
  return { kind: 'permission', resourceType, permissionType, of } as PermissionRequirement;
}

export function anyOf(...requirements: NonEmpty<Requirement>): Requirement {
  return { kind: 'any-of', requirements };
}

export function allOf(...requirements: NonEmpty<Requirement>): Requirement {
  return { kind: 'all-of', requirements };
}

export function resolved(by: string, ...from: NonEmpty<PermissionRequirement>): ResolvedRequirement {
  return { kind: 'resolved', by, from };
}
