// Installs what a checkout lacks, once, and says so; `--runtime` leaves out what only developing needs. Plain JavaScript
// without dependencies, for Node 18 and newer: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, 'package-lock.json');
/** npm's own record of what is installed. */
const installedFile = join(root, 'node_modules', '.package-lock.json');
const stampFile = join(root, 'node_modules', '.stagedoor-prepared.json');

const runtimeOnly = process.argv.includes('--runtime');

function digest(file) {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'none';
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** True where an install by this script, for this mode or for everything, is still what is there. */
function isStamped(last) {
  const suits = last?.mode === 'all' || (runtimeOnly && last?.mode === 'runtime');
  return suits && last.lock === digest(lockFile) && last.installed === digest(installedFile);
}

function stamp(mode) {
  const content = { mode, lock: digest(lockFile), installed: digest(installedFile) };
  writeFileSync(stampFile, `${JSON.stringify(content)}\n`);
}

/** npm leaves out an optional package that is made for another machine, and what only such a package needs. */
function mayBeMissing(wanted) {
  const forUs = wanted.os?.includes(process.platform) && wanted.cpu?.includes(process.arch) && !wanted.libc;
  return wanted.optional && !forUs;
}

/** True where npm, whoever ran it, has installed what the lock file names. */
function isComplete(mode) {
  const wanted = readJson(lockFile)?.packages ?? {};
  const installed = readJson(installedFile)?.packages;
  if (!installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || (mode === 'runtime' && entry.dev)) return true;
    const found = installed[path];
    return found ? found.version === entry.version && found.integrity === entry.integrity : mayBeMissing(entry);
  });
}

function npm(args) {
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 64 * 1024 * 1024 };
  const script = process.env.npm_execpath;
  // Under `npm run` the same npm; it need not be on the PATH by the name npm.
  if (script?.endsWith('npm-cli.js')) return spawnSync(process.execPath, [script, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

function fail(what) {
  console.error(
    `stagedoor: the dependencies could not be installed (${what}): check the network and the disk, then try again`,
  );
  process.exit(1);
}

/**
 * Not `npm ci`: that refuses a lock file which lacks an optional package for another kind of machine, even one that its
 * registry does not have. What came is compared with the lock file instead.
 */
function install(mode) {
  console.error('stagedoor: installing dependencies (npm install) ...');
  // No package here needs a script of its own to be run.
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = npm(['install', ...flags, ...(mode === 'runtime' ? ['--omit=dev'] : [])]);
  if (result.status !== 0) {
    const code = /^npm (?:error|ERR!) code (\S+)/m.exec(result.stderr ?? '')?.[1];
    fail(`npm install: ${code ?? result.error?.code ?? `exit code ${result.status}`}`);
  }
  if (!isComplete(mode)) fail('npm installed something else than package-lock.json names');
}

const last = readJson(stampFile);
if (!isStamped(last)) {
  // What was installed for developing stays so.
  const mode = runtimeOnly && last?.mode !== 'all' ? 'runtime' : 'all';
  if (!isComplete(mode)) install(mode);
  stamp(mode);
}
