import type { Requirement } from '@stagedoor/access';
import {
  administrationDialect,
  frontDialect,
  operateDialect,
  orchestrationDialect,
  stagedoorDialect,
  zeebeDialect,
} from '@stagedoor/gateway';

/** A row as the program mounts it. */
export type GuardedRow = {
  readonly dialect: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly requirement: Requirement;
  readonly served: boolean;
};

/** Stands for whatever a dialect is fitted with. Rows are read here and never called. */
const NOTHING: never = new Proxy(() => NOTHING, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 'nothing' : NOTHING),
  apply: () => NOTHING,
}) as never;

/** Every row that is mounted where callers bring tokens: there is no login there. */
export function allRows(): readonly GuardedRow[] {
  const dialects = [
    orchestrationDialect(NOTHING),
    operateDialect(NOTHING),
    zeebeDialect(NOTHING),
    administrationDialect(NOTHING),
    stagedoorDialect(NOTHING),
    frontDialect(NOTHING, NOTHING),
  ];
  return dialects.flatMap((dialect) =>
    dialect.operations.map(({ id, method, path, requirement, served }) => {
      return { dialect: dialect.name, id, method, path, requirement, served };
    }),
  );
}

export function isSearch({ requirement }: GuardedRow): boolean {
  return targetsOf(requirement).includes('visible');
}

function targetsOf(requirement: Requirement): readonly string[] {
  switch (requirement.kind) {
    case 'anonymous':
    case 'authenticated':
      return [];
    case 'permission':
      return [requirement.of];
    case 'resolved':
      return requirement.from.map((one) => one.of);
    case 'any-of':
    case 'all-of':
      return requirement.requirements.flatMap(targetsOf);
  }
}
