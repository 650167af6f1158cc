import { type NonEmpty, parseId, SCOPES, type Scope } from '@stagedoor/access';
import type { Bound } from './bind.ts';
import type { FixedAuthentication, FixedClient, InitializationPlan } from './configuration.ts';
import type { Reports } from './reports.ts';

const KEY = 'stagedoor.clients';

const LISTS = [
  'scopes',
  'audiences',
  'certificates',
  'certificate-thumbprints',
  'redirect-uris',
  'post-logout-redirect-uris',
] as const;

type Row = Bound['settings'][typeof KEY][number];

/**
 * The clients that configuration names: each with one way to authenticate, and with an id that no other client and no user has.
 * Not checked here: what files have, and what the issuer has to say of the rest (`initialize-house.ts`).
 */
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
    const authentication = authenticationOf(row, (rule) =>
      reports.problems.addUnless([`${key}.id`], key, bound.originOf(key), rule),
    );
    refuseContents(row, (field) => bound.originOf(`${key}.${field}`).kind !== 'default', refuse);
    if (!parsed.ok) refuse('id', `is not an id. ${parsed.problem}`);
    if (names.has(row.id))
      refuse('id', 'is the name of a user as well: the names of users and the ids of clients must differ');
    if (seen.has(row.id)) refuse('id', 'is the id of another client as well: remove one of them');
    seen.add(row.id);
    if (!parsed.ok || !authentication) return [];
    return [{ key, clientId: parsed.value, authentication, ...contentsOf(row) }];
  });
}

/** An empty list could mean all as well as none. */
function refuseContents(
  row: Row,
  isSaid: (field: string) => boolean,
  refuse: (field: string, rule: string) => void,
): void {
  for (const field of LISTS)
    if (row[field].length === 0 && isSaid(field)) refuse(field, 'is empty: name at least one, or leave it out');
  const lifetime = row['token-lifetime'];
  if (lifetime !== undefined && lifetime % 1000 !== 0) refuse('token-lifetime', 'must be in whole seconds');
}

/** The ways to authenticate, in the order in which they are named. */
function waysOf(row: Row): readonly FixedAuthentication[] {
  const { secret: text } = row;
  const certificates = row.certificates.length > 0;
  const thumbprints = row['certificate-thumbprints'].length > 0;
  const ways: readonly (FixedAuthentication | false)[] = [
    text !== undefined && { kind: 'secret', text },
    row['secret-file'] !== undefined && { kind: 'secret-file', path: row['secret-file'] },
    row['key-file'] !== undefined && { kind: 'key-file', path: row['key-file'] },
    certificates && { kind: 'certificates', paths: row.certificates },
    thumbprints && { kind: 'certificate-thumbprints', thumbprints: row['certificate-thumbprints'] },
    row['certificate-subject'] !== undefined && { kind: 'certificate-subject', subject: row['certificate-subject'] },
    row.public && { kind: 'public' },
  ];
  return ways.filter((way) => way !== false);
}

function authenticationOf(row: Row, refuse: (rule: string) => void): FixedAuthentication | null {
  const [way, another] = waysOf(row);
  if (way !== undefined && another !== undefined)
    refuse(`has both ${way.kind} and ${another.kind}: a client has one way to authenticate, so remove one of them`);
  if (way !== undefined) return way;
  refuse(
    'has no way to authenticate: give it secret, secret-file, key-file, certificates, certificate-thumbprints or certificate-subject, or say public: true',
  );
  return null;
}

function contentsOf(row: Row): Omit<FixedClient, 'key' | 'clientId' | 'authentication'> {
  const [redirectUris, postLogoutRedirectUris] = [row['redirect-uris'], row['post-logout-redirect-uris']];
  const lifetime = row['token-lifetime'];
  return {
    name: row.name ?? row.id,
    scopes: scopesOf(row),
    grants: row.grants,
    audiences: row.audiences.length === 0 ? undefined : row.audiences,
    claims: row.claims,
    tokenLifetimeSeconds: lifetime === undefined ? undefined : lifetime / 1000,
    bindTokens: row['bind-tokens'],
    login:
      redirectUris.length + postLogoutRedirectUris.length === 0 ? undefined : { redirectUris, postLogoutRedirectUris },
  };
}

/** Without a scope, all of them, as `client create` has it. */
function scopesOf(row: Row): NonEmpty<Scope> {
  const [first, ...others] = row.scopes.length > 0 ? row.scopes : SCOPES;
  return [first ?? 'orchestration', ...others];
}
