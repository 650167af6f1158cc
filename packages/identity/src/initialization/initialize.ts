import type { Authorization, Username, UserRecord } from '@stagedoor/access';
import { findAuthorization, joinAuthorizations } from '../authorization-rows.ts';
import type { CheckedUser } from '../check-user.ts';
import { advanceEpoch } from '../epoch.ts';
import type { IdentityParts } from '../identity-parts.ts';
import { addMemberships } from '../membership-rows.ts';
import { readRecordedIds } from '../recorded-ids.ts';
import type { IdentityDatabase } from '../tables.ts';
import { insertUser, newCredentialVersion, newRecord, replacePassword } from '../user-commands.ts';
import { type CheckedPlan, checkPlan } from './check-plan.ts';
import { InitializationError, type InitializationPlan, type InitializationReport } from './initialization-plan.ts';

type Credentials = { readonly created: readonly UserRecord[]; readonly replaced: readonly Replacement[] };
type Replacement = Pick<UserRecord, 'username' | 'passwordHash' | 'credentialVersion'>;

/**
 * Carries out "identity as code", at every start: what is missing is created, and a configured password that is not the
 * stored one replaces it, since the stored one may be the leaked one. Nothing else that is recorded is changed.
 * One transaction; throws InitializationError with every problem at once, and then nothing was written.
 */
export async function initialize(parts: IdentityParts, plan: InitializationPlan): Promise<InitializationReport> {
  const checked = await checkedPlan(parts, plan);
  const { created, replaced } = await credentialsOf(parts, checked.users);
  await parts.store.change(async (tx) => {
    for (const user of created) await insertUser(tx, user);
    for (const replacement of replaced) await replacePassword(tx, replacement.username, replacement);
    await insertEntities(tx, checked);
    await addMemberships(tx, checked.memberships);
    await insertMissingGrants(tx, checked.authorizations);
    await advanceEpoch(tx);
  });
  return { createdUsers: created.map(usernameOf), replacedPasswords: replaced.map(usernameOf) };
}

async function checkedPlan(parts: IdentityParts, plan: InitializationPlan): Promise<CheckedPlan> {
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
async function credentialsOf(parts: IdentityParts, users: readonly CheckedUser[]): Promise<Credentials> {
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
  parts: IdentityParts,
  user: CheckedUser,
  stored: string | undefined,
): Promise<Replacement | null> {
  if (stored === undefined || (await parts.hashing.verify(stored, user.password))) return null;
  const passwordHash = await parts.hashing.hash(user.password);
  return { username: user.username, passwordHash, credentialVersion: newCredentialVersion(parts) };
}

async function insertEntities(tx: IdentityDatabase, plan: CheckedPlan): Promise<void> {
  for (const { id, name, description } of plan.groups) {
    const row = { group_id: id, name, description };
    await tx
      .insertInto('groups')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const { id, name, description } of plan.roles) {
    const row = { role_id: id, name, description };
    await tx
      .insertInto('roles')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const { id, name, description } of plan.tenants) {
    const row = { tenant_id: id, name, description };
    await tx
      .insertInto('tenants')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const { mappingRuleId, claimName, claimValue } of plan.mappingRules) {
    const row = { mapping_rule_id: mappingRuleId, name: mappingRuleId, claim_name: claimName, claim_value: claimValue };
    await tx
      .insertInto('mapping_rules')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Several entries of a plan for one owner and resource are joined; what is recorded already stays as it is. */
async function insertMissingGrants(tx: IdentityDatabase, grants: readonly Authorization[]): Promise<void> {
  const missing: Authorization[] = [];
  for (const grant of grants) {
    if (!(await findAuthorization(tx, grant))) missing.push(grant);
  }
  await joinAuthorizations(tx, missing);
}

function usernameOf({ username }: { readonly username: Username }): Username {
  return username;
}
