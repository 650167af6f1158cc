import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Resolution, resolveConfiguration } from '../configuration/index.ts';
import { OperatorError } from '../operator-error.ts';
import type { StartOptions } from '../start-options.ts';

/** Reads the file that is named, or the one that is there, and resolves it with the environment and the options. */
export function readConfiguration(options: StartOptions): Resolution {
  return resolveConfiguration({ options, environment: process.env, yaml: readYamlFile(options.config) });
}

function readYamlFile(named: string | undefined): { path: string; text: string } | null {
  const path = named ?? 'application.yaml';
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'UNKNOWN';
    if (named === undefined && code === 'ENOENT') return null;
    throw new OperatorError(
      'CONFIGURATION_UNREADABLE',
      `the configuration file ${resolve(path)} cannot be read (${code}): check the path and its permissions`,
      { cause },
    );
  }
}
