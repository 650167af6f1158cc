import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METHODS, PROFILES } from '../../src/configuration/index.ts';
import { profileProperties } from '../../src/configuration/profiles.ts';
import { joinKey } from '../../src/configuration/property.ts';
import { isScalarType, readScalar } from '../../src/configuration/read-scalar.ts';
import { configurationReference } from '../../src/configuration/reference.ts';
import { environmentName, keysBelow, locate, schemaOf } from '../../src/configuration/schema.ts';
import { TABLE } from '../../src/configuration/table/index.ts';
import type { Field, Fields } from '../../src/configuration/value-type.ts';

function allFields(fields: Fields): [string, Field][] {
  return Object.entries(fields).flatMap(([name, field]) => [[name, field] as [string, Field], ...inside(field)]);
}

function inside({ type }: Pick<Field, 'type'>): [string, Field][] {
  if (type.kind === 'list' || type.kind === 'map') return inside({ type: type.of });
  return type.kind === 'record' ? allFields(type.fields) : [];
}

describe('the table', () => {
  it.each(allFields(TABLE).filter(([, field]) => field.default !== undefined))(
    'has a default for %s that its own type takes',
    (_, field) => {
      expect(isScalarType(field.type) && readScalar(field.type, field.default ?? '')).toMatchObject({ ok: true });
    },
  );

  it('has no two keys that one variable of the environment could mean', () => {
    const names = keysBelow(TABLE).map((key) => environmentName(key).replaceAll('_', ''));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('has keys below another key only where that one takes anything', () => {
    const odd: string[] = [];
    const visit = (node: ReturnType<typeof schemaOf>) => {
      if (node.named && node.children.size > 0 && node.named.field.type.kind !== 'anything') odd.push(node.path);
      for (const child of node.children.values()) visit(child);
    };
    visit(schemaOf(TABLE));
    expect(odd).toEqual([]);
  });

  it('ends every documentation with a full stop', () => {
    expect(allFields(TABLE).filter(([, { documentation }]) => !/^[A-Z`].*\.$/.test(documentation))).toEqual([]);
  });

  it('knows every key that a profile uses', () => {
    const cells = PROFILES.flatMap((profile) => METHODS.map((method) => ({ profile, method, foreignIssuer: false })));
    const unknown = cells
      .flatMap(profileProperties)
      .filter(({ path }) => locate(schemaOf(TABLE), path).kind !== 'field');
    expect(unknown.map(({ path }) => joinKey('', path))).toEqual([]);
  });

  it('is what docs/configuration.md says; write-reference.ts writes that file', () => {
    const written = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(written).toBe(configurationReference());
  });
});
