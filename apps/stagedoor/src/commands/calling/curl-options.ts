import { OperatorError } from '../../operator-error.ts';

/** The options of the curl that is installed, as it tells them itself. */
export type CurlOptions = {
  /** For each option, `--long` and `-s` alike, whether it takes a value. */
  readonly takesValue: ReadonlyMap<string, boolean>;
};

const OPTION = /^ *(?:(-\S), )?\s*(--[a-z0-9][a-z0-9.-]*)( <)?/;

/** Reads the answer to `curl --help all`. @throws OperatorError where it is none */
export function readCurlOptions(help: string): CurlOptions {
  const takesValue = new Map<string, boolean>();
  for (const line of help.split('\n')) {
    const [, short, long, value] = OPTION.exec(line) ?? [];
    if (long === undefined) continue;
    takesValue.set(long, value !== undefined);
    if (short !== undefined) takesValue.set(short, value !== undefined);
  }
  if (takesValue.get('--url') !== true || takesValue.get('-v') !== false)
    throw new OperatorError(
      'CURL_NOT_RUN',
      'this curl does not tell its options (curl --help all): it has to be 7.73 or newer',
    );
  return { takesValue };
}
