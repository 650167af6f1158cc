import { OperatorError } from '../../operator-error.ts';
import type { CurlOptions } from './curl-options.ts';

/** Where a path leads to, and what may be called. */
export type CurlTarget = {
  /** The address of the API. */
  readonly address: string;
};

export type CurlArguments = {
  readonly args: readonly string[];
  /** False where nothing is called, as for `--version`. */
  readonly calls: boolean;
};

/** What would take the credentials to places that cannot be seen here, or to a second operation that would lack them. */
const REFUSED: Readonly<Record<string, string>> = {
  '-K': 'a further configuration could name other addresses',
  '--config': 'a further configuration could name other addresses',
  '-L': 'credentials follow no redirect',
  '--location': 'credentials follow no redirect',
  '--location-trusted': 'credentials follow no redirect',
  '--follow': 'credentials follow no redirect',
  '-:': 'one run is one operation',
  '--next': 'one run is one operation',
};

/**
 * Arguments of curl with every address checked: a path is put below the address of the API, a whole URL has to be of its
 * origin. What curl itself would not know is refused, since nobody knows what would become of it.
 *
 * @throws OperatorError `CURL_NOT_RUN`
 */
export function checkedArguments(args: readonly string[], options: CurlOptions, target: CurlTarget): CurlArguments {
  const checked: string[] = [];
  let calls = false;
  const addressed = (text: string): string => {
    calls = true;
    return addressIn(text, target);
  };
  const rest = [...args];
  let optionsEnded = false;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (optionsEnded || !arg.startsWith('-') || arg === '-') {
      checked.push(addressed(arg));
      continue;
    }
    checked.push(arg);
    if (arg === '--') {
      optionsEnded = true;
      continue;
    }
    const open = arg.startsWith('--') ? openLong(arg, options) : openShort(arg, options);
    if (open === undefined) continue;
    const value = rest.shift();
    if (value === undefined) throw notRun(`${open} lacks its value`);
    checked.push(open === '--url' ? addressed(value) : value);
  }
  return { args: checked, calls };
}

/** The option, where its value is the next argument. */
function openLong(arg: string, { takesValue }: CurlOptions): string | undefined {
  refuse(arg);
  const known = takesValue.get(arg);
  if (known !== undefined) return known ? arg : undefined;
  // What can be said can be unsaid, and the other way round; neither takes a value.
  const other = arg.startsWith('--no-') ? `--${arg.slice('--no-'.length)}` : `--no-${arg.slice('--'.length)}`;
  if (takesValue.get(other) === false) return undefined;
  throw notRun(`this curl has no option ${nameIn(arg)}`);
}

/** Letters may stand together; the first that takes a value takes what follows it. */
function openShort(arg: string, { takesValue }: CurlOptions): string | undefined {
  const letters = [...arg.slice(1)];
  for (const [at, letter] of letters.entries()) {
    const option = `-${letter}`;
    refuse(option);
    const known = takesValue.get(option);
    if (known === undefined) throw notRun(`this curl has no option ${option}`);
    if (known) return at === letters.length - 1 ? option : undefined;
  }
  return undefined;
}

function refuse(option: string): void {
  const why = Object.hasOwn(REFUSED, option) ? REFUSED[option] : undefined;
  if (why !== undefined) throw notRun(`${option} is not for this command: ${why}`);
}

/**
 * Compared as text: the parsers of curl and of Node do not agree on every URL, and there is nothing to disagree about in one
 * that begins with the origin, a slash, and has neither backslashes nor white space.
 */
function addressIn(text: string, { address }: CurlTarget): string {
  const { origin } = new URL(address);
  if (/[\s\\\p{Cc}]/u.test(text)) throw notRun('an address has white space, a backslash or a control character in it');
  if (text.startsWith('/') && !text.startsWith('//')) return `${address.replace(/\/+$/, '')}${text}`;
  if (text === origin || text.startsWith(`${origin}/`)) return text;
  throw notRun(
    `these credentials are for ${origin}: write a path such as /v2/topology, or a whole URL that begins with that`,
  );
}

/** What is no option may be a secret; it is not repeated whole. */
function nameIn(arg: string): string {
  return /^--[a-z0-9-]{1,40}/.exec(arg)?.[0] ?? 'of that name';
}

function notRun(message: string): OperatorError {
  return new OperatorError('CURL_NOT_RUN', `curl was not run: ${message}`);
}
