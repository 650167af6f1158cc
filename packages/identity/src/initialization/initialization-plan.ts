import type { Username } from '@stagedoor/access';

type Texts = readonly string[];

/**
 * `camunda.security.initialization.*` as it was configured ("identity as code", facts, section 1.3): texts, not yet checked.
 * A kind that is left out is empty.
 */
export type InitializationPlan = {
  readonly users?: readonly { username: string; password: string; name?: string; email?: string }[];
  /** Keyed by the id of a default role, in any case. */
  readonly defaultRoles?: Readonly<Record<string, PlannedMembers>>;
  readonly mappingRules?: readonly { mappingRuleId: string; claimName: string; claimValue: string }[];
  readonly authorizations?: readonly PlannedAuthorization[];
  readonly groups?: readonly ({ groupId: string } & Described &
    Pick<PlannedMembers, 'users' | 'clients' | 'mappingRules'>)[];
  readonly roles?: readonly ({ roleId: string } & Described & Omit<PlannedMembers, 'roles'>)[];
  readonly tenants?: readonly ({ tenantId: string } & Described & PlannedMembers)[];
};

export type PlannedAuthorization = {
  readonly ownerType: string;
  readonly ownerId: string;
  readonly resourceType: string;
  /** Either this or a property. */
  readonly resourceId?: string | undefined;
  readonly resourcePropertyName?: string | undefined;
  readonly permissions: Texts;
};

export type Described = { readonly name?: string; readonly description?: string };

/** Ids of members by kind. A role among the members of a role is recorded, but hands nothing on. */
export type PlannedMembers = {
  readonly users?: Texts;
  readonly clients?: Texts;
  readonly groups?: Texts;
  readonly roles?: Texts;
  readonly mappingRules?: Texts;
};

/** What came of a plan, for the program to say. */
export type InitializationReport = {
  readonly createdUsers: readonly Username[];
  /** Users whose configured password was not the stored one: it is now, and their sessions have ended. */
  readonly replacedPasswords: readonly Username[];
  /** Default roles with configured members that somebody has deleted: they stay deleted. */
  readonly deletedRoles: readonly string[];
};

/** A plan that was not carried out, not even in part. `problems` are all of them, each beginning with the key it is about. */
export class InitializationError extends Error {
  override readonly name = 'InitializationError';
  readonly code = 'INITIALIZATION_REFUSED';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configured identities cannot be created:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}
