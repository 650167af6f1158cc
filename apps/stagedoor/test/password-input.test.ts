import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { NOTHING_TYPED, type PasswordSource, passwordFromTerminal, type } from '../src/commands/password-input.ts';

/** A terminal that types the chunks one after another and keeps what it is told. */
function terminal(chunks: readonly string[]) {
  const stream = new PassThrough();
  const raw: boolean[] = [];
  const shown: string[] = [];
  const input: PasswordSource = Object.assign(stream, { isTTY: true, setRawMode: (on: boolean) => void raw.push(on) });
  for (const chunk of chunks) stream.write(chunk);
  const answer = passwordFromTerminal(input, 'alice', (text) => shown.push(text));
  return { answer, raw, shown, stream };
}

describe('keys of a terminal in raw mode', () => {
  it.each([
    ['secret\r', ['secret']],
    ['secret\n', ['secret']],
    ['one\r\ntwo\r\n', ['one', 'two']],
    ['sex\u007fcret\r', ['secret']],
    ['\u007f\b\r', ['']],
    ['wrong\u0015right\r', ['right']],
    ['naïve👩\u007f\r', ['naïve']],
  ])('%j are the lines %j', (keys, lines) => {
    expect(type(NOTHING_TYPED, keys)).toEqual({ lines, line: '', cancelled: false });
  });

  it.each(['sec\u0003', 'sec\u0004', '\u0003ret\r'])('%j gives the password up', (keys) => {
    expect(type(NOTHING_TYPED, keys)).toMatchObject({ lines: [], line: '', cancelled: true });
  });

  it('never grow without bound', () => {
    expect(type(NOTHING_TYPED, 'x'.repeat(100_000)).line.length).toBeLessThan(2000);
  });
});

describe('a password asked for at a terminal', () => {
  it('is asked for twice, shown never, and the terminal is as it was', async () => {
    const { answer, raw, shown } = terminal(['sec', 'ret\r', 'secret\r']);
    expect(await answer).toBe('secret');
    expect(raw).toEqual([true, false]);
    expect(shown).toEqual(['Password for alice: ', '\nOnce more: ', '\n']);
  });

  it('may be pasted with its line end', async () => {
    expect(await terminal(['secret\rsecret\r']).answer).toBe('secret');
  });

  it('is put together from bytes that arrive one by one', async () => {
    const { answer, stream } = terminal([]);
    for (const byte of Buffer.from('pä€👩\rpä€👩\r')) stream.write(Buffer.from([byte]));
    expect(await answer).toBe('pä€👩');
  });

  it.each([
    [['secret\r', 'secrex\r'], 'PASSWORDS_DIFFER'],
    [['\r', '\r'], 'PASSWORD_EMPTY'],
    [['se\u001b[Acret\rse\u001b[Acret\r'], 'PASSWORD_CONTROLS'],
    [['sec\u0003'], 'PASSWORD_CANCELLED'],
    [['secret\r', '\u0004'], 'PASSWORD_CANCELLED'],
  ])('is refused after %j, and the terminal is as it was', async (chunks, code) => {
    const { answer, raw } = terminal(chunks);
    await expect(answer).rejects.toMatchObject({ code });
    expect(raw).toEqual([true, false]);
  });

  it('is refused where the terminal goes away', async () => {
    const { answer, stream } = terminal(['sec']);
    stream.end();
    await expect(answer).rejects.toMatchObject({ code: 'PASSWORD_CANCELLED' });
  });
});
