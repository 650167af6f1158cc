import type { Authorization, Membership, NamedRecord, Username, UserRecord } from '@stagedoor/access';
import { findAuthorization, joinAuthorizations } from '../authorization-rows.ts';
import { ENTITY_TYPES, type IdOf, type NamedKind, OPERATION_NAMES } from '../check-record.ts';
import type { CheckedUser } from '../check-user.ts';
import type { ActingParts } from '../identity-parts.ts';
import { insertMappingRule } from '../mapping-rule-commands.ts';
import { noteMember } from '../member-commands.ts';
import { addMemberships } from '../membership-rows.ts';
import { findNamedRecord, insertNamedRecord } from '../named-record-rows.ts';
import { changeRecords, type RecordChange } from '../record-change.ts';
import { readRecordedIds } from '../recorded-ids.ts';
import { newCredential, newRecord } from '../user-commands.ts';
import { findUser, insertUser, writeUser } from '../user-rows.ts';
import { type CheckedPlan, checkPlan } from './check-plan.ts';
import { InitializationError, type InitializationPlan, type InitializationReport } from './initialization-plan.ts';

type Credentials = { readonly created: readonly UserRecord[]; readonly replaced: readonly Replacement[] };
type Replacement = Pick<UserRecord, 'username' | 'passwordHash' | 'credentialVersion'>;

/**
 * Carries out "identity as code", at every start: what is missing is created, and a configured password that is not the
 * stored one replaces it, since the stored one may be the leaked one. Nothing else that is recorded is changed.
 * One transaction; throws InitializationError with every problem at once, and then nothing was written.
 */
export async function initialize(parts: ActingParts, plan: InitializationPlan): Promise<InitializationReport> {
  const checked = await checkedPlan(parts, plan);
  const { created, replaced } = await credentialsOf(parts, checked.users);
  const deletedRoles = await changeRecords(parts, async (change) => {
    for (const user of created) {
      await insertUser(change, user);
      change.note('createUser', 'USER', user.username);
    }
    for (const replacement of replaced) await replacePassword(change, replacement);
    await insertEntities(change, checked);
    await insertMissingGrants(change, checked.authorizations);
    return insertMembers(change, checked.memberships);
  });
  return { createdUsers: created.map(usernameOf), replacedPasswords: replaced.map(usernameOf), deletedRoles };
}

/**
 * Returns the default roles that somebody has deleted: their members are left out, for they would be a promise to whoever
 * creates a role of that name. Every other container is recorded by now.
 */
async function insertMembers(change: RecordChange, memberships: readonly Membership[]): Promise<readonly string[]> {
  const deleted = new Set<string>();
  for (const membership of memberships) {
    const { containerType, containerId } = membership;
    if (!(await findNamedRecord(change.tx, containerType, containerId))) deleted.add(containerId);
    else if ((await addMemberships(change, [membership])) > 0) noteMember(change, 'assign', membership);
  }
  return [...deleted];
}

async function checkedPlan(parts: ActingParts, plan: InitializationPlan): Promise<CheckedPlan> {
  const recorded = await readRecordedIds(parts.store.db);
  const checked = checkPlan(plan, { idPattern: parts.idPattern, foreign: parts.foreign, recorded });
  const clients = await parts.store.db
    .selectFrom('principal_names')
    .select('name')
    .where('kind', '=', 'client')
    .execute();
  const taken = new Set<string>(clients.map((client) => client.name));
  const clashes = (plan.users ?? []).filter((user) => taken.has(user.username));
  const problems = [
    ...(checked.ok ? [] : checked.problems),
    ...clashes.map((user) => `camunda.security.initialization.users: '${user.username}' is or was the id of a client`),
  ];
  if (!checked.ok || problems.length > 0) throw new InitializationError(problems);
  return checked.value;
}

/** Hashes outside the transaction; how many at once is for `hashing` to bound. */
async function credentialsOf(parts: ActingParts, users: readonly CheckedUser[]): Promise<Credentials> {
  const rows = await parts.store.db.selectFrom('users').select(['username', 'password_hash']).execute();
  const stored = new Map(rows.map((row) => [row.username, row.password_hash]));
  const created = users.filter((user) => !stored.has(user.username)).map((user) => newRecord(parts, user));
  const replaced = users.map((user) => replacementOf(parts, user, stored.get(user.username)));
  return {
    created: await Promise.all(created),
    replaced: (await Promise.all(replaced)).filter((replacement) => replacement !== null),
  };
}

async function replacementOf(
  parts: ActingParts,
  user: CheckedUser,
  stored: string | undefined,
): Promise<Replacement | null> {
  if (stored === undefined || (await parts.hashing.verify(stored, user.password))) return null;
  return { username: user.username, ...(await newCredential(parts, user.password)) };
}

/** A user who was deleted in the meantime is left alone: the next start creates him. */
async function replacePassword(change: RecordChange, { username, ...credential }: Replacement): Promise<void> {
  const present = await findUser(change.tx, username);
  if (!present) return;
  await writeUser(change, { ...present, ...credential });
  change.note('updateUser', 'USER', username);
}

async function insertEntities(change: RecordChange, plan: CheckedPlan): Promise<void> {
  for (const group of plan.groups) await insertEntity(change, 'group', group);
  for (const role of plan.roles) await insertEntity(change, 'role', role);
  for (const tenant of plan.tenants) await insertEntity(change, 'tenant', tenant);
  for (const rule of plan.mappingRules) {
    const inserted = await insertMappingRule(change, { ...rule, name: rule.mappingRuleId });
    if (inserted) change.note('createMappingRule', 'MAPPING_RULE', rule.mappingRuleId);
  }
}

async function insertEntity<K extends NamedKind>(
  change: RecordChange,
  kind: K,
  record: NamedRecord<IdOf[K]>,
): Promise<void> {
  if (!(await insertNamedRecord(change, kind, record))) return;
  change.note(`create${OPERATION_NAMES[kind]}`, ENTITY_TYPES[kind], record.id);
}

/** Several entries of a plan for one owner and resource are joined; what is recorded already stays as it is. */
async function insertMissingGrants(change: RecordChange, grants: readonly Authorization[]): Promise<void> {
  const missing: Authorization[] = [];
  for (const grant of grants) {
    if (!(await findAuthorization(change.tx, grant))) missing.push(grant);
  }
  for (const key of await joinAuthorizations(change, missing)) change.note('createAuthorization', 'AUTHORIZATION', key);
}

function usernameOf({ username }: { readonly username: Username }): Username {
  return username;
}
