import { StringDecoder } from 'node:string_decoder';
import { OperatorError } from '../operator-error.ts';
import type { PasswordSource } from './password-input.ts';

export type SentHeaders = { readonly authorization?: string; readonly headers?: Readonly<Record<string, string>> };

const MAX_CHARACTERS = 65_536;
const HEADER_LINE = /^([A-Za-z-]+):[ \t]*(.*)$/;

/**
 * The headers of a request from standard input: a line `Name: value` is that header, any other line the value of
 * Authorization. A second Authorization is kept beside the first, as it would be sent.
 */
export async function headersFromStdin(input: PasswordSource): Promise<SentHeaders> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of input) {
    text += decoder.write(chunk);
    if (text.length > MAX_CHARACTERS)
      throw new OperatorError('INVALID_INPUT', `standard input is longer than ${MAX_CHARACTERS} characters`);
  }
  return readHeaders(text + decoder.end());
}

function readHeaders(text: string): SentHeaders {
  const headers: Record<string, string> = {};
  let authorization: string | undefined;
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
    const [, name = 'Authorization', value = line.trim()] = HEADER_LINE.exec(line) ?? [];
    if (name.toLowerCase() === 'authorization' && authorization === undefined) authorization = value;
    else headers[name.toLowerCase()] = value;
  }
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}
