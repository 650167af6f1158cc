import { type Path, relaxed, type Segment } from './property.ts';
import type { Field, Fields, ValueType } from './value-type.ts';

type NamedField = { readonly name: string; readonly field: Field };

/** The dotted names of a record as a tree, so that keys are found by their relaxed segments. */
export type SchemaNode = {
  readonly children: Map<string, SchemaNode>;
  readonly path: string;
  named: NamedField | null;
};

const trees = new WeakMap<Fields, SchemaNode>();

export function schemaOf(fields: Fields): SchemaNode {
  const known = trees.get(fields);
  if (known) return known;
  const root: SchemaNode = { children: new Map(), path: '', named: null };
  for (const [name, field] of Object.entries(fields)) {
    let node = root;
    for (const segment of name.split('.')) node = childOf(node, segment);
    node.named = { name, field };
  }
  trees.set(fields, root);
  return root;
}

function childOf(node: SchemaNode, segment: string): SchemaNode {
  const found = node.children.get(relaxed(segment));
  if (found) return found;
  const child: SchemaNode = {
    children: new Map(),
    path: node.path === '' ? segment : `${node.path}.${segment}`,
    named: null,
  };
  node.children.set(relaxed(segment), child);
  return child;
}

export type Located =
  | { readonly kind: 'field'; readonly named: NamedField; readonly rest: Path }
  /** A name above fields, with nothing behind it that would say which. */
  | { readonly kind: 'branch' }
  /** `path` up to and including the first segment that nothing knows. */
  | { readonly kind: 'unknown'; readonly path: Path };

/** Finds the field that a path leads to, or how far it can be followed. */
export function locate(root: SchemaNode, path: Path): Located {
  let node = root;
  let catchAll: NamedField | null = null;
  for (const [at, segment] of path.entries()) {
    const child: SchemaNode | undefined = typeof segment === 'string' ? node.children.get(relaxed(segment)) : undefined;
    if (!child)
      return catchAll ? { kind: 'field', named: catchAll, rest: [] } : { kind: 'unknown', path: path.slice(0, at + 1) };
    node = child;
    if (node.named && node.children.size === 0) return { kind: 'field', named: node.named, rest: path.slice(at + 1) };
    if (node.named) catchAll = node.named;
  }
  return node.named ? { kind: 'field', named: node.named, rest: [] } : { kind: 'branch' };
}

/** Every key that can be written below a record, with `[0]` for any index and `<name>` for any key of a map. */
export function keysBelow(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, field]) => keysOf(name, field.type));
}

export function keysOf(key: string, type: ValueType): string[] {
  if (type.kind === 'list') return [key, ...keysOf(`${key}[0]`, type.of)];
  if (type.kind === 'map') return [key, ...keysOf(`${key}.<${type.keyName}>`, type.of)];
  if (type.kind === 'record') return keysBelow(type.fields).map((below) => `${key}.${below}`);
  return [key];
}

/** The variable of the environment that carries a key: upper case, dots to `_`, hyphens gone, `[0]` to `_0`. */
export function environmentName(key: string): string {
  return key
    .replace(/\[(\d+)\]/g, '_$1')
    .replaceAll('-', '')
    .replaceAll('.', '_')
    .toUpperCase();
}

/**
 * Reads the words of an environment variable along the schema. Dots and the humps of a name are both lost in `_`, so a
 * segment takes as many words as make it up: `JWK_SET_URI` and `JWKSETURI` are one key. Null where no key fits.
 */
export function pathOfWords(type: ValueType, words: readonly string[]): Segment[] | null {
  switch (type.kind) {
    case 'record':
      return pathInTree(schemaOf(type.fields), words);
    case 'list':
      return words.length === 0 ? [] : pathOfElement(type.of, words);
    case 'map':
      return pathOfEntry(type.of, words);
    case 'anything':
      return [];
    default:
      return words.length === 0 ? [] : null;
  }
}

function pathOfElement(of: ValueType, words: readonly string[]): Segment[] | null {
  const [index, ...rest] = words;
  if (index === undefined || !/^\d{1,6}$/.test(index)) return null;
  const below = pathOfWords(of, rest);
  return below && [Number(index), ...below];
}

function pathOfEntry(of: ValueType, words: readonly string[]): Segment[] | null {
  for (let taken = 1; taken <= words.length; taken++) {
    const below = pathOfWords(of, words.slice(taken));
    if (below) return [words.slice(0, taken).join('_'), ...below];
  }
  return null;
}

function pathInTree(node: SchemaNode, words: readonly string[]): Segment[] | null {
  for (let taken = words.length; taken > 0; taken--) {
    const child = node.children.get(words.slice(0, taken).join(''));
    const below = child && pathInTree(child, words.slice(taken));
    if (below) return [words.slice(0, taken).join(''), ...below];
  }
  return node.named ? pathOfWords(node.named.field.type, words) : null;
}
