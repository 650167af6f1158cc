import { anonymous } from '@stagedoor/access';
import type { Dialect } from '../dialect.ts';
import type { AuthenticationMethod } from '../door.ts';
import { operation } from '../operation.ts';
import { documentOf, type Title } from './document.ts';

const DOCUMENTS: { readonly [N in Dialect['name']]?: Title & { readonly path: string } } = {
  orchestration: { path: '/openapi.json', title: 'Orchestration Cluster REST API', version: '8.10' },
  operate: { path: '/openapi/operate.json', title: 'Operate API', version: '8.6' },
  zeebe: { path: '/openapi/zeebe.json', title: 'Zeebe REST API', version: '8.6' },
  administration: { path: '/openapi/administration.json', title: 'Administration API', version: '8.6' },
};

/** A dialect with one row more: the document of the others. `base` is the path before all paths. */
export function withDocument(method: AuthenticationMethod, dialect: Dialect, base: string): Dialect {
  const place = DOCUMENTS[dialect.name];
  if (place === undefined) return dialect;
  let written: string | null = null;
  const row = operation({
    id: 'getOpenApiDocument',
    method: 'GET',
    path: place.path,
    summary: 'The OpenAPI document of this API',
    requirement: anonymous,
    responses: { 200: { type: 'object' } },
    handle: () => {
      // At the first request: most programs are never asked.
      written ??= JSON.stringify(documentOf(method, dialect, place, base));
      return { status: 200, type: 'application/json', body: written };
    },
  });
  return { ...dialect, operations: [...dialect.operations, row] };
}
