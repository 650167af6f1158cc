import { resolve } from 'node:path';
import { findDataDirectory } from '../data-directory.ts';
import { DataDirectoryInUse, OperatorError } from '../operator-error.ts';
import { UseCaseError, type UseCaseName, type UseCases } from '../use-cases.ts';
import { type Answer, ask, NOBODY, type Question } from './ask.ts';
import type { Description } from './description.ts';
import { type Outputs, runUseCase } from './run-use-case.ts';
import { verifySocketPath } from './socket-path.ts';
import { type Inputs, USE_CASE_INPUTS } from './use-case-inputs.ts';
import { decodeDescription, decodeRefusal, UnreadableAnswer, USE_CASE_OUTPUTS } from './use-case-outputs.ts';

/** A program that is starting, or another command, holds the lock for moments without a socket: 30 looks, 100 ms apart. */
const LOOKS = 30;
const BETWEEN_LOOKS_MS = 100;

/** What adds something, and may do so before a program ever starts. Everything else on a directory that is not there is a slip. */
const MAY_BEGIN: ReadonlySet<UseCaseName> = new Set([
  'client.create',
  'client.create-with-keys',
  'client.create-with-certificate',
  'client.create-public',
  'user.create',
  'grant.add',
]);

export type OpenedUseCases = { readonly useCases: UseCases; close(): Promise<void> };

export type ControlClientOptions = {
  /** As given with `--data`. */
  readonly dataDirectory: string;
  /** Opens the directory itself, under its lock. Throws DataDirectoryInUse where another process holds that. */
  readonly openUseCases: (dataDirectory: string) => Promise<OpenedUseCases>;
  readonly wait: (milliseconds: number) => Promise<void>;
};

/** The command line's side: asks the program that runs on a data directory, and where none runs does it itself. */
export class ControlClient {
  readonly #options: ControlClientOptions;

  constructor(options: ControlClientOptions) {
    this.#options = options;
  }

  /** The program that runs on the data directory, or undefined where none does. */
  async describe(): Promise<Description | undefined> {
    const answer = await this.#ask({ method: 'GET', path: '/describe' });
    return answer === NOBODY ? undefined : decoded(answer, decodeDescription);
  }

  /**
   * Throws UseCaseError for a refusal of the use case, and OperatorError where the directory is not this user's own, or is
   * held by a process that does not answer. A question that was put is never put again.
   */
  async callUseCase<N extends UseCaseName>(name: N, input: Inputs[N]): Promise<Outputs[N]> {
    const parsed = USE_CASE_INPUTS[name](input);
    if (!MAY_BEGIN.has(name)) this.#refuseMissing();
    for (let look = 1; ; look += 1) {
      const answer = await this.#ask({ method: 'POST', path: `/use-cases/${name}`, body: parsed });
      if (answer !== NOBODY) return decoded(answer, USE_CASE_OUTPUTS[name]);
      const opened = await this.#open(look);
      if (opened !== undefined) return runAndClose(opened, name, parsed);
      await this.#options.wait(BETWEEN_LOOKS_MS);
    }
  }

  #refuseMissing(): void {
    const { dataDirectory } = this.#options;
    if (findDataDirectory(dataDirectory) !== undefined) return;
    const where = resolve(dataDirectory);
    throw new OperatorError(
      'DATA_DIRECTORY_MISSING',
      `there is no data directory ${where}: name the program's with --data`,
    );
  }

  /** Verifies the directory first: a socket in somebody else's directory would be handed our passwords. */
  async #ask(question: Question): Promise<Answer | typeof NOBODY> {
    const directory = findDataDirectory(this.#options.dataDirectory);
    if (directory === undefined) return NOBODY;
    verifySocketPath(directory.controlSocket);
    try {
      return await ask(directory.controlSocket, question);
    } catch (cause) {
      if (cause instanceof UnreadableAnswer) throw anotherVersion(cause);
      const fix = 'look with a list command whether the change was made, and whether the program is still well';
      throw new OperatorError(
        'CONTROL_ANSWER_MISSING',
        `the program on ${directory.path} was asked and did not answer: ${fix}`,
        { cause },
      );
    }
  }

  async #open(look: number): Promise<OpenedUseCases | undefined> {
    try {
      return await this.#options.openUseCases(this.#options.dataDirectory);
    } catch (cause) {
      if (!(cause instanceof DataDirectoryInUse)) throw cause;
      if (look < LOOKS) return undefined;
      const fix = 'wait until it has started or ended, or end it';
      const what = `the data directory ${cause.directory} is held by a process that does not answer on its control socket`;
      throw new OperatorError('DATA_DIRECTORY_SILENT', `${what}: ${fix}`, { cause });
    }
  }
}

async function runAndClose<N extends UseCaseName>(
  opened: OpenedUseCases,
  name: N,
  input: Inputs[N],
): Promise<Outputs[N]> {
  try {
    return await runUseCase(opened.useCases, name, input);
  } finally {
    await opened.close();
  }
}

function anotherVersion(cause: unknown): OperatorError {
  const fix = 'stop it, or use the command line of its version';
  return new OperatorError(
    'CONTROL_ANSWER_UNREADABLE',
    `the running program answers in a form of another version: ${fix}`,
    { cause },
  );
}

function decoded<T>(answer: Answer, decode: (body: unknown) => T): T {
  try {
    if (answer.status === 200) return decode(answer.body);
    const { code, message } = decodeRefusal(answer.body);
    throw new UseCaseError(code, message);
  } catch (error) {
    throw error instanceof UnreadableAnswer ? anotherVersion(error) : error;
  }
}
