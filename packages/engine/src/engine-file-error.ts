/** Why a file cannot hold an engine. The codes are stable; the messages are for an operator. */
export type EngineFileErrorCode =
  /** It cannot be opened, read or written: a missing directory, no right to it, a failing disk. */
  | 'ENGINE_FILE_UNREADABLE'
  /** It is no SQLite database, or a damaged one. */
  | 'ENGINE_FILE_NOT_A_DATABASE'
  /** It is a database of another program. */
  | 'ENGINE_FILE_FOREIGN'
  /** A newer version of this program has written it. */
  | 'ENGINE_FILE_NEWER'
  /** Another process holds it. */
  | 'ENGINE_FILE_IN_USE';

/** The engine cannot start on this file; the file is as it was before. */
export class EngineFileError extends Error {
  override readonly name = 'EngineFileError';
  readonly code: EngineFileErrorCode;
  readonly file: string;

  constructor(code: EngineFileErrorCode, file: string, problem: string, options?: ErrorOptions) {
    super(`engine file \`${file}\` ${problem}`, options);
    this.code = code;
    this.file = file;
  }
}

// Primary result codes of SQLite: https://www.sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** What SQLite said while the file was opened, in this package's words. */
export function toEngineFileError(file: string, error: unknown): EngineFileError {
  if (error instanceof EngineFileError) return error;
  const options = { cause: error };
  switch (primaryResultCode(error)) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return new EngineFileError('ENGINE_FILE_NOT_A_DATABASE', file, 'is not a database, or is damaged', options);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new EngineFileError('ENGINE_FILE_IN_USE', file, 'is in use by another process', options);
    default:
      return new EngineFileError('ENGINE_FILE_UNREADABLE', file, 'cannot be opened for reading and writing', options);
  }
}

function primaryResultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
