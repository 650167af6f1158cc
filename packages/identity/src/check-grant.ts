import {
  type Authorization,
  type GrantTarget,
  hasPermission,
  isResourceProperty,
  isResourceType,
  OWNER_TYPES,
  type OwnerType,
  type PermissionType,
  parseId,
  RESOURCE_PERMISSIONS,
  RESOURCE_PROPERTIES,
  RESOURCE_TYPES,
  type ResourceType,
} from '@stagedoor/access';
import { type Checked, isPrintable, quoted } from './checked.ts';

export type NewGrant = {
  readonly ownerType: string;
  readonly ownerId: string;
  readonly resourceType: string;
  /** `*` for every resource of the type, or an id, matched exactly. Either this or a property. */
  readonly resourceId?: string | undefined;
  /** Of user tasks only: what of a task has to name the owner, or whoever has the grant from him. */
  readonly resourcePropertyName?: string | undefined;
  readonly permissionTypes: readonly string[];
};

const MAX_ID_LENGTH = 256;
const PERMISSION_TYPES: readonly string[] = [...new Set(Object.values(RESOURCE_PERMISSIONS).flat())].sort();

/** Checks a grant by itself (facts, section 5.1). Whether its owner and its resource exist is not checked. */
export function checkGrant(input: NewGrant, idPattern: RegExp): Checked<Authorization> {
  const { ownerType, ownerId, resourceType, permissionTypes } = input;
  const target = checkTarget(input, idPattern);
  const problems = [
    ...enumProblems('ownerType', [ownerType], OWNER_TYPES),
    ...idProblems('ownerId', ownerId, idPattern),
    ...enumProblems('resourceType', [resourceType], RESOURCE_TYPES),
    ...(target.ok ? [] : target.problems),
    ...permissionProblems(resourceType, permissionTypes),
  ];
  if (problems.length > 0 || !target.ok || !isOwnerType(ownerType) || !isResourceType(resourceType)) {
    return { ok: false, problems };
  }
  const permissions = permissionsOf(resourceType, permissionTypes);
  return { ok: true, value: { ownerType, ownerId, resourceType, ...target.value, permissionTypes: permissions } };
}

/** Exactly one of the two ways to say what a grant is on. */
function checkTarget(
  { resourceType, resourceId, resourcePropertyName }: NewGrant,
  idPattern: RegExp,
): Checked<GrantTarget> {
  if (resourceId === undefined && resourcePropertyName === undefined) {
    return { ok: false, problems: ['At least one of [resourceId, resourcePropertyName] is required'] };
  }
  if (resourcePropertyName === undefined) {
    const problems = resourceIdProblems(resourceType, resourceId ?? '', idPattern);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: { resourceId: resourceId ?? '' } };
  }
  if (resourceId !== undefined) {
    return { ok: false, problems: ['Only one of [resourceId, resourcePropertyName] is allowed'] };
  }
  if (!isResourceProperty(resourcePropertyName)) {
    return { ok: false, problems: enumProblems('resourcePropertyName', [resourcePropertyName], RESOURCE_PROPERTIES) };
  }
  if (resourceType === 'USER_TASK') return { ok: true, value: { resourcePropertyName } };
  const problem = `The provided resourcePropertyName '${resourcePropertyName}' is only supported for resource type 'USER_TASK'`;
  return { ok: false, problems: [problem] };
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
