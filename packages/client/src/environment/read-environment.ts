import { Secret } from '../secret.ts';
import { isSlip, nearestName } from './nearest-name.ts';
import { KNOWN_NAMES, MEANINGS, type Meaning, OTHER_FAMILIES, SECRET_MEANINGS, VARIABLES } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that was said, and the name that said it. */
export type Reading = {
  readonly name: string;
  /** Hidden, whatever it is: who prints a reading prints no secret. */
  readonly value: Secret;
  /** Other names that say the same. */
  readonly alsoIn: readonly string[];
};

type Contradiction = {
  readonly meaning: Meaning;
  readonly names: readonly string[];
  /** What would count if the others were not there. */
  readonly first: Reading;
};

export type EnvironmentReading = {
  readonly values: { readonly [M in Meaning]?: Reading };
  /** Names that say different things where only one can be meant. Without the values, which may be secrets. */
  readonly contradictions: readonly Contradiction[];
  /** Names that nobody knows and that look like one that is known. */
  readonly slips: readonly { readonly name: string; readonly meant: string }[];
};

/** Names that begin so are about Camunda; a slip is looked for among them only. */
const OURS = /^(?:CAMUNDA|ZEEBE|OAUTH_SSL|CAMUDNA|CAMUNDE|CAMMUNDA)_/;

/** Reads every spelling. An empty value counts as none, as shells leave them. Nothing is thrown and no file is opened. */
export function readEnvironment(environment: Environment): EnvironmentReading {
  const values: { [M in Meaning]?: Reading } = {};
  const contradictions: Contradiction[] = [];
  for (const meaning of MEANINGS) {
    const said = VARIABLES[meaning].flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [{ name, value: new Secret(value) }];
    });
    const [first, ...others] = said;
    if (first === undefined) continue;
    if (others.every(({ value }) => value.equals(first.value)))
      values[meaning] = { ...first, alsoIn: others.map(({ name }) => name) };
    else contradictions.push({ meaning, names: said.map(({ name }) => name), first: { ...first, alsoIn: [] } });
  }
  return { values, contradictions, slips: slipsIn(environment) };
}

/** A reading as it may be shown. */
export function shownValue(meaning: Meaning, { value }: Reading): string {
  return SECRET_MEANINGS.has(meaning) ? String(value) : value.reveal();
}

function slipsIn(environment: Environment): { name: string; meant: string }[] {
  const known = [...KNOWN_NAMES];
  return Object.keys(environment).flatMap((name) => {
    if (KNOWN_NAMES.has(name) || !OURS.test(name)) return [];
    if (OTHER_FAMILIES.some((family) => name.startsWith(family))) return [];
    const nearest = nearestName(name, known);
    return isSlip(name, nearest) ? [{ name, meant: nearest.name }] : [];
  });
}
