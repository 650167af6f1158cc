import { parseId } from '@stagedoor/access';
import { Failure } from '../../../failure.ts';
import { objectWith, text } from '../../../schema.ts';
import { readPathKey } from '../read-path-key.ts';

export type IdName = 'username' | 'clientId' | 'roleId' | 'groupId' | 'tenantId' | 'mappingRuleId';

/** Ids as they stand in paths: `^…$` around the pattern is the same for all of them. */
const ID = { ...text, minLength: 1, maxLength: 256 } as const;
const KEY = { ...text, minLength: 1, maxLength: 25 } as const;

type Members = Readonly<Record<string, typeof text>>;
type Texts = Readonly<Record<string, string | undefined>>;

/** The schema of a path with these ids in it. */
export function pathIds(...names: readonly IdName[]) {
  const members: Members = Object.fromEntries(names.map((name) => [name, ID]));
  return objectWith(members, names as readonly string[]);
}

export type PathSchema = ReturnType<typeof pathIds>;
export type ReadId = (name: IdName, params: Texts) => string;

/** What names one record in a path: its schema, and how it is read. Reading throws a `Failure` of kind `invalid-argument`. */
export type PathId = {
  readonly name: string;
  readonly schema: PathSchema;
  readonly read: (params: Texts) => string;
};

export function pathId(readId: ReadId, name: IdName): PathId {
  return { name, schema: pathIds(name), read: (params) => readId(name, params) };
}

/** The same for the records that have keys. */
export function pathKey(name: 'authorizationKey' | 'auditLogKey'): PathId {
  const members: Members = { [name]: KEY };
  return { name, schema: objectWith(members, [name]), read: (params) => readPathKey(name, params[name] ?? '') };
}

/** Reads ids by the configured pattern. Throws a `Failure` of kind `invalid-argument`, in Camunda's words. */
export function readIdBy(pattern: RegExp): ReadId {
  return (name, params) => {
    const parsed = parseId(name, params[name], pattern);
    if (parsed.ok) return parsed.value;
    throw new Failure('invalid-argument', `${parsed.problem}.`);
  };
}
