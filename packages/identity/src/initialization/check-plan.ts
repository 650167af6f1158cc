import {
  type Authorization,
  type GroupId,
  type MappingRule,
  type Membership,
  type MemberType,
  type NamedRecord,
  type OwnerType,
  type Parsed,
  parseId,
  type RoleId,
  type TenantId,
} from '@stagedoor/access';
import { checkGrant } from '../check-grant.ts';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from '../check-record.ts';
import { type CheckedUser, checkUser, type NewUser } from '../check-user.ts';
import { type Checked, isPrintable, quoted } from '../checked.ts';
import { DEFAULT_ROLE_IDS } from '../default-records.ts';
import type { ForeignRecords } from '../identity-parts.ts';
import { isKnown, type RecordedIds, recordOfResource } from '../recorded-ids.ts';
import type { Described, InitializationPlan, PlannedAuthorization, PlannedMembers } from './initialization-plan.ts';

const PREFIX = 'camunda.security.initialization';

/** A plan in which every id is parsed and every name stands for somebody. */
export type CheckedPlan = {
  readonly users: CheckedUser[];
  readonly groups: NamedRecord<GroupId>[];
  readonly roles: NamedRecord<RoleId>[];
  readonly tenants: NamedRecord<TenantId>[];
  readonly mappingRules: MappingRule[];
  readonly memberships: Membership[];
  readonly authorizations: Authorization[];
};

export type PlanRules = {
  readonly idPattern: RegExp;
  readonly foreign: ForeignRecords;
  readonly recorded: RecordedIds;
};

type MemberKind = {
  readonly key: keyof PlannedMembers;
  readonly memberType: MemberType;
  readonly id: 'username' | 'clientId' | 'groupId' | 'roleId' | 'mappingRuleId';
  readonly owner: OwnerType;
};

const MEMBER_KINDS: readonly MemberKind[] = [
  { key: 'users', memberType: 'user', id: 'username', owner: 'USER' },
  { key: 'clients', memberType: 'client', id: 'clientId', owner: 'CLIENT' },
  { key: 'groups', memberType: 'group', id: 'groupId', owner: 'GROUP' },
  { key: 'roles', memberType: 'role', id: 'roleId', owner: 'ROLE' },
  { key: 'mappingRules', memberType: 'mapping-rule', id: 'mappingRuleId', owner: 'MAPPING_RULE' },
];

/** Checks a whole plan against itself and the records, and collects everything that is wrong with it. */
export function checkPlan(plan: InitializationPlan, rules: PlanRules): Checked<CheckedPlan> {
  const check = new PlanCheck(plan, rules);
  return check.problems.length > 0 ? { ok: false, problems: check.problems } : { ok: true, value: check.plan };
}

class PlanCheck {
  readonly problems: string[] = [];
  readonly plan: CheckedPlan = {
    users: [],
    groups: [],
    roles: [],
    tenants: [],
    mappingRules: [],
    memberships: [],
    authorizations: [],
  };
  readonly #rules: PlanRules;
  /** What will exist when the plan is carried out: the records and what the plan creates. */
  readonly #known: RecordedIds;

