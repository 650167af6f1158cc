import type { Authorization, KeyedAuthorization } from './grant.ts';
import type { GroupId, MappingRuleId, RoleId, TenantId, Username } from './vocabulary.ts';

export type UserRecord = {
  readonly username: Username;
  readonly name: string;
  readonly email: string;
  /** As stored: argon2id or bcrypt, in its own text form. */
  readonly passwordHash: string;
  /** Changes with every password; what a session or a remembered verdict was made for. */
  readonly credentialVersion: string;
};

export type MemberType = 'user' | 'client' | 'group' | 'role' | 'mapping-rule';
/** One line of a group's, role's or tenant's member list. */
export type Membership = {
  readonly containerType: 'group' | 'role' | 'tenant';
  readonly containerId: string;
  readonly memberType: MemberType;
  readonly memberId: string;
};

export type MappingRule = {
  readonly mappingRuleId: MappingRuleId;
  readonly claimName: string;
  readonly claimValue: string;
};
export type NamedRecord<Id extends string> = { readonly id: Id; readonly name: string; readonly description: string };

export type SnapshotRecords = {
  readonly epoch: number;
  readonly users: readonly UserRecord[];
  readonly groups: readonly NamedRecord<GroupId>[];
  readonly roles: readonly NamedRecord<RoleId>[];
  readonly tenants: readonly NamedRecord<TenantId>[];
  readonly mappingRules: readonly MappingRule[];
  readonly memberships: readonly Membership[];
  readonly authorizations: readonly KeyedAuthorization[];
  /** True once an administrator has ever existed (the permanent latch of the first set-up). */
  readonly administratorHasExisted: boolean;
};

/**
 * One change of the records; null is a removal, anything else replaces what has the same id or key. Nothing cascades: the
 * memberships and the grants of a deleted group are changes of their own.
 */
export type SnapshotChange =
  | { readonly kind: 'user'; readonly username: Username; readonly record: UserRecord | null }
  | { readonly kind: 'group'; readonly id: GroupId; readonly record: NamedRecord<GroupId> | null }
  | { readonly kind: 'role'; readonly id: RoleId; readonly record: NamedRecord<RoleId> | null }
  | { readonly kind: 'tenant'; readonly id: TenantId; readonly record: NamedRecord<TenantId> | null }
  | { readonly kind: 'mapping-rule'; readonly id: MappingRuleId; readonly record: MappingRule | null }
  | { readonly kind: 'member'; readonly membership: Membership; readonly present: boolean }
  | { readonly kind: 'grant'; readonly key: string; readonly grant: Authorization | null }
  | { readonly kind: 'administrator-existed' };
