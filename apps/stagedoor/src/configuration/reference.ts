import { formatDuration } from './duration.ts';
import { environmentName, keysOf } from './schema.ts';
import { SECTIONS } from './table/index.ts';
import type { Field, Fields, ScalarType, ValueType } from './value-type.ts';

const INTRODUCTION = `# Configuration

<!-- Written by \`node apps/stagedoor/src/configuration/write-reference.ts\` from the table in \`apps/stagedoor/src/configuration/table/\`. Change that. -->

Values come from six places; a later one wins:

1. the defaults below,
2. the profile (\`--profile\`),
3. the preset of an identity provider (\`stagedoor.oidc.providers.<id>.preset\`),
4. \`application.yaml\` (\`--config FILE\`, or the one in the working directory),
5. the environment,
6. the options of the command line.

\`stagedoor config\` prints every key, its value and where it comes from. Secrets are never shown.

- Keys are compared as Spring compares them: case, \`-\` and \`_\` do not count, so that \`jwk-set-uri\` and \`jwkSetUri\` are one key.
- The variable of a key is its name in upper case, with \`_\` for dots and without hyphens; an index becomes \`_0\`, and \`[0]\` is understood as well.
  \`JWK_SET_URI\` is understood beside \`JWKSETURI\`. Names of map entries are lower case there; write those with capitals in the file.
- A list is a YAML list, one text with commas, or one variable for each index. It comes from one place as a whole; entries of a mapping come together from all of them.
- An empty value counts as not given. \`[]\` is an empty list.
- Durations are \`30s\`, \`5m\` or \`PT30S\`; a bare number means milliseconds.
- \`\${NAME}\` and \`\${NAME:default}\` in the file are filled from the environment.
- A file with several documents, \`spring.config.activate\` or \`spring.config.import\` is refused.
- Unknown keys below \`stagedoor.\` and \`camunda.security.\` refuse the start; other unknown keys are warnings.
`;

/** The whole of \`docs/configuration.md\`. */
export function configurationReference(): string {
  const sections = SECTIONS.map(({ title, fields }) => `## ${title}\n\n${usedTable(fields)}`);
  const noted = SECTIONS.flatMap(({ fields }) => Object.entries(fields as Fields)).filter(
    ([, { meaning }]) => meaning === 'noted',
  );
  const rows = noted.map(([key, { documentation }]) => row([code(key), documentation]));
  const known = `## Known, and without meaning here\n\nKeys of Camunda 8.6 to 8.10. They are noted at the start and refuse nothing.\n\n${table(['Key', 'Why'], rows)}`;
  return [INTRODUCTION, ...sections, known].join('\n');
}

function usedTable(fields: Fields): string {
  const used = Object.entries(fields).filter(([, { meaning }]) => meaning === 'used');
  const rows = used.flatMap(([key, field]) => rowsOf(key, field));
  return table(['Key', 'Type', 'Default', 'Meaning'], rows);
}

/** A row for the key and, where its entries have keys of their own, one for each of those. */
function rowsOf(key: string, field: Field): string[] {
  const { type } = field;
  const fallback = field.required ? 'required' : defaultOf(field);
  const name = isStructured(type) ? code(key) : `${code(key)}<br>${code(environmentName(shortest(key, type)))}`;
  const own = row([name, typeName(type), fallback, field.documentation]);
  return [own, ...below(key, type).flatMap(([path, inner]) => (inner.meaning === 'used' ? rowsOf(path, inner) : []))];
}

function below(key: string, type: ValueType): [string, Field][] {
  if (type.kind === 'list') return below(`${key}[0]`, type.of);
  if (type.kind === 'map') return below(`${key}.<${type.keyName}>`, type.of);
  return type.kind === 'record' ? Object.entries(type.fields).map(([name, field]) => [`${key}.${name}`, field]) : [];
}

function isStructured(type: ValueType): boolean {
  return below('', type).length > 0;
}

function shortest(key: string, type: ValueType): string {
  return type.kind === 'map' ? (keysOf(key, type)[1] ?? key) : key;
}

function defaultOf({ type, default: text }: Field): string {
  if (text !== undefined) return text === '' ? 'empty' : code(text);
  return type.kind === 'list' || type.kind === 'map' ? 'none' : '–';
}

function typeName(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return isStructured(type) ? 'list of entries' : `list of ${typeName(type.of)}`;
    case 'map':
      return isStructured(type) ? 'mapping of entries' : `mapping to ${typeName(type.of)}`;
    case 'record':
      return 'entry';
    case 'anything':
      return 'anything';
    default:
      return scalarName(type);
  }
}

function scalarName(type: ScalarType): string {
  switch (type.kind) {
    case 'choice':
      return type.values.length > 8 ? 'one of its names' : type.values.map(code).join(' or ');
    case 'integer':
      return `${type.min} to ${type.max}`;
    case 'duration':
      return `duration, ${formatDuration(type.min)} to ${formatDuration(type.max)}`;
    case 'flag':
      return 'true or false';
    case 'secret':
      return 'secret text';
    case 'url':
      return 'URL';
    case 'text':
      return 'text';
  }
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(head), row(head.map(() => '---')), ...rows, ''].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
