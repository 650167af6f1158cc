#!/usr/bin/env node
// Plain JavaScript for Node 18 and newer: finds the Node that can run the program, and hands over to it.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { findNode, upwards, WANTED_MAJOR } from './find-node.mjs';

const here = realpathSync(fileURLToPath(import.meta.url));

/** Stays in front of the other Node until it ends: signals go there, its end is ours. */
function handOver(node) {
  const child = spawn(node, [here, ...process.argv.slice(2)], { stdio: 'inherit' });
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    // A terminal sends Ctrl-C to both of us, and a second one would mean something else.
    const alreadySent = atTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
    process.on(signal, () => alreadySent || child.kill(signal));
  }
  child.once('error', (error) => {
    console.error(
      `stagedoor: ${node} cannot be started (${error.code}): run npm install again, or install Node ${WANTED_MAJOR}`,
    );
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * Compiled code is kept beside the installed packages: whoever can write there can change the program anyway, which is not
 * true of the machine's temporary directory. Where it cannot be written, nothing is kept.
 */
function keepCompiledCode() {
  if (process.env.NODE_COMPILE_CACHE || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  const installed = [...upwards(dirname(here))].map((parent) => join(parent, 'node_modules')).find(existsSync);
  if (installed) nodeModule.enableCompileCache?.(join(installed, '.cache', 'stagedoor'));
}

/**
 * What a request allocates is garbage when it is answered. The space for it would grow to 32 MB at the start, which no
 * processor's cache holds: kept at its first 2 MB, a request costs a quarter less CPU.
 */
function keepYoungGenerationSmall() {
  setFlagsFromString('--semi-space-growth-factor=1');
}

const node = findNode(dirname(here));
if (node === process.execPath) {
  keepCompiledCode();
  keepYoungGenerationSmall();
  await import('../src/main.ts');
} else if (node) {
  handOver(node);
} else {
  console.error(
    `stagedoor: this is Node ${process.versions.node} and Stagedoor needs ${WANTED_MAJOR}: run npm install in its directory, or install Node ${WANTED_MAJOR}`,
  );
  process.exitCode = 1;
}
