import { parseId } from '@stagedoor/access';
import { Failure } from '../../../failure.ts';
import { objectWith, text } from '../../../schema.ts';

export type IdName = 'username' | 'clientId' | 'roleId' | 'groupId' | 'tenantId' | 'mappingRuleId';

/** Ids as they stand in paths: `^…$` around the pattern is the same for all of them. */
const ID = { ...text, minLength: 1, maxLength: 256 } as const;

type PathIds = Readonly<Record<string, typeof ID>>;

/** The schema of a path with these ids in it. */
export function pathIds(...names: readonly IdName[]) {
  const members: PathIds = Object.fromEntries(names.map((name) => [name, ID]));
  return objectWith(members, names as readonly string[]);
}

export type ReadId = (name: IdName, params: Readonly<Record<string, string | undefined>>) => string;

/** Reads ids by the configured pattern. Throws a `Failure` of kind `invalid-argument`, in Camunda's words. */
export function readIdBy(pattern: RegExp): ReadId {
  return (name, params) => {
    const parsed = parseId(name, params[name], pattern);
    if (parsed.ok) return parsed.value;
    throw new Failure('invalid-argument', `${parsed.problem}.`);
  };
}
