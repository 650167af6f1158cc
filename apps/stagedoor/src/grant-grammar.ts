import {
  hasPermission,
  isResourceProperty,
  isResourceType,
  type NonEmpty,
  type OwnerType,
  type Parsed,
  type PermissionType,
  RESOURCE_PERMISSIONS,
  RESOURCE_PROPERTIES,
  RESOURCE_TYPES,
  type ResourceProperty,
  type ResourceType,
} from '@stagedoor/access';

/** What the command line calls an owner, and what the records call it. */
export const OWNER_KINDS = {
  user: 'USER',
  client: 'CLIENT',
  role: 'ROLE',
  group: 'GROUP',
  'mapping-rule': 'MAPPING_RULE',
} as const satisfies Record<string, OwnerType>;

export type GrantOwner = { readonly ownerType: OwnerType; readonly ownerId: string };
/** As the command line says it. */
export const OWNER_FORMS = 'user:NAME, client:ID, role:ID, group:ID or mapping-rule:ID';
export type GrantResource = { readonly resourceType: ResourceType; readonly resourceId: string };

function isOwnerKind(text: string): text is keyof typeof OWNER_KINDS {
  return Object.hasOwn(OWNER_KINDS, text);
}

/** Splits at the first colon; without one, the second part is undefined. */
function splitAtColon(text: string): [string, string | undefined] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

/**
 * `user:NAME`, `client:ID` and their likes. Whether there is such an owner, and the alphabet of its id, are not checked. Here and
 * below `problem` completes a sentence that begins with what was parsed.
 */
export function parseOwner(text: string): Parsed<GrantOwner> {
  const [kind, id] = splitAtColon(text);
  if (id && isOwnerKind(kind)) return { ok: true, value: { ownerType: OWNER_KINDS[kind], ownerId: id } };
  return { ok: false, problem: `has to be ${OWNER_FORMS}` };
}

/** `TYPE` or `TYPE:ID`; `TYPE` alone and `TYPE:*` mean every resource of the type. */
export function parseResource(text: string): Parsed<GrantResource> {
  const [type, id] = splitAtColon(text);
  if (!isResourceType(type))
    return {
      ok: false,
      problem: `has to be TYPE or TYPE:ID, where TYPE is one of ${RESOURCE_TYPES.join(', ')}`,
    };
  if (id === '') return { ok: false, problem: `has a colon but no id: ${type}:* or ${type} means all of them` };
  return { ok: true, value: { resourceType: type, resourceId: id ?? '*' } };
}

/**
 * What a user task says of people, in the place of an id: its assignee, its candidates. Beside `USER_TASK` alone, for nothing else
 * has properties, and one task is reached by its id.
 */
export function parseProperty(resource: string, text: string): Parsed<ResourceProperty> {
  if (!isResourceProperty(text)) return { ok: false, problem: `has to be one of ${RESOURCE_PROPERTIES.join(', ')}` };
  if (resource === 'USER_TASK') return { ok: true, value: text };
  return { ok: false, problem: 'goes with the resource USER_TASK, without an id, and with no other' };
}

/** Permissions of one resource type, each once, at least one. */
export function parsePermissions(type: ResourceType, texts: readonly string[]): Parsed<NonEmpty<PermissionType>> {
  const known = texts.filter((text) => hasPermission(type, text));
  const [first, ...others] = new Set(known);
  if (first === undefined || known.length !== texts.length) {
    return { ok: false, problem: `has to be of those that ${type} has: ${RESOURCE_PERMISSIONS[type].join(', ')}` };
  }
  return { ok: true, value: [first, ...others] };
}
