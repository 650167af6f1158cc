import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Environment } from './environment-source.ts';
import { fillPlaceholders } from './placeholder.ts';
import type { Problems } from './problems.ts';
import { joinKey, type Origin, type Path, type Property, printable, relaxed, splitKey } from './property.ts';
import { YAML_SYNTAX } from './yaml-syntax.ts';

let loaded: typeof Yaml | undefined;

/** Loaded with the first file that is there: most programs start without one. */
function yaml(): typeof Yaml {
  // The package's own types are what it exports.
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml;
  return loaded;
}

export type YamlFile = { readonly path: string; readonly text: string };

const MAX_CHARACTERS = 1_048_576;
const MAX_NODES = 20_000;
const MAX_DEPTH = 32;

/** Keys with which Spring would read other files or leave parts of this one out: doing neither silently would be wrong. */
const REFUSED_KEYS: ReadonlySet<string> = new Set([
  'spring.config.activate',
  'spring.config.import',
  'spring.config.location',
]);

type Reading = {
  readonly file: YamlFile;
  readonly targets: ReadonlyMap<Yaml.Alias, Yaml.Node>;
  readonly lines: Yaml.LineCounter;
  readonly environment: Environment;
  readonly problems: Problems;
  readonly properties: Property[];
  nodes: number;
};

/** Flattens an `application.yaml` into properties with their lines; null, with its problem, where it cannot be read. */
export function readYaml(file: YamlFile, environment: Environment, problems: Problems): Property[] | null {
  const where = printable(file.path);
  if (file.text.length > MAX_CHARACTERS) {
    return refuse(problems, `${where} is larger than 1 MiB: that is no configuration file`);
  }
  const lines = new (yaml().LineCounter)();
  const { documents, fault } = parse(file.text, lines);
  if (fault) {
    return refuse(
      problems,
      `${where}:${lines.linePos(fault.pos[0]).line} is not valid YAML: ${YAML_SYNTAX[fault.code]}`,
    );
  }
  const [document, second] = documents.filter((one) => !isEmpty(one.contents));
  if (!document) return [];
  const odd = second ? SECOND_DOCUMENT : NO_MAPPING;
  if (second || !yaml().isMap(document.contents)) {
    return refuse(problems, `${where}:${lineOf((second ?? document).contents, lines)} ${odd}`);
  }
  const targets = aliasTargets(document);
  const reading: Reading = { file, targets, lines, environment, problems, properties: [], nodes: 0 };
  return flatten(document.contents, [], reading) ? reading.properties : null;
}

const SECOND_DOCUMENT =
  "begins a second document: put everything into one, and use --profile or stagedoor.profile in place of Spring's profiles";
const NO_MAPPING = 'is not a mapping of keys: write `key: value` lines';

type Parsed = { readonly documents: readonly Yaml.Document.Parsed[]; readonly fault: Yaml.YAMLError | undefined };

function parse(text: string, lines: Yaml.LineCounter): Parsed {
  // Texts stay texts (failsafe), so that a password 0123 is not a number; and no message quotes the source.
  const documents = yaml().parseAllDocuments(text, {
    schema: 'failsafe',
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'silent',
  });
  const streams = 'empty' in documents ? [documents] : documents;
  const [fault] = [...streams.flatMap((one) => one.errors), ...streams.flatMap((one) => one.warnings)];
  return { documents: 'empty' in documents ? [] : documents, fault };
}

/** What each alias stands for: the last node above it that has its anchor (YAML 1.2.2, section 3.2.2.2). */
function aliasTargets(document: Yaml.Document.Parsed): ReadonlyMap<Yaml.Alias, Yaml.Node> {
  const anchored = new Map<string, Yaml.Node>();
  const targets = new Map<Yaml.Alias, Yaml.Node>();
  yaml().visit(document, {
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
    Alias: (_key, alias) => {
      const target = anchored.get(alias.source);
      if (target) targets.set(alias, target);
    },
  });
  return targets;
}

function isEmpty(node: Yaml.Node | null): boolean {
  return node === null || (yaml().isScalar(node) && node.value === '');
}

function refuse(problems: Problems, text: string): null {
  problems.addSentence(text);
  return null;
}

/** False where the file is beyond what can be read; the problem is said. */
function flatten(node: Yaml.Node | null, path: Path, reading: Reading): boolean {
  if (++reading.nodes > MAX_NODES || path.length > MAX_DEPTH) {
    refuse(
      reading.problems,
      `${printable(reading.file.path)} is too large or too deep once its aliases are followed: at most ${MAX_NODES} values, ${MAX_DEPTH} levels`,
    );
    return false;
  }
  if (yaml().isAlias(node)) return flattenAlias(reading.targets.get(node), lineOf(node, reading.lines), path, reading);
  if (node && 'tag' in node && node.tag !== undefined) {
    refuse(reading.problems, `${at(node, reading)} has a tag: tags are not supported`);
    return false;
  }
  if (yaml().isMap(node)) return flattenMap(node, path, reading);
  if (yaml().isSeq(node)) return flattenItems(node.items, node, path, reading);
  addScalar(node, path, reading);
  return true;
}

