import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ENTRY = new URL('../src/index.ts', import.meta.url);
const IMPORTED = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"]([^'"]+)['"]/g;
/** What Node has and pages have not. */
const NODE_ONLY = /\b(?:process|Buffer|__dirname|__filename|setImmediate|global)\b(?!['’\w])/;

/** Every module that the core is made of, types and what is loaded late among them. */
function reachable(from: URL, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(from.href)) return found;
  const code = readFileSync(fileURLToPath(from), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  found.set(from.href, code);
  for (const [, name = ''] of code.matchAll(IMPORTED)) {
    expect(name, `${from.pathname} imports ${name}`).toMatch(/^\.\.?\//);
    reachable(new URL(name, from), found);
  }
  return found;
}

it('the core imports nothing but itself, and nothing that pages do not have', () => {
  const modules = reachable(ENTRY);
  expect(modules.size).toBeGreaterThan(20);
  for (const [path, code] of modules) {
    expect(path).not.toContain('/src/node/');
    expect(code.match(NODE_ONLY)?.[0], path).toBeUndefined();
  }
});
