import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from '../program/run-to-end.ts';

export type Answer = { readonly status: number; readonly headers: string; readonly body: string };

/** A person's shell: a working directory, and variables that stay. */
export class Shell {
  readonly directory: string;
  readonly #variables: Record<string, string> = {};

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'stagedoor-shell-'));
    // curl reads its settings from here: the words of the page stay as they are, and the suite still sees status and headers.
    mkdirSync(join(this.directory, 'curl'));
    const settings = [
      'silent',
      'show-error',
      'write-out = "\\n%{http_code}"',
      `dump-header = "${join(this.directory, 'headers')}"`,
      'noproxy = "*"',
    ];
    writeFileSync(join(this.directory, 'curl', '.curlrc'), `${settings.join('\n')}\n`);
  }

  set(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.#variables, variables);
  }

  /** Runs a command, verbatim, with the shell a person has. */
  async run(command: string): Promise<string> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: this.directory,
      CURL_HOME: join(this.directory, 'curl'),
      ...this.#variables,
    };
    const { code, stdout, stderr } = await runToEnd('/bin/sh', ['-c', command], { cwd: this.directory, env });
    if (code !== 0) throw new Error(`${command}\nended with ${code}: ${stderr}`);
    return stdout;
  }

  async curl(command: string): Promise<Answer> {
    const out = await this.run(command);
    const end = out.lastIndexOf('\n');
    return {
      status: Number(out.slice(end + 1)),
      headers: readFileSync(join(this.directory, 'headers'), 'utf8'),
      body: out.slice(0, end),
    };
  }
}
