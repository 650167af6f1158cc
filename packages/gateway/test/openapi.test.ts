import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthenticationMethod } from '../src/index.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { bearer, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const PLACES = {
  orchestration: '/openapi.json',
  operate: '/openapi/operate.json',
  zeebe: '/openapi/zeebe.json',
  administration: '/openapi/administration.json',
} as const;

type Described = {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
};
type Document = {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: object };
};

async function documents(method: AuthenticationMethod = 'basic', basePath = '') {
  const open = await openDoor({ method, context: { basePath } });
  const read = async (path: string) => jsonOf(await open.send({ path: `${basePath}${path}` })) as unknown as Document;
  const entries = await Promise.all(
    Object.entries(PLACES).map(async ([name, path]) => [name, await read(path)] as const),
  );
  return { open, byName: new Map(entries), all: entries.map(([, document]) => document) };
}

function describedIn({ paths }: Document): readonly (Described & { readonly at: string })[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ ...one, at: `${method.toUpperCase()} ${path}` })),
  );
}

function refsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (name === '$ref' ? [String(member)] : refsOf(member)));
}

function schemasOf(document: Document): readonly object[] {
  const contents = describedIn(document).flatMap(({ responses }) => Object.values(responses).map((one) => one.content));
  return contents.flatMap((content = {}) => Object.values(content).map(({ schema }) => schema));
}

describe('the OpenAPI documents', () => {
  it('list every row that is served exactly once, and none that is not', async () => {
    const { open, byName } = await documents();
    for (const [name, document] of byName) {
      const { operations = [] } = open.dialects.find((dialect) => dialect.name === name) ?? {};
      const served = operations.filter((one) => one.served).map(({ id, method, path }) => `${id}: ${method} ${path}`);
      expect(served.length, name).toBeGreaterThan(0);
      expect(
        describedIn(document)
          .map(({ operationId, at }) => `${operationId}: ${at}`)
          .sort(),
      ).toEqual(served.sort());
    }
  });

  it('refer to nothing that is not in them', async () => {
    const { all } = await documents();
    for (const document of all) {
      const names = Object.keys(document.components.schemas);
      for (const ref of refsOf(document)) expect(names, ref).toContain(ref.replace('#/components/schemas/', ''));
    }
  });

  it('have schemas that compile', async () => {
    const { all } = await documents();
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schemas = all.flatMap(schemasOf).filter((schema) => refsOf(schema).length === 0);
    expect(schemas.length).toBeGreaterThan(10);
    for (const schema of schemas) expect(() => ajv.compile(schema), JSON.stringify(schema)).not.toThrow();
  });

  it('give every parameter of a path its description', async () => {
    const { all } = await documents();
    for (const { at, parameters } of all.flatMap(describedIn)) {
      const named = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters.filter((one) => one.in === 'path').map(({ name }) => name),
        at,
      ).toEqual(named);
    }
  });

  it('say how callers show who they are in each method, and that administration always wants a token', async () => {
    for (const [method, schemes] of [
      ['none', []],
      ['basic', ['basic', 'session', 'operateSession']],
      ['oidc', ['bearer', 'session']],
    ] as const) {
      const { byName } = await documents(method);
      for (const [name, { components }] of byName)
        expect(Object.keys(components.securitySchemes), name).toEqual(name === 'administration' ? ['bearer'] : schemes);
    }
  });

  it('tell of a 401 where somebody is asked who he is, and nowhere else', async () => {
    const { byName } = await documents();
    const v2 = describedIn(byName.get('orchestration') ?? neverHere());
    for (const { operationId, responses, security } of v2) {
      const open = ['getStatus', 'getLicense', 'createAdminUser', 'getClusterStatus'].includes(operationId);
      expect('401' in responses, operationId).toBe(!open);
      expect(security.length > 0, operationId).toBe(!open);
    }
    const { byName: unprotected } = await documents('none');
    for (const { at, responses } of describedIn(unprotected.get('operate') ?? neverHere()))
      expect(Object.keys(responses), at).not.toContain('401');
  });

  it('are for everybody, also for those whose token is none, and for reading only', async () => {
    const { open } = await documents('oidc');
    for (const path of Object.values(PLACES)) {
      expect((await open.send({ path })).status).toBe(200);
      expect((await open.send({ path, headers: [bearer('expired-token')] })).status).toBe(200);
      expect((await open.send({ path, method: 'POST' })).status).toBe(405);
    }
    expect((await open.send({ path: '/openapi/front.json' })).status).toBe(404);
  });

  it('name the path before all paths as their server', async () => {
    const { all } = await documents('basic', '/camunda');
    for (const { servers } of all) expect(servers).toEqual([{ url: '/camunda' }]);
    const { byName } = await documents();
    expect(byName.get('orchestration')).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/' }] });
  });
});

function neverHere(): never {
  throw new Error('the document is not there');
}
