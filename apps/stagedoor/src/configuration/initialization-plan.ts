import {
  type Authorization,
  type GrantTarget,
  hasPermission,
  type Parsed,
  parseId,
  type ResourceProperty,
  type ResourceType,
} from '@stagedoor/access';
import type { Bound } from './bind.ts';
import type { InitializationPlan, Members } from './configuration.ts';
import { sentence } from './problems.ts';
import type { Reports } from './reports.ts';
import type { SecretText } from './secret-text.ts';

const PREFIX = 'camunda.security.initialization';

type IdKind = Parameters<typeof parseId>[0];
type IdOf<K extends IdKind> = Extract<ReturnType<typeof parseId<K>>, { ok: true }>['value'];
type TargetTexts = {
  readonly resourceType: ResourceType;
  readonly resourceId: string | undefined;
  readonly resourcePropertyName: ResourceProperty | undefined;
};
type MemberLists = { readonly [K in keyof Members]?: readonly string[] };

/** Turns the initialization keys into records to be: ids parsed, doubles refused, permissions checked against their resource. */
export class InitializationReader {
  readonly #bound: Bound;
  readonly #reports: Reports;
  readonly #pattern: RegExp;

  constructor(bound: Bound, reports: Reports, pattern: RegExp) {
    this.#bound = bound;
    this.#reports = reports;
    this.#pattern = pattern;
  }