function flattenAlias(target: Yaml.Node | undefined, line: number, path: Path, reading: Reading): boolean {
  if (target) return flatten(target, path, reading);
  refuse(reading.problems, `${printable(reading.file.path)}:${line} names an anchor that does not stand above it`);
  return false;
}

function flattenMap(map: Yaml.YAMLMap, path: Path, reading: Reading): boolean {
  const pairs = [...pairsOf(map, reading, 0)];
  if (pairs.length === 0) add(map, path, null, reading);
  for (const [key, pair] of pairs) {
    const below = [...path, ...splitKey(key)];
    if (
      REFUSED_KEYS.has(
        below
          .slice(0, 3)
          .map((segment) => relaxed(String(segment)))
          .join('.'),
      )
    ) {
      refuse(
        reading.problems,
        `${joinKey('', below.slice(0, 3))} (${at(keyNode(pair), reading)}) is not supported: put what applies into this one file`,
      );
      continue;
    }
    const value = isNode(pair.value) ? pair.value : null;
    if (value ? !flatten(value, below, reading) : !addNothing(keyNode(pair), below, reading)) return false;
  }
  return true;
}

/** The pairs of a mapping, its merge keys (`<<`) followed first, so that its own keys stand above them. */
function pairsOf(map: Yaml.YAMLMap, reading: Reading, depth: number): Map<string, Yaml.Pair> {
  const merging = depth > MAX_DEPTH ? [] : map.items.filter((pair) => keyText(pair) === '<<');
  const merged = merging
    .flatMap((pair) => mergedMaps(pair.value, reading))
    .flatMap((source) => [...pairsOf(source, reading, depth + 1)]);
  const own = map.items.filter((pair) => keyText(pair) !== '<<').map((pair) => [keyText(pair), pair] as const);
  // Among merged mappings the earlier one wins (YAML merge type), hence the reversal.
  return new Map([...merged.reverse(), ...own]);
}

/** Stops, and lets `flatten` refuse the file, where merges multiply beyond what can be read. */
function mergedMaps(value: unknown, reading: Reading): Yaml.YAMLMap[] {
  const target = yaml().isAlias(value) ? reading.targets.get(value) : value;
  const items = yaml().isMap(target) || yaml().isSeq(target) ? target.items : [];
  reading.nodes += 1 + items.length;
  if (reading.nodes > MAX_NODES) return [];
  if (yaml().isMap(target)) return [target];
  return items.flatMap((item) => mergedMaps(item, reading));
}

function flattenItems(items: readonly unknown[], list: Yaml.Node, path: Path, reading: Reading): boolean {
  if (items.length === 0) add(list, path, '', reading);
  return items.every((item, index) => flatten(isNode(item) ? item : null, [...path, index], reading));
}

function addScalar(node: Yaml.Node | null, path: Path, reading: Reading): void {
  const text = plainText(node);
  const filled = fillPlaceholders(text, reading.environment);
  if (filled.ok) {
    add(node, path, filled.text === '' ? null : filled.text, reading);
    return;
  }
  const name = printable(filled.missing);
  reading.problems.add(
    joinKey('', path),
    originOf(node, reading),
    `needs the environment variable ${name}, which is not set: set it, or write a default as in \${NAME:default}`,
  );
}

/** Nothing, `~` and `null` are no text; in quotes they are. */
function plainText(node: Yaml.Node | null): string {
  if (!yaml().isScalar(node) || typeof node.value !== 'string') return '';
  return node.type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(node.value) ? '' : node.value;
}

function addNothing(key: Yaml.Node | null, path: Path, reading: Reading): true {
  add(key, path, null, reading);
  return true;
}

function add(node: Yaml.Node | null, path: Path, text: string | null, reading: Reading): void {
  reading.properties.push({ path, text, origin: originOf(node, reading) });
}

function originOf(node: Yaml.Node | null, reading: Reading): Origin {
  return { kind: 'file', path: reading.file.path, line: lineOf(node, reading.lines) };
}

function at(node: Yaml.Node | null, reading: Reading): string {
  return `${printable(reading.file.path)}:${lineOf(node, reading.lines)}`;
}

function lineOf(node: Yaml.Node | null | undefined, lines: Yaml.LineCounter): number {
  return Math.max(1, lines.linePos(node?.range?.[0] ?? 0).line);
}

function keyText(pair: Yaml.Pair): string {
  return yaml().isScalar(pair.key) ? String(pair.key.value) : '';
}

function keyNode(pair: Yaml.Pair): Yaml.Node | null {
  return yaml().isScalar(pair.key) ? pair.key : null;
}

function isNode(value: unknown): value is Yaml.Node {
  return yaml().isMap(value) || yaml().isSeq(value) || yaml().isScalar(value) || yaml().isAlias(value);
}
