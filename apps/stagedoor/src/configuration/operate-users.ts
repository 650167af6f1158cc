import { type Authorization, grantsOfOperateRoles, type OperateRole, parseId } from '@stagedoor/access';
import type { Bound } from './bind.ts';
import type { InitializationPlan } from './configuration.ts';
import { isWellKnownSecret } from './initialization-plan.ts';
import { sentence } from './problems.ts';
import type { Reports } from './reports.ts';
import { SecretText } from './secret-text.ts';

const KEYS = {
  name: 'camunda.operate.userId',
  password: 'camunda.operate.password',
  roles: 'camunda.operate.roles',
  displayName: 'camunda.operate.displayName',
} as const;
const ALL_THREE = 'stagedoor.operate.users';

type User = InitializationPlan['users'][number];
type Wanted = {
  readonly username: string;
  /** Undefined where nobody said it, of a user who is not the original's. */
  readonly password: SecretText | undefined;
  readonly name: string;
  readonly roles: readonly OperateRole[];
};

/** What `plan` has to have beside its own for the users of Operate 8.6 (facts, section 2.5): themselves, and their grants. */
export function withOperateUsers(
  plan: InitializationPlan,
  bound: Bound,
  reports: Reports,
  pattern: RegExp,
): InitializationPlan {
  const users: User[] = [...plan.users];
  const authorizations: Authorization[] = [...plan.authorizations];
  for (const { username: text, password, name, roles } of wanted(bound)) {
    if (password === undefined) {
      const rule = `names a user who has no password: say it with ${KEYS.password}`;
      reports.problems.addUnless([], KEYS.name, bound.originOf(KEYS.name), rule);
      continue;
    }
    const parsed = parseId('username', text, pattern);
    if (!parsed.ok) {
      const rule = `is not an id. ${parsed.problem}`;
      reports.problems.addUnless([], KEYS.name, bound.originOf(KEYS.name), rule);
      continue;
    }
    const username = parsed.value;
    if (users.some((user) => user.username === username)) noteTaken(bound, reports, username);
    else users.push({ username, password, name, email: '', wellKnown: isWellKnownSecret(username, password) });
    for (const granted of grantsOfOperateRoles(roles))
      authorizations.push({ ownerType: 'USER', ownerId: username, resourceId: '*', ...granted });
  }
  return { ...plan, users, authorizations };
}

/** The configured one where any of its keys is said, with the original's defaults; the other two where all three are wanted. */
function wanted({ settings, originOf }: Bound): readonly Wanted[] {
  const all = settings[ALL_THREE];
  const said = Object.values(KEYS).some((key) => originOf(key).kind !== 'default');
  const username = settings[KEYS.name];
  const own: Wanted = {
    username,
    password: settings[KEYS.password] ?? (username === 'demo' ? new SecretText('demo') : undefined),
    name: settings[KEYS.displayName] ?? username,
    roles: settings[KEYS.roles].length > 0 ? settings[KEYS.roles] : ['OWNER'],
  };
  const others = [
    { username: 'act', password: new SecretText('act'), name: 'act', roles: ['OPERATOR'] },
    { username: 'view', password: new SecretText('view'), name: 'view', roles: ['USER'] },
  ] as const;
  return [...(said || all ? [own] : []), ...(all ? others.filter((one) => one.username !== username) : [])];
}

function noteTaken(bound: Bound, { notes }: Reports, username: string): void {
  if (bound.originOf(KEYS.password).kind === 'default') return;
  const rule = `is not used, since camunda.security.initialization.users has the user ${username} with his password`;
  notes.add(sentence(KEYS.password, bound.originOf(KEYS.password), rule));
}
