import { runCommandLine } from '../program/run-command-line.ts';
import type { Program } from '../program/start-program.ts';
import { Observer } from './observer.ts';

export type Asked = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams;
};

/** Somebody who uses a program in every way, and keeps everything that it shows him. */
export class Visitor {
  readonly observer = new Observer();
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  /** Asks, and keeps the whole answer; `showing` picks out of it what it is there to show. */
  async ask(
    url: string,
    asked: Asked = {},
    showing: (answer: Response, body: string) => readonly string[] = () => [],
  ): Promise<Response> {
    const answer = await fetch(url, asked);
    const body = await answer.text();
    const shown = showing(answer, body);
    this.observer.saw(
      `the answer to ${asked.method ?? 'GET'} ${new URL(url).pathname}`,
      `${JSON.stringify([...answer.headers])}\n${body}`,
      shown,
    );
    return answer;
  }

  async run(
    args: readonly string[],
    input = '',
    showing: (stdout: string) => readonly string[] = () => [],
  ): Promise<string> {
    const ran = await runCommandLine([...args, '--data', this.program.data], {
      directory: this.program.directory,
      input,
    });
    this.observer.saw(`the output of ${args.slice(0, 2).join(' ')}`, ran.stdout + ran.stderr, showing(ran.stdout));
    return ran.stdout;
  }
}
