// `npm run lint`: every check on the sources, all of them whatever fails, each reported by name.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Tests may be longer: a table of cases is one thing to read. */
const MAX_LINES = { code: 400, tests: 600 };
const CODE = /\.(?:ts|mts|cts|tsx|mjs|cjs|js)$/;
const DRAWER = /^(?:utils?|helpers?|common|shared|misc)(?:\.|$)/i;
/** What dependency-cruiser is given to read. */
const CRUISED = ['apps', 'packages', 'conformance', 'bench'];

/** Files below a directory, as paths from the root. */
function filesBelow(directory) {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Runs a tool of node_modules/.bin; its output is kept until it is wanted. */
function run(tool, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules', '.bin', tool), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk) => chunks.stdout.push(chunk));
    child.stderr.on('data', (chunk) => chunks.stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const [stdout, stderr] = [chunks.stdout, chunks.stderr].map((parts) => Buffer.concat(parts).toString());
      resolve({ passed: code === 0, stdout, output: `${stdout}${stderr}` });
    });
  });
}

/**
 * dependency-cruiser reports success over sources that it cannot parse, so what it has seen is counted: every TypeScript file
 * below the directories that it was given.
 */
async function importRules() {
  const { stdout, output } = await run(
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...CRUISED,
  );
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { passed: false, output };
  }
  const seen = new Set(report.modules.map((module) => module.source));
  const unseen = CRUISED.flatMap(filesBelow).filter((file) => file.endsWith('.ts') && !seen.has(file));
  const lines = report.summary.violations.map(({ rule, from, to }) => `${rule.severity} ${rule.name}: ${from} → ${to}`);
  const errors = report.summary.violations.filter(({ rule }) => rule.severity === 'error').length;
  if (unseen.length > 0) lines.push(`not read by dependency-cruiser: ${unseen.join(', ')}`);
  return { passed: errors === 0 && unseen.length === 0, output: lines.join('\n') };
}

/** A file makes one decision: longer ones make several. A folder or file called utils makes none. */
function sizesAndNames() {
  const files = [...CRUISED, 'tools'].flatMap(filesBelow);
  const long = files
    .filter((file) => CODE.test(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .map(({ file, lines }) => ({
      file,
      lines,
      allowed: /(?:^|[\\/])test[\\/]|\.test\.ts$/.test(file) ? MAX_LINES.tests : MAX_LINES.code,
    }))
    .filter(({ lines, allowed }) => lines > allowed)
    .map(({ file, lines, allowed }) => `${file} has ${lines} lines; ${allowed} are allowed`);
  const drawers = files
    .filter((file) =>
      relative('.', file)
        .split(/[\\/]/)
        .some((part) => DRAWER.test(part)),
    )
    .map((file) => `${file} is in a drawer: give it the name of what it does`);
  const output = [...long, ...drawers].join('\n');
  return { passed: output === '', output };
}

const checks = {
  'types (tsc)': () => run('tsc', '--noEmit'),
  'style (biome)': () => run('biome', 'ci', '--error-on-warnings', '--diagnostic-level=warn', '--colors=off', '.'),
  'imports (dependency-cruiser)': importRules,
  'unused (knip)': () => run('knip', '--no-progress'),
  'sizes and names': sizesAndNames,
};

const started = Object.entries(checks).map(async ([name, check]) => ({ name, ...(await check()) }));
let failed = 0;
for (const running of started) {
  const { name, passed, output } = await running;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}`);
  if (passed) continue;
  failed += 1;
  console.log(output.trimEnd());
}
process.exitCode = failed === 0 ? 0 : 1;
