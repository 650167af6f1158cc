import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../rights/ask.ts';

/** From PyPI; `.ci/run` installs it, in the versions of `requirements.txt`. */
const COMMAND = 'schemathesis';
const CONFIGURATION = join(import.meta.dirname, 'schemathesis.toml');

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

export const MISSING = 'schemathesis of PyPI is not installed: see conformance/openapi/requirements.txt';

export function hasSchemathesis(): boolean {
  return spawnSync(COMMAND, ['--version'], { stdio: 'ignore' }).status === 0;
}

export type SchemathesisRun = {
  /** Where the document is. */
  readonly document: string;
  readonly as: Credentials;
  /** `coverage` goes along the borders of every schema, `fuzzing` draws from inside and outside. */
  readonly phases: readonly ('coverage' | 'fuzzing')[];
  /** Drawn for each operation. */
  readonly examples: number;
};

export type Report = { readonly code: number | null; readonly output: string };

/**
 * Sends what a document allows, and what it does not, and checks every answer against the document: no 5xx, no status, media
 * type or body that it does not describe. What is sent is the same at every run, but for what was learned from answers.
 */
export async function runSchemathesis({ document, as, phases, examples }: SchemathesisRun): Promise<Report> {
  const headers = Object.entries(as).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const asked = ['--checks', CHECKS.join(), '--phases', phases.join(), '--max-examples', String(examples)];
  // Several workers trip over Python 3.11's parser; whoever has no credentials is not to have some made up for him.
  const steady = ['--generation-deterministic', '--no-shrink', '--workers', '1'];
  const quiet = ['--generation-with-security-parameters', 'false', '--warnings', 'off', '--no-color'];
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-schemathesis-'));
  const options = ['--config-file', CONFIGURATION, 'run', document, ...headers, ...asked, ...steady, ...quiet];
  const child = spawn(COMMAND, options, { cwd: directory });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output.push(chunk.toString());
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  rmSync(directory, { recursive: true, force: true });
  return { code, output: output.join('') };
}
