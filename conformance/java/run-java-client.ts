import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { printedJson, runToEnd } from '../program/run-to-end.ts';

/** Of a JDK, of Maven, and what makes key stores of PEM files. */
const TOOLS = ['java', 'javac', 'keytool', 'mvn', 'openssl'];

/** Which of the tools this machine lacks, in words; null where it has them all. */
export function missingTools(): string | null {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const missing = TOOLS.filter((tool) => !directories.some((directory) => existsSync(join(directory, tool))));
  return missing.length === 0 ? null : `not on this machine: ${missing.join(', ')}`;
}

/** Has Maven fetch the official client, and compiles the program that uses it: the class path of both. */
export async function compileJavaClient(directory: string): Promise<string> {
  const classPath = join(directory, 'classpath');
  const pom = ['-f', join(import.meta.dirname, 'pom.xml'), `-Dmdep.outputFile=${classPath}`];
  await runTool('mvn', ['--quiet', '--batch-mode', ...pom, 'dependency:build-classpath']);
  const jars = readFileSync(classPath, 'utf8').trim();
  await runTool('javac', ['-cp', jars, '-d', directory, join(import.meta.dirname, 'JavaClient.java')]);
  return `${directory}${delimiter}${jars}`;
}

export type Variables = Readonly<Record<string, string>>;

export type JavaRun = {
  readonly classPath: string;
  /** Where the client keeps its tokens. */
  readonly home: string;
  /** Its whole environment, beside the path. */
  readonly variables: Variables;
  /** Done while the program waits at `pause`. */
  readonly meanwhile?: () => Promise<void>;
  /** Ends it, whatever it waits for; its run fails then. */
  readonly signal?: AbortSignal;
};

/** Runs the program in a process of its own: what each call was answered; `{ error }` where it failed. */
export async function runJavaClient(
  { classPath, home, variables, meanwhile, signal }: JavaRun,
  calls: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const fast = ['-XX:TieredStopAtLevel=1', `-Duser.home=${home}`];
  const child = spawn('java', [...fast, '-cp', classPath, 'JavaClient', ...calls], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  });
  let stdout = '';
  let stderr = '';
  let went: Promise<void> | null = null;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (went !== null || !stdout.startsWith('paused\n')) return;
    went = (meanwhile?.() ?? Promise.resolve()).finally(() => child.stdin.end('go on\n'));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await went;
  return printedJson({ code, stdout, stderr });
}

/** Runs a tool that has to succeed. */
export async function runTool(tool: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runToEnd(tool, args);
  if (code !== 0) throw new Error(`${tool} ended with ${code}: ${stdout}${stderr}`);
}
