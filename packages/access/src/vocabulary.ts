/** Ids of the field, obtained only by parsing, and what every package calls an API, an audience, a scope. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type Username = Branded<'Username'>;
export type ClientId = Branded<'ClientId'>;
export type GroupId = Branded<'GroupId'>;
export type RoleId = Branded<'RoleId'>;
export type MappingRuleId = Branded<'MappingRuleId'>;
export type TenantId = Branded<'TenantId'>;

type IdKinds = {
  username: Username;
  clientId: ClientId;
  groupId: GroupId;
  roleId: RoleId;
  mappingRuleId: MappingRuleId;
  tenantId: TenantId;
};

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Camunda's `id-validation-pattern`; the default is the one of 8.10. */
export const DEFAULT_ID_PATTERN = /^[a-zA-Z0-9_~@.+-]+$/;
export const DEFAULT_TENANT = '<default>' as TenantId;

/** Roles that only a token puts somebody into (`operate-levels.ts`); no record has such an id, whatever the pattern. */
const TOKEN_ROLE = /^operate:/;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;
const TENANT_PATTERN = /^(?:<default>|[\w.-]{1,31})$/;

/** Parses an id of a record that is kept here. `problem` names the field and what is wrong, and never repeats the text. */
export function parseId<K extends keyof IdKinds>(
  kind: K,
  text: unknown,
  pattern = DEFAULT_ID_PATTERN,
): Parsed<IdKinds[K]> {
  if (typeof text !== 'string' || text === '') return { ok: false, problem: `No ${kind} provided` };
  if (text.length > 256) return { ok: false, problem: `The provided ${kind} exceeds the limit of 256 characters` };
  const rule = kind === 'tenantId' ? TENANT_PATTERN : pattern;
  // A configured pattern may let through what no id may have: keys of the snapshot are joined with NUL.
  if (!rule.test(text) || CONTROL_CHARACTER.test(text) || (kind === 'roleId' && TOKEN_ROLE.test(text))) {
    return {
      ok: false,
      problem: `The provided ${kind} contains illegal characters. It must match the pattern '${rule.source}'`,
    };
  }
  return { ok: true, value: text as IdKinds[K] };
}

/** A subject that a verified token names. Issuers choose their own alphabets, so only length and control characters are checked. */
export function parseForeignId<K extends 'username' | 'clientId' | 'groupId'>(
  kind: K,
  text: unknown,
): Parsed<IdKinds[K]> {
  if (typeof text !== 'string' || text === '') return { ok: false, problem: `the ${kind} claim is not a text` };
  if (text.length > 256) return { ok: false, problem: `the ${kind} claim is longer than 256 characters` };
  if (CONTROL_CHARACTER.test(text)) return { ok: false, problem: `the ${kind} claim has control characters` };
  return { ok: true, value: text as IdKinds[K] };
}

/** The APIs behind the door. A token opens one of them by its audience (contract, "Clients, scopes, audiences"). */
export const APIS = ['orchestration', 'operate', 'zeebe', 'tasklist', 'administration'] as const;
export type Api = (typeof APIS)[number];

/** Audiences of the embedded issuer, and the APIs that each of them opens. */
export const AUDIENCE_OPENS = {
  'operate.camunda.io': ['operate'],
  'operate-api': ['operate'],
  'zeebe.camunda.io': ['zeebe', 'orchestration'],
  'zeebe-api': ['zeebe', 'orchestration'],
  'tasklist.camunda.io': ['tasklist'],
  'tasklist-api': ['tasklist'],
  orchestration: ['orchestration', 'operate', 'zeebe', 'tasklist'],
  'orchestration-api': ['orchestration', 'operate', 'zeebe', 'tasklist'],
  'console-api': ['administration'],
  'api.cloud.camunda.io': ['administration'],
} as const satisfies Record<string, readonly Api[]>;
export type Audience = keyof typeof AUDIENCE_OPENS;

/** Scopes of a registered client, and the audiences that each allows. */
export const SCOPE_AUDIENCES = {
  operate: ['operate.camunda.io', 'operate-api'],
  zeebe: ['zeebe.camunda.io', 'zeebe-api'],
  tasklist: ['tasklist.camunda.io', 'tasklist-api'],
  orchestration: ['orchestration', 'orchestration-api'],
  administration: ['console-api', 'api.cloud.camunda.io'],
} as const satisfies Record<string, readonly Audience[]>;
export type Scope = keyof typeof SCOPE_AUDIENCES;

export const SCOPES = Object.keys(SCOPE_AUDIENCES) as readonly Scope[];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPE_AUDIENCES, text);
}

export function isAudience(text: string): text is Audience {
  return Object.hasOwn(AUDIENCE_OPENS, text);
}

export type NonEmpty<T> = readonly [T, ...T[]];

/** Ends an exhaustive switch: a new member of the union fails to compile here. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected ${JSON.stringify(value)}`);
}
