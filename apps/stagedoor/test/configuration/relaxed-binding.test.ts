import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { bindSettings } from '../../src/configuration/bind.ts';
import { readEnvironment } from '../../src/configuration/environment-source.ts';
import { Problems } from '../../src/configuration/problems.ts';
import { splitKey } from '../../src/configuration/property.ts';
import { isScalarType } from '../../src/configuration/read-scalar.ts';
import { environmentName, keysBelow, locate, schemaOf } from '../../src/configuration/schema.ts';
import { TABLE } from '../../src/configuration/table/index.ts';
import type { ScalarType, ValueType } from '../../src/configuration/value-type.ts';
import { readYaml } from '../../src/configuration/yaml-source.ts';

const newReports = () => ({ problems: new Problems(), warnings: new Set<string>(), notes: new Set<string>() });

function bind(read: (reports: ReturnType<typeof newReports>) => Parameters<typeof bindSettings>[0]) {
  const reports = newReports();
  const { settings } = bindSettings(read(reports), reports);
  return { settings: plain(settings), keys: reports.problems.sorted.map((sentence) => sentence.split(' ')[0]) };
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([name, inner]) => [name, plain(inner)]);
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object' && 'reveal' in value && typeof value.reveal === 'function')
    return value.reveal();
  return value && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
    : value;
}

/** The type of the value that a key of `keysBelow` leads to; null where that is not one value or a list of them. */
function typeAt(key: string): ScalarType | null {
  const located = locate(schemaOf(TABLE), splitKey(key));
  if (located.kind !== 'field' || located.named.field.meaning === 'noted') return null;
  let type: ValueType = located.named.field.type;
  const rest = [...located.rest];
  while (!isScalarType(type)) {
    const segment = rest.shift();
    if (type.kind === 'list') type = type.of;
    else if (segment === undefined || type.kind === 'anything') return null;
    else if (type.kind === 'map') type = type.of;
    else {
      const below = locate(schemaOf(type.fields), [segment, ...rest]);
      if (below.kind !== 'field' || below.named.field.meaning === 'noted') return null;
      type = below.named.field.type;
      rest.splice(0, rest.length, ...below.rest);
    }
  }
  return type;
}

const texts: Record<ScalarType['kind'], fc.Arbitrary<string>> = {
  flag: fc.constantFrom('true', 'False', 'ON', 'no', '1', 'nonsense'),
  integer: fc.nat(70_000).map(String),
  duration: fc.constantFrom('30s', 'PT5M', '2h', '61000', 'never'),
  choice: fc.constantFrom('basic', 'OIDC', 'c8run', 'USER', 'mapping-rule', 'operate', 'RS256'),
  url: fc.webUrl(),
  secret: fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
  text: fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
};

const KEYS = keysBelow(TABLE)
  .map((key) => key.replace(/<(\w+)>/g, '$1'))
  .flatMap((key) => {
    const type = typeAt(key);
    return type ? [{ key, type }] : [];
  });

const given = fc.constantFrom(...KEYS).chain(({ key, type }) => fc.tuple(fc.constant(key), texts[type.kind]));

const camel = (key: string) => key.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const snake = (key: string) => key.replaceAll('-', '_');
const spelling = fc.constantFrom(
  (key: string) => key,
  camel,
  snake,
  (key: string) => key.toUpperCase(),
);

describe('relaxed binding', () => {
  it('has keys to try', () => {
    expect(KEYS.length).toBeGreaterThan(80);
  });

  it('gives every key the same value by file, in any spelling, and by environment', () => {
    fc.assert(
      fc.property(given, spelling, ([key, text], spell) => {
        fc.pre(!text.includes('${'));
        const environment = { [environmentName(key)]: text };
        const yaml = stringify({ [spell(key)]: text }, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 });
        const byEnvironment = bind((reports) => readEnvironment(environment, reports));
        const byFile = bind((reports) => readYaml({ path: 'f', text: yaml }, {}, reports.problems) ?? []);
        expect(lowerNames(byFile)).toEqual(lowerNames(byEnvironment));
      }),
      { numRuns: 500 },
    );
  });

  it('gives every key the same value nested and dotted', () => {
    fc.assert(
      fc.property(given, ([key, text]) => {
        fc.pre(!text.includes('${'));
        const dotted = JSON.stringify({ [key]: text });
        const nested = JSON.stringify(
          splitKey(key).reduceRight<unknown>(
            (inner, name) => (typeof name === 'number' ? [inner] : { [name]: inner }),
            text,
          ),
        );
        const read = (yaml: string) =>
          bind((reports) => readYaml({ path: 'f', text: yaml }, {}, reports.problems) ?? []);
        expect(read(nested)).toEqual(read(dotted));
      }),
      { numRuns: 500 },
    );
  });
});

/** Keys of a map keep the spelling of the file, which a variable cannot carry. */
function lowerNames(bound: { settings: unknown; keys: (string | undefined)[] }) {
  return JSON.parse(JSON.stringify(bound), (_, value) =>
    Array.isArray(value) && typeof value[0] === 'string' ? [value[0].toLowerCase(), ...value.slice(1)] : value,
  );
}