  read(): InitializationPlan {
    const { settings } = this.#bound;
    const users = this.#users();
    const names = new Set<string>(users.map((user) => user.username));
    return {
      users,
      defaultRoles: [...settings[`${PREFIX}.default-roles`]].flatMap(([role, lists]) =>
        this.#defaultRole(role, lists, names),
      ),
      mappingRules: this.#mappingRules(),
      authorizations: settings[`${PREFIX}.authorizations`].flatMap((_, index) => this.#authorization(index)),
      groups: this.#containers('groups', 'groupId', settings[`${PREFIX}.groups`]).map(({ id, ...rest }) => ({
        groupId: id,
        ...rest,
      })),
      roles: this.#containers('roles', 'roleId', settings[`${PREFIX}.roles`]).map(({ id, ...rest }) => ({
        roleId: id,
        ...rest,
      })),
      tenants: this.#containers('tenants', 'tenantId', settings[`${PREFIX}.tenants`]).map(({ id, ...rest }) => ({
        tenantId: id,
        ...rest,
      })),
    };
  }

  #users(): InitializationPlan['users'] {
    const key = `${PREFIX}.users` as const;
    const users = this.#bound.settings[key].flatMap((user, index) => {
      const username = this.#id('username', `${key}[${index}].username`, user.username);
      if (!username) return [];
      const { name, password, email = '' } = user;
      return [
        {
          username,
          name,
          email,
          password,
          wellKnown: this.#isWellKnown(`${key}[${index}].password`, username, password),
        },
      ];
    });
    this.#refuseDoubles(
      key,
      'username',
      users.map((user) => user.username),
    );
    return users;
  }

  #isWellKnown(key: string, username: string, password: SecretText): boolean {
    const byProfile = this.#bound.originOf(key).kind === 'profile';
    return byProfile || isWellKnownSecret(username, password);
  }

  #defaultRole(role: string, lists: MemberLists, names: ReadonlySet<string>): InitializationPlan['defaultRoles'] {
    const key = `${PREFIX}.default-roles.${role}`;
    const roleId = this.#id('roleId', key, role);
    if (!roleId) return [];
    return [{ roleId, members: this.#members(key, this.#withoutGhosts(key, lists, names)) }];
  }

  /** A profile's member who is no longer configured must not become a promise to whoever takes the name. */
  #withoutGhosts(key: string, lists: MemberLists, names: ReadonlySet<string>): MemberLists {
    const origin = this.#bound.originOf(`${key}.users`);
    const withUsers = this.#bound.settings['camunda.security.authentication.method'] !== 'oidc';
    const users = lists.users ?? [];
    if (origin.kind !== 'profile' || !withUsers || users.every((username) => names.has(username))) return lists;
    const rule = `is left out, since ${PREFIX}.users names other users: say here who has the role`;
    this.#reports.notes.add(sentence(`${key}.users`, origin, rule));
    return { ...lists, users: users.filter((username) => names.has(username)) };
  }

  #mappingRules(): InitializationPlan['mappingRules'] {
    const key = `${PREFIX}.mappingrules` as const;
    const rules = this.#bound.settings[key].flatMap((rule, index) => {
      const mappingRuleId = this.#id('mappingRuleId', `${key}[${index}].mapping-rule-id`, rule['mapping-rule-id']);
      return mappingRuleId ? [{ mappingRuleId, claimName: rule['claim-name'], claimValue: rule['claim-value'] }] : [];
    });
    this.#refuseDoubles(
      key,
      'mapping-rule-id',
      rules.map((rule) => rule.mappingRuleId),
    );
    return rules;
  }

  #authorization(index: number): Authorization[] {
    const key = `${PREFIX}.authorizations`;
    const row = this.#bound.settings[`${PREFIX}.authorizations`][index];
    if (!row) return [];
    const { ownerType, ownerId, resourceType } = row;
    const target = this.#target(`${key}[${index}]`, row);
    const at = `${key}[${index}].permissions`;
    const known = row.permissions.filter((permission) => hasPermission(resourceType, permission));
    const wrongType = [`${key}[${index}].resourceType`];
    if (row.permissions.length === 0) {
      this.#reports.problems.addUnless(
        wrongType,
        at,
        this.#bound.originOf(`${key}[${index}]`),
        'is missing: name at least one permission',
      );
    } else if (known.length < row.permissions.length) {
      this.#reports.problems.addUnless(
        wrongType,
        at,
        this.#bound.originOf(at),
        `has a permission that ${resourceType} does not have`,
      );
    }
    return target === null ? [] : [{ ownerType, ownerId, resourceType, ...target, permissionTypes: known }];
  }

  /** Exactly one of the two ways to say what a grant is on. */
  #target(key: string, { resourceType, resourceId, resourcePropertyName }: TargetTexts): GrantTarget | null {
    const origin = this.#bound.originOf(key);
    const wrong = (field: string, rule: string) => {
      const unread = [`${key}.resourceType`, `${key}.resourcePropertyName`];
      this.#reports.problems.addUnless(unread, `${key}.${field}`, origin, rule);
      return null;
    };
    if (resourcePropertyName === undefined) {
      return resourceId === undefined
        ? wrong('resourceId', 'is missing: name a resource, `*` for all, or a resourcePropertyName')
        : { resourceId };
    }
    if (resourceId !== undefined) return wrong('resourceId', 'is given beside resourcePropertyName: use one of them');
    if (resourceType === 'USER_TASK') return { resourcePropertyName };
    return wrong('resourcePropertyName', `is for USER_TASK alone: ${resourceType} has no properties`);
  }

  #containers<K extends 'groupId' | 'roleId' | 'tenantId'>(
    list: 'groups' | 'roles' | 'tenants',
    kind: K,
    rows: readonly ({ readonly [id in K]: string } & MemberLists & {
        readonly name: string | undefined;
        readonly description: string;
      })[],
  ): { id: IdOf<K>; name: string; description: string; members: Members }[] {
    const key = `${PREFIX}.${list}`;
    const containers = rows.flatMap((row, index) => {
      const id = this.#id(kind, `${key}[${index}].${kind}`, row[kind]);
      return id
        ? [{ id, name: row.name ?? id, description: row.description, members: this.#members(`${key}[${index}]`, row) }]
        : [];
    });
    this.#refuseDoubles(
      key,
      kind,
      containers.map(({ id }) => id),
    );
    return containers;
  }

  #members(key: string, lists: MemberLists): Members {
    return {
      users: this.#ids('username', `${key}.users`, lists.users),
      clients: this.#ids('clientId', `${key}.clients`, lists.clients),
      mappingRules: this.#ids('mappingRuleId', `${key}.mappingRules`, lists.mappingRules),
      groups: this.#ids('groupId', `${key}.groups`, lists.groups),
      roles: this.#ids('roleId', `${key}.roles`, lists.roles),
    };
  }

  #ids<K extends IdKind>(kind: K, key: string, texts: readonly string[] = []): IdOf<K>[] {
    return texts.flatMap((text) => this.#id(kind, key, text) ?? []);
  }

  #id<K extends IdKind>(kind: K, key: string, text: string): IdOf<K> | null {
    const parsed: Parsed<IdOf<K>> = parseId(kind, text, this.#pattern);
    if (parsed.ok) return parsed.value;
    this.#reports.problems.addUnless([], key, this.#bound.originOf(key), `is not an id. ${parsed.problem}`);
    return null;
  }

  #refuseDoubles(key: string, field: string, ids: readonly string[]): void {
    if (new Set(ids).size === ids.length) return;
    this.#reports.problems.addUnless(
      [],
      key,
      this.#bound.originOf(key),
      `has two entries with the same ${field}: remove one of them`,
    );
  }
}

/** True where the secret says nothing that its owner's name does not say. */
export function isWellKnownSecret(name: string, secret: SecretText): boolean {
  return secret.reveal().toLowerCase() === name.toLowerCase();
}
