import { type NonEmpty, parseId, SCOPES, type Scope } from '@stagedoor/access';
import type { Bound } from './bind.ts';
import type { FixedClient, InitializationPlan } from './configuration.ts';
import type { Reports } from './reports.ts';
import type { SecretText } from './secret-text.ts';

const KEY = 'stagedoor.clients';

type Row = Bound['settings'][typeof KEY][number];

/** The clients that configuration names: each with one secret, and with an id that no other client and no user has. */
export function fixedClients(
  bound: Bound,
  reports: Reports,
  { users }: InitializationPlan,
  pattern: RegExp,
): FixedClient[] {
  const names = new Set<string>(users.map((user) => user.username));
  const seen = new Set<string>();
  return bound.settings[KEY].flatMap((row, index) => {
    const key = `${KEY}[${index}]`;
    const refuse = (field: string, rule: string) =>
      reports.problems.addUnless([], `${key}.${field}`, bound.originOf(`${key}.${field}`), rule);
    const parsed = parseId('clientId', row.id, pattern);
    const secret = secretOf(row, (rule) => reports.problems.addUnless([`${key}.id`], key, bound.originOf(key), rule));
    if (!parsed.ok) refuse('id', `is not an id. ${parsed.problem}`);
    if (names.has(row.id))
      refuse('id', 'is the name of a user as well: the names of users and the ids of clients must differ');
    if (seen.has(row.id)) refuse('id', 'is the id of another client as well: remove one of them');
    seen.add(row.id);
    if (!parsed.ok || !secret) return [];
    return [{ clientId: parsed.value, name: row.name ?? row.id, secret, scopes: scopesOf(row), grants: row.grants }];
  });
}

function secretOf(row: Row, refuse: (rule: string) => void): FixedClient['secret'] | null {
  const path = row['secret-file'];
  const text: SecretText | undefined = row.secret;
  if (text && path !== undefined) refuse('has both secret and secret-file: remove one of them');
  if (text) return { kind: 'text', text };
  if (path !== undefined) return { kind: 'file', path };
  refuse('has no secret: give it secret or secret-file');
  return null;
}

/** Without a scope, all of them, as `client create` has it. */
function scopesOf(row: Row): NonEmpty<Scope> {
  const [first, ...others] = row.scopes.length > 0 ? row.scopes : SCOPES;
  return [first ?? 'orchestration', ...others];
}
