import { execFile, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import type { Api } from '@stagedoor/client';
import type { ConnectionMaterial, Credentials } from '@stagedoor/client/node';
import { OperatorError } from '../../operator-error.ts';
import type { CommandContext } from '../command-context.ts';
import { Ended } from '../exit-codes.ts';
import { checkedArguments } from './curl-arguments.ts';
import { type CurlOptions, readCurlOptions } from './curl-options.ts';
import { namelessFile } from './nameless-file.ts';
import { headersFor, whileWatched, withCredentials } from './with-credentials.ts';

/** `stagedoor curl`: curl with the credentials, which stand neither in its arguments nor on its standard input. */
export async function runCurl(args: readonly string[], api: Api, context: CommandContext): Promise<void> {
  if (process.platform === 'win32')
    throw new OperatorError('CURL_NOT_RUN', 'curl was not run: Windows has no /dev/fd to hand it the credentials by');
  const options = await optionsOfCurl();
  const code = await asNotRun(() =>
    withCredentials(context, async (credentials) => {
      const checked = checkedArguments(args, options, { address: credentials.addressOf(api) });
      const files = checked.calls ? await whileWatched(context, () => filesFor(credentials, api)) : [];
      return run(checked.args, files);
    }),
  );
  if (code !== 0) throw new Ended(code);
}

async function optionsOfCurl(): Promise<CurlOptions> {
  try {
    return readCurlOptions((await promisify(execFile)('curl', ['--help', 'all'])).stdout);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new OperatorError('CURL_MISSING', 'curl is not installed, or not on the PATH', { cause: error });
    throw error;
  }
}

/** Whoever reads the exit code is to know that it is not curl's. */
async function asNotRun<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperatorError) throw new OperatorError('CURL_NOT_RUN', error.message, { cause: error });
    throw error;
  }
}

/** From this descriptor on, the files of the child are its configuration, certificate, key and CAs. */
const FIRST_FILE = 3;

type ChildFile = { readonly option: 'config' | 'cert' | 'key' | 'cacert'; readonly content: string | Uint8Array };

/** The configuration comes first and names the others. */
async function filesFor(credentials: Credentials, api: Api): Promise<readonly ChildFile[]> {
  const headers = await headersFor(credentials, api);
  const { certificate, ca } = await credentials.transport.material();
  const shown: readonly ChildFile[] = [
    ...(certificate === undefined ? [] : pairOf(certificate.options)),
    ...(ca === undefined ? [] : [{ option: 'cacert', content: ca } as const]),
  ];
  const lines = [
    ...Object.entries(headers).map(([name, value]) => configLine('header', `${name}: ${value}`)),
    ...shown.map(({ option }, at) => configLine(option, pathOf(FIRST_FILE + 1 + at))),
    ...(certificate?.options.passphrase === undefined ? [] : [configLine('pass', certificate.options.passphrase)]),
  ];
  return [{ option: 'config', content: `${lines.join('\n')}\n` }, ...shown];
}

type Pair = NonNullable<ConnectionMaterial['certificate']>['options'];

function pairOf({ cert, key }: Pair): readonly ChildFile[] {
  return [
    { option: 'cert', content: pem(cert) },
    { option: 'key', content: pem(key) },
  ];
}

function pem(content: Pair['cert'] | Pair['key']): string | Uint8Array {
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  throw new OperatorError('CREDENTIALS_UNUSABLE', 'the client certificate is in a form that curl cannot be given');
}

function pathOf(descriptor: number): string {
  return `/dev/fd/${descriptor}`;
}

/** A line of a configuration of curl: within quotes a backslash and a quote are escaped. */
function configLine(option: string, value: string): string {
  if (/[\r\n\0]/.test(value))
    throw new OperatorError('CREDENTIALS_UNUSABLE', `the credentials have a line break in them`);
  return `${option} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

async function run(args: readonly string[], files: readonly ChildFile[]): Promise<number> {
  const descriptors = files.map(({ content }) => namelessFile(content));
  try {
    const configured = files.length === 0 ? [] : ['--config', pathOf(FIRST_FILE)];
    // The first argument has to be the one that keeps ~/.curlrc away.
    const child = spawn('curl', ['--disable', ...configured, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', ...descriptors],
    });
    // A terminal interrupts both, and curl's end is ours.
    const ignored = (): void => undefined;
    const passedOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
    process.on('SIGINT', ignored).on('SIGTERM', passedOn).on('SIGHUP', passedOn);
    try {
      return await new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
      });
    } finally {
      process.off('SIGINT', ignored).off('SIGTERM', passedOn).off('SIGHUP', passedOn);
    }
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}
