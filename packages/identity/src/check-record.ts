import {
  type GroupId,
  type MappingRule,
  type NamedRecord,
  parseId,
  type RoleId,
  type TenantId,
} from '@stagedoor/access';
import { type Checked, isPrintable, quoted } from './checked.ts';

export const MAX_NAME_LENGTH = 256;
/** Not Camunda's: a description is shown, and kept in memory by every process. */
export const MAX_DESCRIPTION_LENGTH = 4096;

/** The kinds of records that have an id, a name and a description. */
export type NamedKind = 'role' | 'group' | 'tenant';
export type IdOf = { readonly role: RoleId; readonly group: GroupId; readonly tenant: TenantId };
export const ID_FIELDS = { role: 'roleId', group: 'groupId', tenant: 'tenantId' } as const satisfies Record<
  NamedKind,
  string
>;
/** What the audit log calls them, and what the ids of v2's rows do. */
export const ENTITY_TYPES = { role: 'ROLE', group: 'GROUP', tenant: 'TENANT' } as const;
export const OPERATION_NAMES = { role: 'Role', group: 'Group', tenant: 'Tenant' } as const;

export type NewNamedRecord = { readonly id: string; readonly name: string; readonly description?: string | undefined };

export function checkNamedRecord<K extends NamedKind>(
  kind: K,
  input: NewNamedRecord,
  idPattern: RegExp,
): Checked<NamedRecord<IdOf[K]>> {
  const id = parseId(ID_FIELDS[kind], input.id, idPattern);
  const { name, description = '' } = input;
  const problems = [
    ...(id.ok ? [] : [id.problem]),
    ...requiredTextProblems('name', name),
    ...textProblems('description', description, MAX_DESCRIPTION_LENGTH),
  ];
  if (!id.ok || problems.length > 0) return { ok: false, problems };
  // ID_FIELDS pairs the kinds with the ids; the compiler does not follow it through a type parameter.
  return { ok: true, value: { id: id.value as string as IdOf[K], name, description } };
}

export type NewMappingRule = {
  readonly mappingRuleId: string;
  readonly name: string;
  readonly claimName: string;
  readonly claimValue: string;
};
export type NamedMappingRule = MappingRule & { readonly name: string };

export function checkMappingRule(input: NewMappingRule, idPattern: RegExp): Checked<NamedMappingRule> {
  const id = parseId('mappingRuleId', input.mappingRuleId, idPattern);
  const { name, claimName, claimValue } = input;
  const problems = [
    ...(id.ok ? [] : [id.problem]),
    ...requiredTextProblems('name', name),
    ...requiredTextProblems('claimName', claimName),
    ...requiredTextProblems('claimValue', claimValue),
  ];
  if (!id.ok || problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { mappingRuleId: id.value, name, claimName, claimValue } };
}

function requiredTextProblems(field: string, text: string): string[] {
  return text.trim() === '' ? [`No ${field} provided`] : textProblems(field, text, MAX_NAME_LENGTH);
}

function textProblems(field: string, text: string, limit: number): string[] {
  if (text.length > limit) return [`The provided ${field} exceeds the limit of ${limit} characters`];
  return isPrintable(text) ? [] : [`The provided ${field} ${quoted(text)} contains illegal characters`];
}
