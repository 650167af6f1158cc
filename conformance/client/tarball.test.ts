import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'stagedoor-project-'));
const EXAMPLES = [
  ...readFileSync(join(root, 'packages/client/README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code = '']) => code);
/** What an example may use that is not ours: the project has it from here rather than from a registry. */
const LINKED = ['@camunda8', '@types', 'typescript'];

let program: Program;
let variables: Record<string, string>;

beforeAll(async () => {
  const { stdout } = await run(process.execPath, [join(root, 'tools/pack-client.mjs'), project]);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', stdout.trim()], { cwd: project });
  for (const name of LINKED) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  mkdirSync(join(project, 'examples'));
  for (const [index, code] of EXAMPLES.entries()) writeFileSync(join(project, 'examples', `example-${index}.ts`), code);
  program = await startProgram({ args: ['--method', 'oidc', '--memory', ...FREE_PORTS] });
  const lines = await command(program, ['client', 'create', '--name', 'reader', '--env']);
  variables = Object.fromEntries(
    [...lines.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
});
afterAll(async () => {
  await program?.stop();
  rmSync(project, { recursive: true, force: true });
});

describe('the tarball in an empty project', () => {
  it.each([
    ['Node', { lib: ['es2024'], types: ['node'] }],
    ['browsers', { lib: ['es2024', 'dom', 'dom.iterable'], types: [] }],
  ])('resolves its types, every line of them checked, for %s', async (where, options) => {
    const compilerOptions = {
      ...{ target: 'es2024', module: 'nodenext', moduleResolution: 'nodenext', strict: true, noEmit: true },
      // Declarations are checked as well, and as strictly as anybody's project may want it.
      ...{ skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...options,
    };
    const code =
      where === 'Node'
        ? `import { credentialsFromEnvironment, type Credentials } from '@stagedoor/client/node';\nexport const c: Credentials = credentialsFromEnvironment({});\n// @ts-expect-error no such method\nc.open();\n`
        : `import { TokenManager } from '@stagedoor/client';\nexport const m = new TokenManager();\n// @ts-expect-error no such method\nm.open();\n`;
    writeFileSync(join(project, `${where}.ts`), code);
    writeFileSync(join(project, `tsconfig.${where}.json`), JSON.stringify({ compilerOptions, files: [`${where}.ts`] }));
    const checked = await run(join(root, 'node_modules/.bin/tsc'), ['-p', `tsconfig.${where}.json`], {
      cwd: project,
    }).catch((error: { stdout: string }) => error);
    expect(checked.stdout).toBe('');
  });

  it('holds nothing but what it is made of', async () => {
    const { stdout } = await run('tar', ['tzf', join(project, 'stagedoor-client-0.1.0.tgz')]);
    const files = stdout.trim().split('\n');
    expect(
      files.filter((file) => !/^package\/(?:lib\/.*\.(?:d\.ts|js)|package\.json|README\.md|LICENSE)$/.test(file)),
    ).toEqual([]);
  });

  it('compiles the examples of the README', async () => {
    const compilerOptions = {
      ...{ target: 'es2024', lib: ['es2024'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' },
      ...{ strict: true, noEmit: true, skipLibCheck: true },
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['examples'] }));
    const checked = await run(join(root, 'node_modules/.bin/tsc'), [], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    );
    expect(checked.stdout).toBe('');
  });

  it.each(EXAMPLES.map((code, index) => [index + 1, code] as const))(
    'runs example %i of the README',
    async (number) => {
      const example = join(project, 'examples', `example-${number - 1}.ts`);
      const env = { HOME: project, ...variables };
      const { stdout, stderr } = await run(process.execPath, [example], { cwd: project, env });
      expect(stdout).toMatch(/gatewayVersion|200|1/);
      expect(stderr).toBe('');
    },
  );
});
