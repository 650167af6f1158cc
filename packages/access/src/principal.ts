import type { ClientId, GroupId, MappingRuleId, RoleId, TenantId, Username } from './vocabulary.ts';

/** Who a credential names, before anything was looked up. A principal is (kind, id): a user `demo` is never a client `demo`. */
export type Subject =
  | { readonly kind: 'user'; readonly username: Username }
  | { readonly kind: 'client'; readonly clientId: ClientId };

/** A subject that a verified token named, with what its issuer's policy lets the token say about groups and mapping rules. */
export type TokenSubject = {
  readonly subject: Subject;
  /** Groups from the token; `null` where the groups are the records' (no groups claim is configured). */
  readonly groups: readonly GroupId[] | null;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Roles of Operate 8.6 that the token carries, where its issuer's policy lets it (`operate-levels.ts`). */
  readonly roles?: readonly RoleId[];
};

export type Memberships = {
  readonly mappingRules: readonly MappingRuleId[];
  readonly groups: readonly GroupId[];
  readonly roles: readonly RoleId[];
  readonly tenants: readonly TenantId[];
};

export type Principal =
  | { readonly kind: 'anonymous' }
  | ({ readonly kind: 'user'; readonly username: Username } & Memberships)
  | ({ readonly kind: 'client'; readonly clientId: ClientId } & Memberships);

export const anonymousPrincipal: Principal = { kind: 'anonymous' };
