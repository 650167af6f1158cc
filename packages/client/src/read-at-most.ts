import { TokenAnswerError } from './errors.ts';

/** The text of an answer, which is given up when it is longer than so many bytes. */
export async function readAtMost(response: Response, bytes: number, from: URL): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let read = 0;
  let text = '';
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    read += value.byteLength;
    if (read > bytes) {
      await reader.cancel();
      throw new TokenAnswerError(`${from.href} answered with more than ${bytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
