/**
 * A failure that the person at the keyboard can mend: one sentence that says what is wrong and what to do about it, or
 * several on a line each, where everything wrong is said at once. `code` is stable. It is printed as it stands, so it never
 * holds a secret.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Another process holds the lock of the data directory. The kernel takes the lock back when that process ends, however it ends. */
export class DataDirectoryInUse extends OperatorError {
  override readonly name = 'DataDirectoryInUse';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    const fix = 'stop that process or choose another directory with --data';
    super('DATA_DIRECTORY_IN_USE', `the data directory ${directory} is in use by another process: ${fix}`, options);
    this.directory = directory;
  }
}
