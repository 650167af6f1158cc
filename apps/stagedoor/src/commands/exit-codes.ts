/** How a command ends (docs/command-line.md). 1 is everything that has no number of its own. */
export const DONE = 0;
export const FAILED = 1;
export const WRONG_USAGE = 2;
const REFUSED = 3;
const UNAVAILABLE = 4;
/** As `env`, `timeout` and `nohup` tell their own failures from those of what they run. */
const NOT_RUN = 125;
const NOT_FOUND = 127;

const BY_CODE: Readonly<Record<string, number>> = {
  INVALID_INPUT: WRONG_USAGE,
  INVALID_ARGUMENT: WRONG_USAGE,
  PASSWORD_NO_TERMINAL: WRONG_USAGE,
  CREDENTIALS_UNUSABLE: REFUSED,
  TOKEN_REFUSED: REFUSED,
  TOKEN_ANSWER_UNREADABLE: REFUSED,
  LOGIN_REFUSED: REFUSED,
  ORIGIN_FOREIGN: REFUSED,
  CALL_REFUSED: REFUSED,
  TOKEN_UNAVAILABLE: UNAVAILABLE,
  LOGIN_UNAVAILABLE: UNAVAILABLE,
  API_UNAVAILABLE: UNAVAILABLE,
  CURL_NOT_RUN: NOT_RUN,
  CURL_MISSING: NOT_FOUND,
};

export function exitCodeFor(code: string): number {
  return BY_CODE[code] ?? FAILED;
}

/** The command has said what there was to say, and ends so. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with ${exitCode}`);
    this.exitCode = exitCode;
  }
}
