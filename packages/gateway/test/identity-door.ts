import type { ResourceType } from '@stagedoor/access';
import type { Identity } from '@stagedoor/identity';
import { expect } from 'vitest';
import { openHouse } from '../../identity/test/identity-under-test.ts';
import type { AuthenticationMethod } from '../src/index.ts';
import { checkBody } from '../src/passage/check-schema.ts';
import { type OpenDoor, openDoor } from './open-door.ts';
import type { Answer } from './raw-http.ts';

const PASSWORDS = { demo: 'demo', reader: 'reader-password', mary: 'pässwörd:with:colons' } as const;
export type Who = keyof typeof PASSWORDS;

export type Told = {
  readonly status: number;
  /** The body as JSON, or undefined where there is none. */
  readonly json: unknown;
  readonly type: string | undefined;
};

type Ask = (method: string, path: string, body?: unknown, who?: Who) => Promise<Told>;

export type IdentityDoor = {
  readonly door: OpenDoor;
  readonly identity: Identity;
  /** Asks as somebody, an administrator unless said. A body that is a text is sent as it is. */
  readonly ask: Ask;
  /** Everything that the records hold but passwords, in one text: what has to be the same after bad input. */
  records(): Promise<string>;
};

/** A door before real records: `demo` is the administrator, `reader` and `mary` are users without grants but their own. */
export async function openIdentityDoor(method: AuthenticationMethod = 'basic'): Promise<IdentityDoor> {
  const { identity, store } = await openHouse();
  await identity.setUpFirstAdministrator({ username: 'demo', password: PASSWORDS.demo, name: 'Demo' });
  for (const username of ['reader', 'mary'] as const)
    await identity.createUser({ username, password: PASSWORDS[username], email: `${username}@example.com` });
  const door = await openDoor({ identity, method });
  const ask: Ask = async (method, path, body, who = 'demo') => {
    const credentials = Buffer.from(`${who}:${PASSWORDS[who]}`).toString('base64');
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const headers: [string, string][] = [['Authorization', `Basic ${credentials}`]];
    if (text !== undefined) headers.push(['Content-Type', 'application/json']);
    const answer = told(await door.send({ method, path, headers, ...(text === undefined ? {} : { body: text }) }));
    await isAsDeclared(method, path, answer);
    return answer;
  };
  const operations = door.dialects.flatMap((dialect) => dialect.operations);
  /** What a row answers where it answers is what its document says. */
  const isAsDeclared = async (method: string, path: string, { status, json }: Told) => {
    if (status >= 400) return;
    const row = operations.find((one) => one.method === method && placeOf(one.path).test(path));
    const declared = row?.responses[status];
    if (declared === undefined) throw new Error(`${method} ${path} declares no ${status}`);
    if (declared === null) expect(json).toBeUndefined();
    else await checkBody(declared, json);
  };
  const records = async () => {
    const tables = ['users', 'groups', 'roles', 'tenants', 'mapping_rules', 'memberships', 'authorizations'] as const;
    const rows = await Promise.all(tables.map((table) => store.db.selectFrom(table).selectAll().execute()));
    return JSON.stringify(rows);
  };
  return { door, identity, ask, records };
}

function placeOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/?]+')}(?:\\?.*)?$`);
}

function told({ status, headers, body }: Answer): Told {
  const [type] = headers.get('content-type') ?? [];
  return { status, type, json: body === '' ? undefined : JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) };
}

/** Gives a user one permission, on everything or on one id. */
export function grant(
  { identity }: Pick<IdentityDoor, 'identity'>,
  who: Who,
  permission: `${ResourceType}:${string}`,
  resourceId = '*',
): Promise<unknown> {
  const [resourceType = '', permissionType = ''] = permission.split(':');
  return identity.addGrant({
    ownerType: 'USER',
    ownerId: who,
    resourceType,
    resourceId,
    permissionTypes: [permissionType],
  });
}

/** The texts of one member of the items that a search found. */
export function names({ json }: Told, member: string): readonly unknown[] {
  const { items } = json as { readonly items: readonly Readonly<Record<string, unknown>>[] };
  return items.map((item) => item[member]);
}

export function pageOf({ json }: Told): {
  readonly totalItems: number;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
} {
  return (json as { readonly page: ReturnType<typeof pageOf> }).page;
}
