// `node tools/pack-client.mjs [directory]`: compiles packages/client and packs it as it is published. Prints the tarball's path.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'packages', 'client');
const destination = resolve(process.argv[2] ?? join(root, 'node_modules', '.cache'));
const staged = join(destination, 'stagedoor-client');

rmSync(staged, { recursive: true, force: true });
mkdirSync(staged, { recursive: true });
const tsconfig = join(staged, 'tsconfig.json');
const options = {
  noEmit: false,
  declaration: true,
  rewriteRelativeImportExtensions: true,
  rootDir: join(source, 'src'),
  outDir: join(staged, 'lib'),
  typeRoots: [join(root, 'node_modules', '@types')],
};
writeFileSync(
  tsconfig,
  JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: options, include: [join(source, 'src')] }),
);
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['--project', tsconfig], { stdio: ['ignore', 2, 2] });
rmSync(tsconfig);

const { exports: entries, private: _, ...described } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
const compiled = Object.entries(entries).map(([name, path]) => {
  const base = path.replace('./src/', './lib/').replace(/\.ts$/, '');
  return [name, { types: `${base}.d.ts`, default: `${base}.js` }];
});
const published = {
  ...described,
  description:
    'Credentials for the APIs of Camunda 8: tokens fetched once, renewed ahead, carried to named origins only',
  engines: { node: '>=22.19' },
  files: ['lib'],
  exports: Object.fromEntries(compiled),
};
writeFileSync(join(staged, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
copyFileSync(join(source, 'README.md'), join(staged, 'README.md'));
copyFileSync(join(root, 'LICENSE'), join(staged, 'LICENSE'));
const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', destination], {
  cwd: staged,
  encoding: 'utf8',
});
const [{ filename }] = JSON.parse(packed);
console.log(join(destination, filename));
