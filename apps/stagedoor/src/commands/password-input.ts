import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { OperatorError } from '../operator-error.ts';
import { isPlainText } from '../plain-text.ts';

const MAX_PASSWORD_CHARACTERS = 1024;

/** Standard input: a terminal can stop showing what is typed. */
export type PasswordSource = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

function checkPassword(password: string): string {
  if (password === '') throw new OperatorError('PASSWORD_EMPTY', 'the password is empty: give one');
  if (password.length > MAX_PASSWORD_CHARACTERS) {
    throw new OperatorError(
      'PASSWORD_TOO_LONG',
      `the password is longer than ${MAX_PASSWORD_CHARACTERS} characters: give a shorter one`,
    );
  }
  if (!isPlainText(password)) {
    throw new OperatorError(
      'PASSWORD_CONTROLS',
      'the password has control characters (a second line or an arrow key, perhaps): give it without them',
    );
  }
  return password;
}

/** The whole of standard input without its last line end. */
export async function passwordFromStdin(input: PasswordSource): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of input) {
    text += decoder.write(chunk);
    // Two more than the longest password: its line end.
    if (text.length > MAX_PASSWORD_CHARACTERS + 2) break;
  }
  return checkPassword((text + decoder.end()).replace(/\r?\n$/, ''));
}

/** What has been typed: finished lines, and the one under way. */
export type Typed = { readonly lines: readonly string[]; readonly line: string; readonly cancelled: boolean };
export const NOTHING_TYPED: Typed = { lines: [], line: '', cancelled: false };

/** One key of a terminal in raw mode. */
function typeKey(typed: Typed, key: string): Typed {
  switch (key) {
    case '\r':
    case '\n':
      return { ...typed, lines: [...typed.lines, typed.line], line: '' };
    case '\u0003': // Ctrl-C
    case '\u0004': // Ctrl-D
      return { ...typed, line: '', cancelled: true };
    case '\u007f':
    case '\b':
      return { ...typed, line: [...typed.line].slice(0, -1).join('') };
    case '\u0015': // Ctrl-U
      return { ...typed, line: '' };
    default:
      return { ...typed, line: typed.line.length > MAX_PASSWORD_CHARACTERS ? typed.line : typed.line + key };
  }
}

/** What came from a terminal in raw mode: single keys, or a pasted text with a line end of one or two characters. */
export function type(typed: Typed, keys: string): Typed {
  let now = typed;
  for (const key of keys.replaceAll('\r\n', '\n')) {
    if (now.cancelled) break;
    now = typeKey(now, key);
  }
  return now;
}

/** Asks the questions one after another, showing nothing of what is typed. */
function askHidden(
  input: PasswordSource,
  questions: readonly string[],
  show: (text: string) => void,
): Promise<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let typed = NOTHING_TYPED;
  return new Promise((resolve, reject) => {
    const stop = () => {
      input.off('data', onData).off('end', onEnd).pause();
      input.setRawMode?.(false);
    };
    const onEnd = () => {
      stop();
      reject(new OperatorError('PASSWORD_CANCELLED', 'no password was given: nothing was changed'));
    };
    const onData = (chunk: Buffer) => {
      const answered = typed.lines.length;
      typed = type(typed, decoder.write(chunk));
      for (let line = answered; line < typed.lines.length; line += 1) show(`\n${questions[line + 1] ?? ''}`);
      if (typed.cancelled) {
        show('\n');
        onEnd();
      } else if (typed.lines.length >= questions.length) {
        stop();
        resolve(typed.lines);
      }
    };
    show(questions[0] ?? '');
    input.setRawMode?.(true);
    input.on('data', onData).once('end', onEnd).resume();
  });
}

/** A password typed twice at a terminal, hidden. Where there is no terminal to ask at, it has to come by `--password-stdin`. */
export async function passwordFromTerminal(
  input: PasswordSource,
  who: string,
  show: (text: string) => void,
): Promise<string> {
  if (!input.isTTY) {
    throw new OperatorError(
      'PASSWORD_NO_TERMINAL',
      'there is no terminal to ask for the password: use --password-stdin',
    );
  }
  const [first, second] = await askHidden(input, [`Password for ${who}: `, 'Once more: '], show);
  if (first !== second) throw new OperatorError('PASSWORDS_DIFFER', 'the two passwords differ: nothing was changed');
  return checkPassword(first ?? '');
}
