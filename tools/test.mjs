// `npm test [-- vitest's arguments]`: runs the tests once, then says which were skipped and why, then how many there were.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode } from '../apps/stagedoor/bin/find-node.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const node = findNode(here);
if (node === undefined) {
  console.error('stagedoor: the tests need Node 24: run npm install, or install Node 24');
  process.exit(1);
}
if (node !== process.execPath) {
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(status ?? 1);
}

// For this script alone: to a program that a test starts it would be an unknown configuration key.
const noSkips = process.env.STAGEDOOR_NO_SKIPS === '1';
delete process.env.STAGEDOOR_NO_SKIPS;

const { parseCLI, startVitest } = await import('vitest/node');

/** True for a test that never ran because something around it could not be set up; that is a failure of its own. */
function lostItsSuite(test) {
  for (let around = test.parent; around; around = around.parent) {
    if (around.errors().length > 0) return true;
  }
  return false;
}

/**
 * Counts what happened. A test is skipped with `ctx.skip('reason')` or `ctx.skip(condition, 'reason')`; one that is skipped
 * in a way that keeps the reason to itself fails, unless the command line chose which tests to run.
 */
class Tally {
  passed = 0;
  failed = 0;
  skipped = [];

  onTestRunEnd(modules, unhandledErrors) {
    this.failed += unhandledErrors.length;
    for (const module of modules) this.#countModule(module);
  }

  #countModule(module) {
    this.failed += module.errors().length;
    for (const test of module.children.allTests()) this.#countTest(test);
    for (const suite of module.children.allSuites()) this.failed += suite.errors().length;
  }

  #countTest(test) {
    const result = test.result();
    if (result.state === 'passed') this.passed += 1;
    else if (result.state === 'skipped')
      this.skipped.push({
        name: test.fullName,
        file: test.module.relativeModuleId,
        reason: result.note ?? (lostItsSuite(test) ? 'what it needs could not be set up' : undefined),
      });
    else this.failed += 1;
  }
}

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const tally = new Tally();
const vitest = await startVitest('test', filter, {
  ...options,
  watch: false,
  reporters: [options.reporter ?? 'default', tally].flat(),
});
await vitest.close();

const chosen = options.testNamePattern !== undefined;
const skipped = chosen ? tally.skipped.filter(({ reason }) => reason) : tally.skipped;
for (const { name, file, reason } of skipped)
  console.log(`skipped: ${name} (${file}): ${reason ?? 'NO REASON GIVEN, which is a failure'}`);

const unexplained = skipped.filter(({ reason }) => !reason).length;
const refused = noSkips ? skipped.length : unexplained;
if (refused > 0) console.log(`${refused} skipped where none may be: this run fails`);
console.log(`${tally.passed} passed, ${tally.failed} failed, ${skipped.length} skipped`);
process.exit(tally.failed > 0 || refused > 0 || process.exitCode ? 1 : 0);
