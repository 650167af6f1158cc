import {
  type Authorization,
  hasPermission,
  isResourceType,
  OWNER_TYPES,
  type OwnerType,
  type PermissionType,
  parseId,
  RESOURCE_PERMISSIONS,
  RESOURCE_TYPES,
  type ResourceType,
} from '@stagedoor/access';
import { type Checked, isPrintable, quoted } from './checked.ts';

export type NewGrant = {
  readonly ownerType: string;
  readonly ownerId: string;
  readonly resourceType: string;
  /** `*` for every resource of the type, or an id, matched exactly. */
  readonly resourceId: string;
  readonly permissionTypes: readonly string[];
};

const MAX_ID_LENGTH = 256;
const PERMISSION_TYPES: readonly string[] = [...new Set(Object.values(RESOURCE_PERMISSIONS).flat())].sort();

/** Checks a grant by itself (facts, section 5.1). Whether its owner and its resource exist is not checked. */
export function checkGrant(input: NewGrant, idPattern: RegExp): Checked<Authorization> {
  const { ownerType, ownerId, resourceType, resourceId, permissionTypes } = input;
  const problems = [
    ...enumProblems('ownerType', [ownerType], OWNER_TYPES),
    ...idProblems('ownerId', ownerId, idPattern),
    ...enumProblems('resourceType', [resourceType], RESOURCE_TYPES),
    ...resourceIdProblems(resourceType, resourceId, idPattern),
    ...permissionProblems(resourceType, permissionTypes),
  ];
  if (problems.length > 0 || !isOwnerType(ownerType) || !isResourceType(resourceType)) return { ok: false, problems };
  const permissions = permissionsOf(resourceType, permissionTypes);
  return { ok: true, value: { ownerType, ownerId, resourceType, resourceId, permissionTypes: permissions } };
}

function isOwnerType(text: string): text is OwnerType {
  return (OWNER_TYPES as readonly string[]).includes(text);
}

function enumProblems(field: string, values: readonly string[], allowed: readonly string[]): string[] {
  return values
    .filter((value) => !allowed.includes(value))
    .map((value) => {
      const choice = `Use any of the following values: [${allowed.join(', ')}]`;
      return `Unexpected value ${quoted(value)} for enum field '${field}'. ${choice}`;
    });
}

/** As `parseId` has it, under the names that these fields have. */
function idProblems(field: string, text: string, pattern: RegExp): string[] {
  if (text === '') return [`No ${field} provided`];
  if (text.length > MAX_ID_LENGTH) return [`The provided ${field} exceeds the limit of ${MAX_ID_LENGTH} characters`];
  if (pattern.test(text) && isPrintable(text)) return [];
  return [`The provided ${field} contains illegal characters. It must match the pattern '${pattern.source}'`];
}

function resourceIdProblems(resourceType: string, resourceId: string, idPattern: RegExp): string[] {
  if (resourceId === '*' || (resourceType === 'TENANT' && parseId('tenantId', resourceId).ok)) return [];
  return idProblems('resourceId', resourceId, idPattern);
}

function permissionProblems(resourceType: string, permissionTypes: readonly string[]): string[] {
  if (permissionTypes.length === 0) return ['No permissionTypes provided'];
  const unknown = enumProblems('permissionTypes', permissionTypes, PERMISSION_TYPES);
  if (unknown.length > 0 || !isResourceType(resourceType)) return unknown;
  const unsupported = permissionTypes.filter((text) => !hasPermission(resourceType, text));
  if (unsupported.length === 0) return [];
  const given = `permission types '[${unsupported.join(', ')}]' and resource type '${resourceType}'`;
  const supported = `Supported permission types are: '[${[...RESOURCE_PERMISSIONS[resourceType]].sort().join(', ')}]'`;
  return [`Expected to create authorization with ${given}, but these permissions are not supported. ${supported}`];
}

/** The permissions of a resource type among these texts, each once. */
export function permissionsOf(resourceType: ResourceType, texts: readonly string[]): PermissionType[] {
  return [...new Set(texts.filter((text) => hasPermission(resourceType, text)))];
}
