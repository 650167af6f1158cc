import {
  hasPermission,
  isResourceType,
  type NonEmpty,
  type OwnerType,
  type Parsed,
  type PermissionType,
  RESOURCE_PERMISSIONS,
  RESOURCE_TYPES,
  type ResourceType,
} from '@stagedoor/access';

/** What the command line calls an owner, and what the records call it. */
export const OWNER_KINDS = { user: 'USER', client: 'CLIENT', role: 'ROLE', group: 'GROUP' } as const satisfies Record<
  string,
  OwnerType
>;

export type GrantOwner = { readonly ownerType: OwnerType; readonly ownerId: string };
export type GrantResource = { readonly resourceType: ResourceType; readonly resourceId: string };

function isOwnerKind(text: string): text is keyof typeof OWNER_KINDS {
  return Object.hasOwn(OWNER_KINDS, text);
}

/** Splits at the first colon; without one, the second part is undefined. */
function splitAtColon(text: string): [string, string | undefined] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** `user:NAME`, `client:ID`, `role:ID` or `group:ID`. Whether there is such an owner, and the alphabet of its id, are not checked. */
export function parseOwner(text: string): Parsed<GrantOwner> {
  const [kind, id] = splitAtColon(text);
  if (id && isOwnerKind(kind)) return { ok: true, value: { ownerType: OWNER_KINDS[kind], ownerId: id } };
  return { ok: false, problem: 'owner has to be user:NAME, client:ID, role:ID or group:ID' };
}

/** `TYPE` or `TYPE:ID`; `TYPE` alone and `TYPE:*` mean every resource of the type. */
export function parseResource(text: string): Parsed<GrantResource> {
  const [type, id] = splitAtColon(text);
  if (!isResourceType(type))
    return {
      ok: false,
      problem: `resource has to be TYPE or TYPE:ID, where TYPE is one of ${RESOURCE_TYPES.join(', ')}`,
    };
  if (id === '')
    return { ok: false, problem: `resource has a colon but no id: ${type}:* or ${type} means all of them` };
  return { ok: true, value: { resourceType: type, resourceId: id ?? '*' } };
}

/** Permissions of one resource type, each once, at least one. */
export function parsePermissions(type: ResourceType, texts: readonly string[]): Parsed<NonEmpty<PermissionType>> {
  const known = texts.filter((text) => hasPermission(type, text));
  const [first, ...others] = new Set(known);
  if (first === undefined || known.length !== texts.length) {
    return { ok: false, problem: `permissions of ${type} are ${RESOURCE_PERMISSIONS[type].join(', ')}` };
  }
  return { ok: true, value: [first, ...others] };
}