  constructor(plan: InitializationPlan, rules: PlanRules) {
    this.#rules = rules;
    const { USER, GROUP, ROLE, MAPPING_RULE } = rules.recorded;
    this.#known = {
      USER: new Set(USER),
      GROUP: new Set(GROUP),
      ROLE: new Set(ROLE),
      MAPPING_RULE: new Set(MAPPING_RULE),
    };
    this.#entities(plan);
    this.#members(plan);
    plan.authorizations?.forEach((grant, index) => {
      this.#authorization(`${PREFIX}.authorizations[${index}]`, grant);
    });
  }

  /** Everything that can be named, before anything that names it. */
  #entities(plan: InitializationPlan): void {
    plan.users?.forEach((user, index) => {
      this.#user(`${PREFIX}.users[${index}]`, user);
    });
    plan.groups?.forEach((group, index) => {
      const at = `${PREFIX}.groups[${index}]`;
      this.#named(at, this.#id(at, 'groupId', group.groupId), group, this.plan.groups);
    });
    plan.roles?.forEach((role, index) => {
      const at = `${PREFIX}.roles[${index}]`;
      this.#named(at, this.#id(at, 'roleId', role.roleId), role, this.plan.roles);
    });
    plan.tenants?.forEach((tenant, index) => {
      const at = `${PREFIX}.tenants[${index}]`;
      this.#named(at, this.#id(at, 'tenantId', tenant.tenantId), tenant, this.plan.tenants);
    });
    for (const { groupId } of plan.groups ?? []) this.#known.GROUP.add(groupId);
    for (const { roleId } of plan.roles ?? []) this.#known.ROLE.add(roleId);
    plan.mappingRules?.forEach((rule, index) => {
      this.#mappingRule(`${PREFIX}.mapping-rules[${index}]`, rule);
      this.#known.MAPPING_RULE.add(rule.mappingRuleId);
    });
  }

  #members(plan: InitializationPlan): void {
    for (const [key, members] of Object.entries(plan.defaultRoles ?? {})) {
      const at = `${PREFIX}.default-roles.${isPrintable(key) ? key : '?'}`;
      const id = DEFAULT_ROLE_IDS.find((role) => plainKey(role) === plainKey(key));
      if (id === undefined)
        this.problems.push(`${at}: there is no such default role. Use one of ${DEFAULT_ROLE_IDS.join(', ')}`);
      else this.#membersOf(at, 'role', id, members);
    }
    plan.groups?.forEach((group, index) => {
      this.#membersOf(`${PREFIX}.groups[${index}]`, 'group', group.groupId, group);
    });
    plan.roles?.forEach((role, index) => {
      this.#membersOf(`${PREFIX}.roles[${index}]`, 'role', role.roleId, role);
    });
    plan.tenants?.forEach((tenant, index) => {
      this.#membersOf(`${PREFIX}.tenants[${index}]`, 'tenant', tenant.tenantId, tenant);
    });
  }

  #membersOf(
    at: string,
    containerType: Membership['containerType'],
    containerId: string,
    members: PlannedMembers,
  ): void {
    for (const { key, memberType, id, owner } of MEMBER_KINDS) {
      members[key]?.forEach((text, index) => {
        const place = `${at}.${key}[${index}]`;
        const memberId = this.#id(place, id, text);
        if (memberId === undefined || !this.#exists(place, owner, memberId)) return;
        this.plan.memberships.push({ containerType, containerId, memberType, memberId });
      });
    }
  }

  #user(at: string, user: NewUser): void {
    // Known by name even if something is wrong with him: one problem, not one for each mention.
    this.#known.USER.add(user.username);
    const checked = this.#take(at, checkUser(user, this.#rules.idPattern));
    const others = this.plan.users.map((other) => other.username);
    // After the first login our own hash stands in its place: nobody could tell at the next start whether they agree.
    if (user.password.startsWith('{bcrypt}')) {
      this.problems.push(`${at}.password: a configured password is given in clear; a hash comes in by user create`);
      return;
    }
    if (checked && this.#isNew(at, checked.username, others)) this.plan.users.push(checked);
  }

  #mappingRule(at: string, rule: { mappingRuleId: string; claimName: string; claimValue: string }): void {
    const mappingRuleId = this.#id(at, 'mappingRuleId', rule.mappingRuleId);
    const { claimName, claimValue } = rule;
    const named = this.#text(at, 'claimName', claimName, true);
    const valued = this.#text(at, 'claimValue', claimValue, true);
    if (mappingRuleId === undefined || !named || !valued) return;
    const others = this.plan.mappingRules.map((other) => other.mappingRuleId);
    if (this.#isNew(at, mappingRuleId, others)) this.plan.mappingRules.push({ mappingRuleId, claimName, claimValue });
  }

  #authorization(at: string, planned: PlannedAuthorization): void {
    const checked = this.#take(
      at,
      checkGrant({ ...planned, permissionTypes: planned.permissions }, this.#rules.idPattern),
    );
    if (!checked || !this.#exists(`${at}.owner-id`, checked.ownerType, checked.ownerId)) return;
    const resource = recordOfResource(checked);
    if (resource && !this.#exists(`${at}.resource-id`, resource.type, resource.id)) return;
    this.plan.authorizations.push(checked);
  }

  #named<Id extends string>(at: string, id: Id | undefined, described: Described, into: NamedRecord<Id>[]): void {
    const { name = id ?? '', description = '' } = described;
    const texts = [this.#text(at, 'name', name, false), this.#text(at, 'description', description, false)];
    if (id === undefined || texts.includes(false)) return;
    if (
      this.#isNew(
        at,
        id,
        into.map((other) => other.id),
      )
    )
      into.push({ id, name, description });
  }

  #exists(at: string, type: OwnerType, id: string): boolean {
    if (isKnown(this.#known, this.#rules.foreign, type, id)) return true;
    const kind = type.toLowerCase().replace('_', ' ');
    this.problems.push(`${at}: there is no ${kind} '${id}', neither configured nor recorded`);
    return false;
  }

  #isNew(at: string, id: string, others: readonly string[]): boolean {
    if (!others.includes(id)) return true;
    this.problems.push(`${at}: '${id}' is configured twice`);
    return false;
  }

  #id<K extends Parameters<typeof parseId>[0]>(at: string, kind: K, text: string) {
    const parsed = parseId(kind, text, this.#rules.idPattern);
    return this.#take(at, asChecked(parsed));
  }

  #text(
    at: string,
    field: 'name' | 'description' | 'claimName' | 'claimValue',
    text: string,
    required: boolean,
  ): boolean {
    const limit = field === 'description' ? MAX_DESCRIPTION_LENGTH : MAX_NAME_LENGTH;
    if (text === '' && required) this.problems.push(`${at}: No ${field} provided.`);
    else if (text.length > limit)
      this.problems.push(`${at}: The provided ${field} exceeds the limit of ${limit} characters.`);
    else if (!isPrintable(text))
      this.problems.push(`${at}: The provided ${field} ${quoted(text)} contains illegal characters.`);
    else return true;
    return false;
  }

  #take<T>(at: string, checked: Checked<T>): T | undefined {
    if (checked.ok) return checked.value;
    for (const problem of checked.problems) this.problems.push(`${at}: ${problem}.`);
    return undefined;
  }
}

function asChecked<T>(parsed: Parsed<T>): Checked<T> {
  return parsed.ok ? parsed : { ok: false, problems: [parsed.problem] };
}

/** Environment variables have no dashes and no case. */
function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '');
}
